from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given, strategies

from monitor.domain.errors import AddressRefused
from monitor.outbound.policy import AddressPolicy, problems

FORBIDDEN = [
    "0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.255.255.254", "169.254.1.1", "172.31.255.255",
    "192.0.0.8", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.19.255.255", "203.0.113.7", "224.0.0.1",
    "239.255.255.255", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::8.8.8.8", "::ffff:10.0.0.1", "::ffff:127.0.0.1", "64:ff9b::808:808", "64:ff9b:1::1",
    "2001::1", "2001:db8::1", "2002:808:808::1", "3fff::1", "5f00::1", "fc00::1", "fd12:3456::1", "fe80::1",
    "fe80::1%eth0", "fec0::1", "ff02::1",
]  # fmt: skip
METADATA = [
    "169.254.169.254", "169.254.170.2", "100.100.100.200", "168.63.129.16", "fd00:ec2::254", "fd20:ce::254",
    "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::", "fd00:ec2::254%eth0",
]  # fmt: skip
EVERYWHERE = AddressPolicy.parse(["0.0.0.0/0", "::/0"])


@pytest.mark.parametrize("ip", FORBIDDEN)
def test_an_address_that_is_not_public_when_judged_then_it_is_refused_and_the_way_out_is_named(ip: str) -> None:
    with pytest.raises(AddressRefused, match="to permit it, add") as refused:
        AddressPolicy().check_address("feeds.example", 8080, ip)
    assert "feeds.example:8080" in str(refused.value)
    EVERYWHERE.check_address("feeds.example", 8080, ip)


@pytest.mark.parametrize("ip", ["8.8.8.8", "93.184.215.14", "2606:4700::1111", "::ffff:8.8.8.8", "2a00:1450::1"])
def test_a_public_address_when_judged_then_it_is_open(ip: str) -> None:
    AddressPolicy().check_address("feeds.example", 443, ip)


@pytest.mark.parametrize("ip", METADATA)
def test_a_metadata_address_when_every_exception_is_made_then_it_stays_closed(ip: str) -> None:
    policy = AddressPolicy.parse(["0.0.0.0/0", "::/0", "cloud.example:80"])
    with pytest.raises(AddressRefused, match="can't be permitted"):
        policy.check_address("cloud.example", 80, ip)


@pytest.mark.parametrize("host", ["metadata.google.internal", "Metadata.Google.Internal."])
def test_a_metadata_name_when_permitted_by_host_and_port_then_it_stays_closed(host: str) -> None:
    policy = AddressPolicy.parse(["metadata.google.internal:80"])
    with pytest.raises(AddressRefused, match="can't be permitted"):
        policy.check_url(f"http://{host}/")
    with pytest.raises(AddressRefused, match="can't be permitted"):
        policy.check_address(host, 80, "8.8.8.8")


@given(strategies.ip_addresses())
def test_any_address_when_python_calls_it_not_global_then_it_is_refused(ip: IPv4Address | IPv6Address) -> None:
    if isinstance(ip, IPv4Address) or ip.ipv4_mapped is None:
        try:
            AddressPolicy().check_address("x.example", 80, ip)
        except AddressRefused:
            return
        assert ip.is_global
        assert not ip.is_multicast


def test_an_exception_for_host_and_port_when_another_host_or_port_is_asked_for_then_it_does_not_hold() -> None:
    policy = AddressPolicy.parse(["localhost:8080", "[::1]:9090", "127.0.0.1:7070"])
    policy.check_address("localhost", 8080, "127.0.0.1")
    policy.check_address("LOCALHOST", 8080, "::1")
    policy.check_address("::1", 9090, "::1")
    policy.check_address("127.0.0.1", 7070, "127.0.0.1")
    for host, port in [
        ("localhost", 8081),
        ("localhost.", 8080),
        ("127.0.0.1", 8080),
        ("127.1", 7070),
        ("other", 8080),
    ]:
        with pytest.raises(AddressRefused):
            policy.check_address(host, port, "127.0.0.1")


def test_an_exception_for_a_network_when_an_address_hides_another_inside_then_both_must_be_permitted() -> None:
    nat64 = AddressPolicy.parse(["64:ff9b::/96"])
    nat64.check_address("x.example", 80, "64:ff9b::808:808")
    with pytest.raises(AddressRefused, match=r"10\.0\.0\.1 is a private address"):
        nat64.check_address("x.example", 80, "64:ff9b::a00:1")
    private = AddressPolicy.parse(["10.0.0.0/8"])
    private.check_address("x.example", 80, "::ffff:10.0.0.1")
    with pytest.raises(AddressRefused):
        private.check_address("x.example", 80, "127.0.0.1")


@pytest.mark.parametrize(
    "entry",
    [
        "", "localhost", "*:80", "http://localhost:80", "localhost:0", "localhost:65536", "[::1]", "[zz]:80",
        "10.0.0.5", "10.0.0.5/8", "10.0.0.0/33", "::1:80", "localhost:80 ", "a b:80", "[1.2.3.4]:80",
        "::ffff:10.0.0.0/104", "10.0.0.0/8/9",
    ],
)  # fmt: skip
def test_an_entry_that_makes_no_sense_when_parsed_then_one_sentence_names_it(entry: str) -> None:
    (problem,) = problems(["localhost:80", entry])
    assert repr(entry) in problem
    with pytest.raises(ValueError, match=r"\w") as error:
        AddressPolicy.parse(["localhost:80", entry])
    assert str(error.value) == problem


def test_an_address_inside_a_network_when_parsed_then_the_whole_network_is_proposed() -> None:
    assert "'10.0.0.0/8'" in problems(["10.1.2.3/8"])[0]
    assert problems(["10.0.0.0/8", "[::1]:80", "fd00::/8", "feeds.example:443"]) == ()


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd", "ftp://x.example/", "gopher://x.example", "javascript:alert(1)", "x.example/feed", "",
        "http+unix://%2Frun%2Fsock/x", "http://", "http:///feed", "https://x.example\\@y.example/", "sample:starter",
        "http://x.example/a b", "http://x.example/\r\nX: y", "http://x.example:99999/", "http://[::1/", "\thttp://x/",
        "http://x.example:0/",
    ],
)  # fmt: skip
def test_an_unfit_address_when_checked_then_it_is_refused(url: str) -> None:
    with pytest.raises(AddressRefused):
        AddressPolicy().check_url(url)


def test_user_info_when_the_operator_wrote_it_then_it_may_stand_but_never_in_a_redirect() -> None:
    url = "https://user:hunter2@x.example/feed"
    AddressPolicy().check_url(url)
    with pytest.raises(AddressRefused) as refused:
        AddressPolicy().check_redirect(url, written=url)
    assert "hunter2" not in str(refused.value)
    with pytest.raises(AddressRefused, match="backslash"):
        AddressPolicy().check_redirect("https://x.example/", written="https://x.example\\")


def test_a_policy_for_webhooks_when_it_refuses_then_it_names_the_key_that_would_permit_it() -> None:
    policy = AddressPolicy.parse([], setting="allow_webhooks")
    with pytest.raises(
        AddressRefused, match=r'add "desk\.example:80" or its network to allow_webhooks under \[outbound\]'
    ):
        policy.check_address("desk.example", 80, "10.1.2.3")
