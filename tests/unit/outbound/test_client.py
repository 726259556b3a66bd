import asyncio
import gzip
import socket
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import timedelta
from typing import Any

import httpcore
import pytest
import trustme

from monitor.outbound.client import HttpAnswer, HttpClient, RequestFailed, RequestFailure
from monitor.outbound.policy import AddressPolicy
from monitor.outbound.transport import PolicyTransport
from tests.unit.outbound.http_server import Seen, Server, answer, moved

pytestmark = pytest.mark.anyio

CANARY = "canary-5e8f"


def client_for(*servers: Server, tls: ssl.SSLContext | None = None) -> HttpClient:
    """A client that may reach exactly these servers."""
    return HttpClient(AddressPolicy.parse([server.place for server in servers]), "relmon-test", tls)


async def get(
    client: HttpClient,
    url: str,
    *,
    method: str = "GET",
    headers: tuple[tuple[str, str], ...] = (),
    content: bytes | None = None,
    seconds: float = 5.0,
    max_bytes: int = 100_000,
    max_redirects: int = 5,
) -> HttpAnswer | RequestFailed:
    return await client.request(
        method,
        url,
        headers=headers,
        content=content,
        time_limit=timedelta(seconds=seconds),
        max_bytes=max_bytes,
        max_redirects=max_redirects,
    )


async def got(client: HttpClient, url: str, **options: Any) -> HttpAnswer:
    found = await get(client, url, **options)
    assert isinstance(found, HttpAnswer), found
    return found


async def failed(client: HttpClient, url: str, **options: Any) -> RequestFailed:
    found = await get(client, url, **options)
    assert isinstance(found, RequestFailed), found
    assert CANARY not in repr(found)
    return found


async def test_a_page_when_asked_for_then_status_headers_and_decoded_body_come_back() -> None:
    page = answer(gzip.compress(b"hello"), ETag='"1"', Content_Encoding="gzip")
    async with Server({"/a": page}) as server, client_for(server) as client:
        found = await got(client, server.url("/a?x=1"), headers=(("If-None-Match", '"0"'),))
        assert (found.url, found.permanent_url) == (server.url("/a?x=1"), None)
    assert (found.status, found.content, found.headers["etag"]) == (200, b"hello", '"1"')
    (seen,) = server.seen
    assert seen.headers["user-agent"] == "relmon-test"
    assert seen.headers["accept-encoding"] == "gzip, deflate, br, zstd"
    assert seen.headers["if-none-match"] == '"0"'


async def test_a_body_when_posted_then_it_arrives_byte_for_byte() -> None:
    async with Server({"/hook": answer(b"ok")}) as server, client_for(server) as client:
        found = await got(
            client, server.url("/hook"), method="POST", content=b"\x00{}", headers=(("X-Id", "é"),), max_redirects=0
        )
    assert found.content == b"ok"
    assert (server.seen[0].method, server.seen[0].body) == ("POST", b"\x00{}")


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "0", "0.0.0.0", "[::ffff:127.0.0.1]"]
)
async def test_a_server_on_loopback_when_no_exception_is_made_then_it_is_never_touched(host: str) -> None:
    async with Server({"/": answer(b"secret")}) as server:
        async with HttpClient(AddressPolicy(), "relmon-test") as client:
            found = await failed(client, server.url("/", host=host))
        assert found.reason is RequestFailure.REFUSED
        # Without the check these would have been answered, which is what makes the refusal worth something.
        async with HttpClient(AddressPolicy.parse(["0.0.0.0/0", "::/0"]), "relmon-test") as client:
            assert (await got(client, server.url("/", host=host))).content == b"secret"
    assert server.connections == 1


async def test_an_octal_address_when_asked_for_then_nothing_is_touched() -> None:
    async with Server({}) as server, HttpClient(AddressPolicy(), "relmon-test") as client:
        assert (await failed(client, server.url("/", host="0177.0.0.1"))).reason is RequestFailure.REFUSED
    assert server.connections == 0


