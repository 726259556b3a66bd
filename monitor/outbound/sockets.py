"""One connection's bytes, on asyncio alone: what exchange.py reads from and writes to.

Comes below transport.py, which says which address to connect to; keeps no time, since a request's limit covers everything.
"""

import asyncio
import contextlib
import ssl
from collections.abc import Iterator

_HIGH_WATER = 262_144
"""Bytes that may wait to be read before the other side is asked, by TCP, to pause."""


class BrokenOff(Exception):
    """The connection ended when it should not have."""


async def open_stream(address: str, port: int) -> "Stream":
    """Connects to an IP address. Raises OSError as the system does."""
    loop = asyncio.get_running_loop()
    _, incoming = await loop.create_connection(_Incoming, address, port)
    return Stream(incoming)


class Stream:
    """A connection's bytes. Reading and writing are each done by one task at a time. Raises BrokenOff and ssl.SSLError."""

    def __init__(self, incoming: "_Incoming") -> None:
        self._incoming = incoming

    async def read(self, max_bytes: int) -> bytes:
        """The next bytes, at most `max_bytes`; none at the end."""
        with _plain_faults():
            return await self._incoming.read(max_bytes)

    async def write(self, data: bytes) -> None:
        """Sends bytes; returns when the system has room for more."""
        with _plain_faults():
            await self._incoming.write(data)

    async def start_tls(self, context: ssl.SSLContext, host: str) -> None:
        """Goes on encrypted, with whoever proves to be `host`."""
        loop = asyncio.get_running_loop()
        with _plain_faults():
            wire = await loop.start_tls(self._incoming.wire, self._incoming, context, server_hostname=host)
        if wire is None:
            raise BrokenOff("the connection was closed during the handshake")
        self._incoming.wire = wire

    def has_news(self) -> bool:
        """Whether an idle connection has ended or says what nobody asked."""
        return self._incoming.has_news()

    def close(self) -> None:
        """Closes at once. What was asked has been answered, or given up: nothing is left worth flushing."""
        self._incoming.wire.abort()


class _Incoming(asyncio.Protocol):
    """Collects what arrives until somebody reads it, and holds writers back while the system's buffer is full."""

    wire: asyncio.Transport

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._waiting = bytearray()
        self._ended = False
        self._lost: Exception | None = None
        self._reader: asyncio.Future[None] | None = None
        self._writer: asyncio.Future[None] | None = None
        self._full = False
        self._held = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if not isinstance(transport, asyncio.Transport):
            raise TypeError("a stream needs a connection that both reads and writes")
        self.wire = transport

    def data_received(self, data: bytes) -> None:
        self._waiting += data
        if len(self._waiting) > _HIGH_WATER and not self._held:
            self._held = True
            self.wire.pause_reading()
        _wake(self._reader)

    def eof_received(self) -> None:
        self._ended = True
        _wake(self._reader)

    def connection_lost(self, exc: Exception | None) -> None:
        self._ended = True
        self._lost = exc
        _wake(self._reader)
        _wake(self._writer)

    def pause_writing(self) -> None:
        self._full = True

    def resume_writing(self) -> None:
        self._full = False
        _wake(self._writer)

    def has_news(self) -> bool:
        """Whether anything has come that nobody has read, the end included."""
        return self._ended or bool(self._waiting) or self.wire.is_closing()

    async def read(self, max_bytes: int) -> bytes:
        while not self._waiting and not self._ended:
            self._reader = self._loop.create_future()
            try:
                await self._reader
            finally:
                self._reader = None
        if not self._waiting and self._lost is not None:
            raise self._lost
        piece = bytes(self._waiting[:max_bytes])
        del self._waiting[:max_bytes]
        if self._held and len(self._waiting) <= _HIGH_WATER // 2:
            self._held = False
            with contextlib.suppress(RuntimeError):  # closed meanwhile
                self.wire.resume_reading()
        return piece

    async def write(self, data: bytes) -> None:
        if self._lost is not None or self.wire.is_closing():
            raise self._lost or ConnectionResetError("the connection is closed")
        self.wire.write(data)
        while self._full and not self._ended:
            self._writer = self._loop.create_future()
            try:
                await self._writer
            finally:
                self._writer = None


def _wake(waiter: asyncio.Future[None] | None) -> None:
    if waiter is not None and not waiter.done():
        waiter.set_result(None)


@contextlib.contextmanager
def _plain_faults() -> Iterator[None]:
    """One error for all that the system says; those of TLS keep their own words."""
    try:
        yield
    except ssl.SSLError:
        raise
    except OSError as failure:
        raise BrokenOff(str(failure)) from failure
