"""The connect step: names are resolved here, every answer is judged, and only a judged address is connected to.

`PolicyTransport` speaks HTTP through httpcore's connections, each opened by `PolicyBackend`. Between the check and the
connection nothing is resolved again, so a name that changes its mind has no second chance. Comes before the client,
which follows redirects, keeps time and turns errors into outcomes; above sockets.py, which moves the bytes.
"""

import asyncio
import contextlib
import socket
import ssl
import threading
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from ipaddress import ip_address

import httpcore

from monitor.outbound.policy import AddressPolicy
from monitor.outbound.sockets import open_stream

_LOOKUPS_AT_ONCE = 64
_FURTHER_ADDRESS_AFTER = 2.0
"""Seconds until the next address of a name is tried, where one is left. A dead IPv6 route must not eat the whole limit."""
_MAX_IDLE = 256
"""Connections kept open for the next request, over all origins; one for each of the feeds that are asked in a while."""
_MAX_IDLE_OF_AN_ORIGIN = 4
_IDLE_SECONDS = 15.0
_REPEATABLE = frozenset({"GET", "HEAD"})

_Origin = tuple[bytes, bytes, int]


class Unreachable(httpcore.ConnectError):
    """No connection came about. The message is for the operator and names no address."""


class PolicyBackend(httpcore.AsyncNetworkBackend):
    """Opens connections to judged addresses. Raises AddressRefused before a forbidden one is touched."""

    def __init__(self, policy: AddressPolicy) -> None:
        self._policy = policy
        self._lookups = asyncio.Semaphore(_LOOKUPS_AT_ONCE)

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002, ASYNC109 - httpcore's signature; the client keeps the time
        local_address: str | None = None,  # noqa: ARG002
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,  # noqa: ARG002
    ) -> httpcore.AsyncNetworkStream:
        """Resolves, judges all answers, then connects to one after the other until one answers."""
        addresses = await self.judged_addresses(host, port)
        failure = Unreachable("the name has no address")
        for number, address in enumerate(addresses, start=1):
            patience = None if number == len(addresses) else _FURTHER_ADDRESS_AFTER
            try:
                async with asyncio.timeout(patience):
                    return await open_stream(address, port)
            except OSError as error:  # TimeoutError is one
                failure = Unreachable(connect_words(error))
        raise failure

    async def judged_addresses(self, host: str, port: int) -> tuple[str, ...]:
        """All addresses of a host, each of them permitted. Raises AddressRefused, or Unreachable for an unknown name."""
        addresses = await self._resolve(host, port)
        for address in addresses:
            self._policy.check_address(host, port, address)
        return addresses

    async def sleep(self, seconds: float) -> None:
        """Waits; httpcore asks for it between its own retries."""
        await asyncio.sleep(seconds)

    async def _resolve(self, host: str, port: int) -> tuple[str, ...]:
        """All addresses of a host, in the order in which the system would try them."""
        with contextlib.suppress(ValueError):
            return (str(ip_address(host)),)
        await self._lookups.acquire()  # given back when the resolver is done, which may be after our patience
        answer = await _look_up(host, port, self._lookups.release)
        if isinstance(answer, OSError | UnicodeError):
            raise Unreachable("name not known") from answer
        return tuple(dict.fromkeys(answer))


