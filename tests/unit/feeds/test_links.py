import pytest
from hypothesis import given, strategies

from monitor.feeds.links import canonical, web_link


@pytest.mark.parametrize(
    "text",
    ["javascript:alert(1)", "JaVaScRiPt:alert(1)", " java\tscript:alert(1)", "data:text/html;base64,AA", "vbscript:x",
     "file:///etc/passwd", "/relative", "", "http://", "http://[bad", "http://news.example:99999/", "//news.example/x",
     "http://a.example\\@b.example/", "http://news.example/" + "x" * 2000, "mailto:a@b.example"],
)  # fmt: skip
def test_a_link_that_is_not_of_the_web_when_read_then_there_is_none(text: str) -> None:
    assert web_link(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" https://news.example/a?b=1#c\n", "https://news.example/a?b=1#c"),
        ("http://user:word@news.example:8080/", "http://news.example:8080/"),
        ("http://news.example/a b", "http://news.example/a%20b"),
        ("https://[2001:db8::1]:444/x", "https://[2001:db8::1]:444/x"),
        ("https://news.example/\u202ex", "https://news.example/x"),
        ("https://peru.example/ñandú", "https://peru.example/ñandú"),
    ],
)
def test_a_link_of_the_web_when_read_then_it_holds_no_user_info_and_nothing_invisible(text: str, expected: str) -> None:
    assert web_link(text) == expected


@given(strategies.text() | strategies.text(alphabet="htps:/[]@.%?#& \\x1").map(lambda rest: f"http://{rest}"))
def test_any_text_when_read_as_a_link_then_the_result_is_one_and_can_be_compared(text: str) -> None:
    link = web_link(text)
    if link is not None:
        assert link.startswith(("http://", "https://"))
        assert web_link(link) == link
        assert canonical(link)


@pytest.mark.parametrize(
    "other",
    [
        "http://news.example/a/1?id=7&b=2",
        "https://NEWS.example/a/1/?b=2&id=7",
        "https://news.example:443/a/1?id=7&b=2#top",
        "https://news.example/a/1?utm_source=x&utm_medium=y&id=7&fbclid=z&b=2",
        "https://news.example/a/1;jsessionid=99?id=7&b=2",
        "https://www.news.example/a/1/amp?id=7&b=2",
        "https://m.news.example/amp/a/1?b=2&id=7&amp=1",
        "https://amp.news.example/a/1.amp?id=7&b=2&outputType=amp",
        "https://www.google.com/amp/s/m.news.example/a/1?id=7&b=2",
        "https://news-example.cdn.ampproject.org/c/s/news.example/a/1?id=7&b=2",
    ],
)
def test_two_links_to_one_article_when_compared_then_they_are_equal(other: str) -> None:
    assert canonical(other) == canonical("https://news.example/a/1?id=7&b=2")


@pytest.mark.parametrize(
    "other",
    ["https://news.example/a/2?id=7", "https://news.example/a/1?id=8", "https://news.example/A/1?id=7",
     "https://news.example:8443/a/1?id=7", "https://www.other.example/a/1?id=7", "https://news.example/a/1"],
)  # fmt: skip
def test_links_to_two_articles_when_compared_then_they_differ(other: str) -> None:
    assert canonical(other) != canonical("https://news.example/a/1?id=7")


def test_a_link_with_more_parameters_than_any_article_has_when_compared_then_it_is_taken_as_it_stands() -> None:
    many = "&".join(f"utm_{number}=x" for number in range(16))
    assert canonical(f"https://news.example/a?{many}") != canonical("https://news.example/a")
    assert canonical("https://news.example/a?utm_1=x") == canonical("https://news.example/a")
