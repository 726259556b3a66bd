"""A small HTTP server on loopback that plays a destination: it keeps what it was sent and answers as it is told."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from monitor.delivery.ways import Ways
from monitor.outbound.client import HttpClient
from monitor.outbound.mail import MailClient
from monitor.outbound.policy import AddressPolicy
from tests.unit.delivery.books import BOOKS


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the sink says. `status` 0 breaks the connection off instead."""

    status: int = 200
    body: bytes = b"ok"
    headers: dict[str, str] = field(default_factory=dict)


Answering = Callable[[Received], Answer]


@dataclass(slots=True)
class Sink:
    port: int
    client: HttpClient
    received: list[Received] = field(default_factory=list)

    @property
    def ways(self) -> Ways:
        return ways(self.client)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"


def ways(client: HttpClient, *allowed: str) -> Ways:
    """The ways out with this client; mail may go to `allowed`, each host:port."""
    policy = AddressPolicy.parse(allowed)
    return Ways(http=client, mail=MailClient(policy), policy=policy, books=BOOKS)


@asynccontextmanager
async def open_sink(answering: Answering) -> AsyncIterator[Sink]:
    """A sink and a client that may reach it and nothing else on this machine."""
    received: list[Received] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        request = Received(path=head[0].split(" ")[1], headers=headers, body=body)
        received.append(request)
        answer = answering(request)
        if answer.status:
            lines = [f"HTTP/1.1 {answer.status} Said", f"Content-Length: {len(answer.body)}", "Connection: close"]
            lines += [f"{name}: {value}" for name, value in answer.headers.items()]
            writer.write("\r\n".join([*lines, "", ""]).encode() + answer.body)
            # A client that has read enough may be gone already; that is its right.
            with suppress(ConnectionError):
                await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, HttpClient(AddressPolicy.parse([f"127.0.0.1:{port}"]), "relation-monitor-tests") as client:
        yield Sink(port=port, client=client, received=received)


def slack(request: Received) -> Answer:
    """Slack's incoming webhooks, as far as their documentation tells: its words, its statuses, its limits."""
    said = {
        "/gone": Answer(status=404, body=b"no_service"),
        "/archived": Answer(status=410, body=b"channel_is_archived"),
        "/badtoken": Answer(status=403, body=b"invalid_token"),
        "/rollup": Answer(status=500, body=b"rollup_error"),
        "/limited": Answer(status=429, body=b"rate_limited", headers={"Retry-After": "30"}),
        "/web-api": Answer(status=200, body=b'{"ok":false,"error":"channel_not_found"}'),
        "/portal": Answer(status=200, body=b"<html>Please sign in</html>"),
        "/broken": Answer(status=0),
        "/echo": Answer(status=403, body=b"not allowed: " + request.path.encode()),
    }
    kind = "/" + request.path.rpartition("/")[2]
    if kind in said:
        return said[kind]
    message = json.loads(request.body)
    blocks = message.get("blocks", [])
    if not message.get("text"):
        return Answer(status=400, body=b"no_text")
    if kind == "/noblocks" and blocks:
        return Answer(status=400, body=b"invalid_blocks")
    if kind == "/nothing":
        return Answer(status=400, body=b"invalid_payload")
    return Answer()


@dataclass(slots=True)
class SlackApi:
    """Slack's Web API, as far as its documentation tells: one conversation, C1, in which messages stand by their time."""

    token: str
    says: list[Answer] = field(default_factory=list)
    """Answers that come first, whatever is asked."""
    messages: dict[str, dict[str, object]] = field(default_factory=dict)

    def __call__(self, request: Received) -> Answer:
        if self.says:
            return self.says.pop(0)
        message = json.loads(request.body)
        if request.headers.get("authorization") != f"Bearer {self.token}":
            return _said(error="invalid_auth")
        if message["channel"] not in ("C1", "#press"):
            return _said(error="channel_not_found")
        missing = {message.get("ts"), message.get("thread_ts")} - {None, *self.messages}
        if missing or not message.get("text"):
            return _said(error="thread_not_found" if missing else "no_text")
        ts = message.get("ts", f"17{len(self.messages):08}.000100")
        self.messages[ts] = message
        return _said(ok=True, channel="C1", ts=ts)


def _said(*, ok: bool = False, **facts: str) -> Answer:
    return Answer(body=json.dumps({"ok": ok, **facts}).encode(), headers={"Content-Type": "application/json"})


def assert_leaks_no_secret(secrets: Iterable[str], *shown: object) -> None:
    """The one assertion that every channel's tests share (S9): none of `secrets` is in what logs and verdicts show."""
    seen = " ".join(f"{one!r} {one}" for one in shown)
    assert seen.strip()
    for secret in secrets:
        assert secret not in seen