async def _look_up(host: str, port: int, when_done: Callable[[], None]) -> list[str] | OSError | UnicodeError:
    """Asks the system's resolver in a daemon thread.

    Not in the loop's executor: a resolver that hangs would keep the process from ending, since executors wait for
    their threads.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[list[str] | OSError | UnicodeError] = loop.create_future()

    def settle(found: list[str] | OSError | UnicodeError) -> None:
        when_done()
        if not answer.done():
            answer.set_result(found)

    def ask() -> None:
        found: list[str] | OSError | UnicodeError
        try:
            found = [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
        except (OSError, UnicodeError) as error:
            found = error
        with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile, and nobody waits any more
            loop.call_soon_threadsafe(settle, found)

    threading.Thread(target=ask, name=f"resolve {host}", daemon=True).start()
    return await answer


def connect_words(error: OSError) -> str:
    """Why no connection came about, without the address."""
    match error:
        case ConnectionRefusedError():
            return "connection refused"
        case ConnectionResetError():
            return "connection reset"
        case TimeoutError():
            return "no answer to the attempt to connect"
        case _:
            return (error.strerror or "no connection").lower()


class PolicyTransport:
    """HTTP/1.1 through `PolicyBackend` and nothing else, with connections that wait a while for another request.

    A pool of our own: httpcore's looks at every connection of every origin at every request, which makes a hundred of
    them five times as slow as five. Here a request looks only at its own origin's.
    """

    def __init__(self, policy: AddressPolicy, tls: ssl.SSLContext, *, max_idle: int = _MAX_IDLE) -> None:
        self._max_idle = max_idle
        self._backend = PolicyBackend(policy)
        self._tls = tls
        self._idle: OrderedDict[_Origin, list[httpcore.AsyncHTTPConnection]] = OrderedDict()
        self._idle_count = 0

    @asynccontextmanager
    async def send(self, request: httpcore.Request) -> AsyncIterator[httpcore.Response]:
        """Sends one request and yields its answer, whose body can be read inside the block. Raises httpcore's errors."""
        origin = (request.url.origin.scheme, request.url.origin.host, request.url.origin.port)
        connection = await self._waiting_one(origin)
        reused = connection is not None
        connection = connection or self._new_one(origin)
        try:
            try:
                answer = await connection.handle_async_request(request)
            except (httpcore.NetworkError, httpcore.RemoteProtocolError):
                if not reused or request.method.decode() not in _REPEATABLE:
                    raise
                # A server may close a waiting connection just as it is used again: no word about the feed.
                await connection.aclose()
                connection = self._new_one(origin)
                answer = await connection.handle_async_request(request)
            try:
                yield answer
            finally:
                await answer.aclose()
        finally:
            await self._keep(origin, connection)

    @property
    def waiting(self) -> int:
        """How many connections wait for another request."""
        return self._idle_count

    async def aclose(self) -> None:
        """Closes the connections that wait."""
        idle, self._idle, self._idle_count = self._idle, OrderedDict(), 0
        for connections in idle.values():
            for connection in connections:
                await connection.aclose()

    def _new_one(self, origin: _Origin) -> httpcore.AsyncHTTPConnection:
        return httpcore.AsyncHTTPConnection(
            httpcore.Origin(*origin),
            ssl_context=self._tls,
            keepalive_expiry=_IDLE_SECONDS,
            network_backend=self._backend,
        )

    async def _waiting_one(self, origin: _Origin) -> httpcore.AsyncHTTPConnection | None:
        """A connection to the origin that is still good, the one used last first."""
        connections = self._idle.get(origin, [])
        while connections:
            connection = connections.pop()
            self._idle_count -= 1
            if connection.is_available() and not connection.has_expired():
                return connection
            await connection.aclose()
        self._idle.pop(origin, None)
        return None

    async def _keep(self, origin: _Origin, connection: httpcore.AsyncHTTPConnection) -> None:
        """Lets a connection wait for the next request if it is fit for one; the origin not asked for longest gives way."""
        connections = self._idle.setdefault(origin, [])
        self._idle.move_to_end(origin)
        if connection.is_idle() and len(connections) < _MAX_IDLE_OF_AN_ORIGIN:
            connections.append(connection)
            self._idle_count += 1
        else:
            await connection.aclose()
        while self._idle_count > self._max_idle:
            _, surplus = self._idle.popitem(last=False)
            self._idle_count -= len(surplus)
            for one in surplus:
                await one.aclose()
        if not connections:
            self._idle.pop(origin, None)
