"""An address is read once, into what is connected to and what is asked for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.outbound.address import WebAddress


@pytest.mark.parametrize(
    ("url", "shown", "host", "port", "target"),
    [
        ("http://Example.ORG", "http://example.org/", "example.org", 80, "/"),
        ("https://example.org:443/a?b=c#d", "https://example.org/a?b=c", "example.org", 443, "/a?b=c"),
        ("http://example.org:8080/?q", "http://example.org:8080/?q", "example.org", 8080, "/?q"),
        ("http://[::1]:81/x", "http://[::1]:81/x", "::1", 81, "/x"),
        (
            "https://zeitung.köln.example/",
            "https://zeitung.xn--kln-sna.example/",
            "zeitung.xn--kln-sna.example",
            443,
            "/",
        ),
        (
            "http://h/año nuevo?día=1%20",
            "http://h/a%C3%B1o%20nuevo?d%C3%ADa=1%20",
            "h",
            80,
            "/a%C3%B1o%20nuevo?d%C3%ADa=1%20",
        ),
    ],
)
def test_an_address_when_read_then_host_port_and_target_are_as_they_are_sent(
    url: str, shown: str, host: str, port: int, target: str
) -> None:
    address = WebAddress.parse(url)
    assert (str(address), address.host, address.port, address.target) == (shown, host, port, target)


def test_a_login_when_read_then_it_is_apart_and_never_shown() -> None:
    address = WebAddress.parse("https://us%40er:se:cret@example.org/feed")
    assert address.login == "us%40er:se:cret"
    assert "cret" not in f"{address} {address!r}"


@pytest.mark.parametrize(
    "url", ["", "/feed", "ftp://example.org/", "http:///x", "http://h:99999/", "http://[::1/", "http://-ö.example/"]
)
def test_what_is_no_address_when_read_then_it_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        WebAddress.parse(url)


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("next?page=2", "https://h.example/feeds/next?page=2"),
        ("/", "https://h.example/"),
        ("//other.example/x", "https://other.example/x"),
        ("?q", "https://h.example/feeds/all?q"),
        ("http://h.example/", "http://h.example/"),
    ],
)
def test_a_location_when_joined_then_it_is_as_browsers_read_it(location: str, expected: str) -> None:
    assert WebAddress.parse("https://user:x@h.example/feeds/all?a=b").joined(location) == expected


@given(
    st.from_regex(r"(?:[a-z0-9]{1,9}\.){1,3}[a-z]{2,5}", fullmatch=True),
    st.text(max_size=20).filter(lambda text: not set(text) & set("?#\\\t\r\n")),
    st.text(max_size=20).filter(lambda text: not set(text) & set("#\t\r\n")),
)
def test_an_address_when_shown_and_read_again_then_it_is_the_same(host: str, path: str, query: str) -> None:
    try:
        address = WebAddress.parse(f"http://{host}/{path}?{query}")
    except UnicodeError:
        return  # half a surrogate pair can't be sent
    assert WebAddress.parse(str(address)) == address
    assert str(address).isascii()
    assert " " not in str(address)