def resolver(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Puts a resolver in the system's place that gives these answers in turn; returns what it was asked."""
    asked: list[str] = []

    def getaddrinfo(host: str, port: int, **_: object) -> list[tuple[int, int, int, str, tuple[str, int]]]:
        asked.append(host)
        found = answers[min(len(asked), len(answers)) - 1]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in found]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return asked


async def test_a_name_with_one_forbidden_answer_when_asked_for_then_it_is_refused_as_a_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # One of the two loopback addresses is permitted, so that even a broken check would connect to nothing outside.
    policy = AddressPolicy.parse(["127.0.0.2/32"])
    async with Server({"/": answer(b"secret")}) as server, HttpClient(policy, "relmon-test") as client:
        asked = resolver(monkeypatch, ["127.0.0.1", "127.0.0.2"], ["127.0.0.2", "127.0.0.1"])
        for _ in range(2):
            found = await failed(client, server.url("/", host="rebind.example"))
            assert found.reason is RequestFailure.REFUSED
            assert "rebind.example" in found.detail
    assert (asked, server.connections) == (["rebind.example"] * 2, 0)


async def test_a_name_that_changes_its_mind_when_connected_to_then_the_judged_address_is_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with Server({"/": answer(b"first")}) as server:
        asked = resolver(monkeypatch, ["127.0.0.1"], ["127.0.0.9"])
        policy = AddressPolicy.parse([f"rebind.example:{server.port}"])
        async with HttpClient(policy, "relmon-test") as client:
            assert (await got(client, server.url("/", host="rebind.example"))).content == b"first"
    assert asked == ["rebind.example"]


async def test_a_name_with_a_dead_address_when_another_answers_then_the_page_is_had(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with Server({"/": answer(b"up")}) as server:
        resolver(monkeypatch, ["127.0.0.77", "127.0.0.1"])
        async with HttpClient(AddressPolicy.parse(["127.0.0.0/8"]), "relmon-test") as client:
            assert (await got(client, server.url("/", host="two.example"))).content == b"up"


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1:{port}/", "http://localhost:{port}/", "//127.0.0.1:{port}/", "http://2130706433:{port}/",
        "http://[::ffff:127.0.0.1]:{port}/", "http://0177.0.0.1:{port}/", "http://user@{ok}/", "http://{ok}\\@x.example/",
        "file:///etc/passwd", "ftp://{ok}/", "data:text/plain,x", "http://[::1",
    ],
)  # fmt: skip
async def test_a_redirect_to_where_it_may_not_lead_when_met_then_nothing_there_is_touched(location: str) -> None:
    async with Server({"/": answer(b"secret")}) as inner, Server({}) as server, client_for(server) as client:
        server.routes["/go"] = moved(location.format(port=inner.port, ok=server.place))
        found = await failed(client, server.url("/go"))
        assert found.reason in (RequestFailure.REFUSED, RequestFailure.REDIRECTS)
    assert inner.connections == 0
    assert len(server.seen) == 1


async def test_redirects_when_all_are_permanent_then_the_new_address_is_reported() -> None:
    routes = {
        "/301": moved("/308", "301 Moved Permanently"),
        "/308": moved("end?x=http://y.example/", "308 Permanent Redirect"),
        "/302": moved("/301"),
        "/end": answer(b"end"),
    }
    async with Server(dict(routes)) as server, client_for(server) as client:
        permanent = await got(client, server.url("/301"))
        mixed = await got(client, server.url("/302"))
        direct = await got(client, server.url("/end"))
        end = server.url("/end?x=http://y.example/")
    assert (permanent.content, permanent.url, permanent.permanent_url) == (b"end", end, end)
    assert (mixed.url, mixed.permanent_url) == (end, None)
    assert direct.permanent_url is None


