"""One connection's bytes, on asyncio alone: what httpcore reads from and writes to.

httpcore's own backends go through anyio, which costs more than the request itself when ten thousand small answers are
asked for. Comes below transport.py, which says which address to connect to; keeps no time, since a request's limit
covers everything.
"""

import asyncio
import contextlib
import ssl
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import httpcore

_HIGH_WATER = 262_144
"""Bytes that may wait to be read before the other side is asked, by TCP, to pause."""


async def open_stream(address: str, port: int) -> "Stream":
    """Connects to an IP address. Raises OSError as the system does."""
    loop = asyncio.get_running_loop()
    _, incoming = await loop.create_connection(_Incoming, address, port)
    return Stream(incoming)


class Stream(httpcore.AsyncNetworkStream):
    """A connection as httpcore wants it. Reading and writing are each done by one task at a time."""

    def __init__(self, incoming: "_Incoming") -> None:
        self._incoming = incoming

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109, ARG002 - httpcore's
        """The next bytes, at most `max_bytes`; none at the end."""
        with _as(httpcore.ReadError):
            return await self._incoming.read(max_bytes)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109, ARG002 - httpcore's
        """Sends bytes; returns when the system has room for more."""
        if buffer:
            with _as(httpcore.WriteError):
                await self._incoming.write(buffer)

    async def aclose(self) -> None:
        """Closes at once. What was asked has been answered, or given up: nothing is left worth flushing."""
        self._incoming.wire.abort()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109, ARG002 - httpcore's signature
    ) -> "Stream":
        """Goes on encrypted. Raises ssl.SSLError, among them SSLCertVerificationError."""
        loop = asyncio.get_running_loop()
        with _as(httpcore.ConnectError):
            wire = await loop.start_tls(
                self._incoming.wire, self._incoming, ssl_context, server_hostname=server_hostname
            )
        if wire is None:
            raise httpcore.ConnectError("the connection was closed during the handshake")
        self._incoming.wire = wire
        return self

    def get_extra_info(self, info: str) -> Any:
        """`ssl_object`, and `is_readable`: whether an idle connection has ended or says what nobody asked."""
        answers: Mapping[str, Callable[[], Any]] = {
            "ssl_object": lambda: self._incoming.wire.get_extra_info("ssl_object"),
            "is_readable": self._incoming.has_news,
        }
        return answers[info]() if info in answers else None


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
def _as(error: type[Exception]) -> Iterator[None]:
    """Turns the system's errors into httpcore's; those of TLS keep their own words."""
    try:
        yield
    except ssl.SSLError:
        raise
    except OSError as failure:
        raise error(str(failure)) from failure
