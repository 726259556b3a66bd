"""One HTTP/1.1 connection: a request goes out, its answer comes in piece by piece, and the next one may follow.

What is said on the wire is h11's to write and to read; bytes are moved by sockets.py. Comes below transport.py, which
keeps connections for the next request; keeps no time, since a request's limit covers everything.
"""

import asyncio
import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import h11

from monitor.outbound.address import WebAddress
from monitor.outbound.sockets import BrokenOff, Stream

_LONGEST_HEAD = 100 * 1024
"""Bytes of status line and headers together. What is longer is no answer to a request for a feed."""
_READ_BYTES = 65_536


class Headers(Mapping[str, str]):
    """An answer's headers, whatever the case of their names. Repeated ones are one, joined by a comma (RFC 9110, 5.3)."""

    def __init__(self, pairs: Sequence[tuple[bytes, bytes]]) -> None:
        self._values: dict[str, str] = {}
        for raw_name, raw_value in pairs:
            name, value = raw_name.decode("ascii").lower(), _text(raw_value)
            self._values[name] = f"{self._values[name]}, {value}" if name in self._values else value

    def __getitem__(self, name: str) -> str:
        return self._values[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


def _text(value: bytes) -> str:
    """UTF-8 where it is that, which redirects to names beyond ASCII use; else what every byte means by itself."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is asked for. `headers` hold all but Host and Content-Length."""

    method: str
    address: WebAddress
    headers: Sequence[tuple[str, str]] = field(default=(), repr=False)
    content: bytes | None = field(default=None, repr=False)


class Connection:
    """An open connection. Ask, then take `piece` after `piece` until there is none; then see whether it `is_free`.

    Raises BrokenOff where the connection ends early, h11.ProtocolError where the other side speaks no HTTP, and
    ssl.SSLError.
    """

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=_LONGEST_HEAD)
        self._free_since: float | None = None

    async def ask(self, request: Request) -> tuple[int, Headers]:
        """Sends the request and returns the status and the headers of its answer."""
        self._free_since = None
        out = self._http.send(_head(request)) or b""
        if request.content:
            out += self._http.send(h11.Data(data=request.content)) or b""
        out += self._http.send(h11.EndOfMessage()) or b""
        # A server may answer, and hang up, before it has read everything: then its answer is there to be read.
        with contextlib.suppress(BrokenOff):
            await self._stream.write(out)
        event = await self._next()
        while isinstance(event, h11.InformationalResponse):
            event = await self._next()
        if not isinstance(event, h11.Response):
            raise h11.RemoteProtocolError("no answer came")
        return event.status_code, Headers(list(event.headers))

    async def piece(self) -> bytes:
        """The next bytes of the body as they are on the wire, transfer codings undone; none at its end."""
        while True:
            event = await self._next()
            if not isinstance(event, h11.Data):
                return b""
            if event.data:
                return bytes(event.data)

    async def _next(self) -> object:
        while True:
            event = self._http.next_event()
            if event is not h11.NEED_DATA:
                return event
            self._http.receive_data(await self._stream.read(_READ_BYTES))

    def is_free(self) -> bool:
        """Whether another request may follow: the last one was answered to its end, and both sides want to stay."""
        if self._free_since is None and self._http.our_state is self._http.their_state is h11.DONE:
            self._http.start_next_cycle()
            self._free_since = asyncio.get_running_loop().time()
        return self._free_since is not None

    def is_good(self, longest_wait: float) -> bool:
        """Whether a free connection can be used: not hung up meanwhile, and free for no more than so many seconds."""
        return (
            self._free_since is not None
            and asyncio.get_running_loop().time() - self._free_since <= longest_wait
            and not self._stream.has_news()
        )

    def close(self) -> None:
        """Hangs up at once."""
        self._stream.close()


def _head(request: Request) -> h11.Request:
    headers = [(b"Host", request.address.place.encode("ascii"))]
    headers += [(name.encode(), value.encode()) for name, value in request.headers]
    if request.content is not None:
        headers.append((b"Content-Length", str(len(request.content)).encode("ascii")))
    return h11.Request(method=request.method, target=request.address.target, headers=headers)