async def test_redirects_when_there_are_too_many_then_the_request_fails() -> None:
    routes = {"/loop": moved("/loop"), "/none": answer(b"", "302 Found")}
    async with Server(dict(routes)) as server, client_for(server) as client:
        found = await failed(client, server.url("/loop"), max_redirects=3)
        nowhere = await failed(client, server.url("/none"))
    assert (found.reason, found.detail) == (RequestFailure.REDIRECTS, "redirects more than 3 times")
    assert nowhere.reason is RequestFailure.REDIRECTS
    assert len(server.seen) == 5


async def test_a_redirect_when_none_may_be_followed_then_it_is_an_answer_like_any_other() -> None:
    async with Server({"/hook": moved("http://[bad/")}) as server, client_for(server) as client:
        found = await got(client, server.url("/hook"), method="POST", content=b"x", max_redirects=0)
    assert found.status == 302


async def test_credentials_when_a_redirect_leads_to_another_origin_then_they_stay_behind() -> None:
    async with Server({"/end": answer(b"end")}) as other, Server({"/same": moved("/far")}) as server:
        server.routes["/far"] = moved(other.url("/end"))
        sent = (("X-Api-Key", CANARY), ("Cookie", CANARY), ("Accept", "text/xml"))
        async with client_for(server, other) as client:
            url = server.url("/same", host=f"user:{CANARY}%40@{server.host}")
            found = await got(client, url, headers=sent)
    assert CANARY not in found.url
    assert [seen.headers.get("x-api-key") for seen in (*server.seen, *other.seen)] == [CANARY, CANARY, None]
    assert all(seen.headers["authorization"].startswith("Basic ") for seen in server.seen)
    assert {"authorization", "cookie", "x-api-key"}.isdisjoint(other.seen[0].headers)
    assert other.seen[0].headers["accept"] == "text/xml"
    assert other.seen[0].headers["user-agent"] == "relmon-test"


async def test_a_cookie_when_set_then_it_is_not_sent_back_nor_are_proxies_of_the_environment_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    routes = {"/": moved("/b"), "/b": answer(b"b", Set_Cookie="id=1; Path=/")}
    async with Server(dict(routes)) as server, client_for(server) as client:
        for _ in range(2):
            await got(client, server.url("/"))
    assert all("cookie" not in seen.headers for seen in server.seen)


async def drip(_seen: Seen, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    for _ in range(1000):
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.05)


async def hang(_seen: Seen, writer: asyncio.StreamWriter) -> None:
    await writer.drain()
    await asyncio.sleep(2)


@pytest.mark.parametrize(("path", "status"), [("/drip", 200), ("/hang", None)])
async def test_a_server_that_dawdles_when_the_limit_is_over_then_the_request_ends(
    path: str, status: int | None
) -> None:
    async with Server({"/drip": drip, "/hang": hang}) as server, client_for(server) as client:
        begun = time.monotonic()
        found = await failed(client, server.url(path), seconds=0.3)
        assert time.monotonic() - begun < 1
    assert (found.reason, found.status) == (RequestFailure.TIMED_OUT, status)
    assert "0.3 s" in found.detail


BROKEN = {
    "/short": b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf",
    "/chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhalf",
    "/unended": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
    "/smtp": b"220 mail.example ESMTP\r\n",
    "/closed": b"",
    "/lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "/headers": b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 50_000 + b"\r\n",
    "/packed": answer(b"no gzip", Content_Encoding="gzip"),
    "/br": answer(b"??", Content_Encoding="br"),
}


@pytest.mark.parametrize("path", BROKEN)
async def test_a_broken_answer_when_read_then_it_is_a_failure_and_no_half_body_comes_out(path: str) -> None:
    async with Server(dict(BROKEN)) as server, client_for(server) as client:
        found = await failed(client, server.url(path))
    assert found.reason is RequestFailure.PROTOCOL
    assert "\n" not in found.detail


async def test_a_body_beyond_its_limit_when_read_then_it_is_cut_off_and_the_status_is_kept() -> None:
    bomb = answer(gzip.compress(b"\0" * 2_000_000), Content_Encoding="gzip")
    async with Server({"/bomb": bomb, "/big": answer(b"x" * 100_001)}) as server, client_for(server) as client:
        for path in ("/bomb", "/big"):
            found = await failed(client, server.url(path))
            assert (found.reason, found.status) == (RequestFailure.TOO_LARGE, 200)
            assert found.detail == "answers with more than 100 kB"


async def test_a_place_where_nobody_listens_when_asked_then_the_reason_is_said() -> None:
    async with Server({}) as server:
        port = server.port
    policy = AddressPolicy.parse([f"127.0.0.1:{port}", "name.invalid:80"])
    async with HttpClient(policy, "relmon-test") as client:
        refused = await failed(client, f"http://127.0.0.1:{port}/?key={CANARY}")
        unknown = await failed(client, f"http://u:{CANARY}@name.invalid/{CANARY}")
    assert (refused.reason, refused.detail) == (
        RequestFailure.UNREACHABLE,
        "could not be reached: connection refused",
    )
    assert (unknown.reason, unknown.detail) == (RequestFailure.UNREACHABLE, "could not be reached: name not known")


async def test_a_certificate_when_its_authority_is_unknown_then_it_is_refused_and_else_accepted() -> None:
    authority = trustme.CA()
    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(server_side)
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    async with Server({"/": answer(b"safe")}, tls=server_side) as server:
        async with client_for(server, tls=trusting) as client:
            assert (await got(client, server.url("/"))).content == b"safe"
            server.routes["/down"] = moved(server.url("/").replace("https", "http"))
            assert (await failed(client, server.url("/down"))).reason is RequestFailure.REDIRECTS
        async with client_for(server) as client:
            found = await failed(client, server.url("/"))
    assert found.reason is RequestFailure.TLS
    assert "certificate is not valid" in found.detail


async def test_many_requests_when_made_at_once_then_all_are_answered() -> None:
    async with Server({"/": answer(b"x")}) as server, client_for(server) as client:
        found = await asyncio.gather(*(got(client, server.url("/")) for _ in range(100)))
    assert {one.status for one in found} == {200}


@asynccontextmanager
async def keeping_alive(answers: int) -> AsyncIterator[tuple[str, list[int]]]:
    """A server that gives so many answers on one connection, and hangs up on the request after; counts them."""
    connections: list[int] = []
    at_work: set[asyncio.Task[None] | None] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        at_work.add(asyncio.current_task())
        number = len(connections)
        connections.append(0)
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while await reader.readuntil(b"\r\n\r\n") and connections[number] < answers:
                connections[number] += 1
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx")
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}", connections
    await asyncio.gather(*(task for task in at_work if task))


def client_of(place: str) -> HttpClient:
    return HttpClient(AddressPolicy.parse([place]), "relmon-test")


async def test_a_connection_when_it_waits_then_the_next_request_uses_it() -> None:
    async with keeping_alive(99) as (place, connections), client_of(place) as client:
        for _ in range(3):
            await got(client, f"http://{place}/")
    assert connections == [3]


async def test_a_waiting_connection_when_the_server_hangs_up_on_it_then_only_a_harmless_request_is_repeated() -> None:
    async with keeping_alive(1) as (place, connections), client_of(place) as client:
        for _ in range(3):
            assert (await got(client, f"http://{place}/")).content == b"x"
        assert (await failed(client, f"http://{place}/", method="POST")).reason is RequestFailure.PROTOCOL
    assert connections == [1, 1, 1]


async def test_waiting_connections_when_there_are_many_origins_then_the_oldest_give_way() -> None:
    async with AsyncExitStack() as stack:
        places = [(await stack.enter_async_context(keeping_alive(99)))[0] for _ in range(5)]
        transport = PolicyTransport(AddressPolicy.parse(["127.0.0.0/8"]), ssl.create_default_context(), max_idle=3)
        for place in places:
            async with transport.send(httpcore.Request("GET", f"http://{place}/", headers=[("Host", place)])) as found:
                assert await found.aread() == b"x"
        assert transport.waiting == 3
        await transport.aclose()
        assert transport.waiting == 0
