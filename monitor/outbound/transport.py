"""The connect step: names are resolved here, every answer is judged, and only a judged address is connected to.

httpx hands a request to `PolicyTransport`, whose httpcore pool opens each connection through `PolicyBackend`. Between
the check and the connection nothing is resolved again, so a name that changes its mind has no second chance. Comes
before the client, which follows redirects, keeps time and turns errors into outcomes.
"""

import asyncio
import contextlib
import socket
import ssl
import threading
from collections.abc import AsyncIterator, Callable, Iterable
from ipaddress import ip_address
from types import TracebackType
from typing import Self

import httpcore
import httpx

from monitor.outbound.policy import AddressPolicy

_LOOKUPS_AT_ONCE = 64
_FURTHER_ADDRESS_AFTER = 2.0
"""Seconds until the next address of a name is tried, where one is left. A dead IPv6 route must not eat the whole limit."""
_MAX_CONNECTIONS = 400
# httpcore looks at every pooled connection at every request, so idle ones cost more than they save beyond a few.
_MAX_IDLE_CONNECTIONS = 20
_IDLE_SECONDS = 15.0


class Unreachable(httpcore.ConnectError):
    """No connection came about. The message is for the operator and names no address."""


class PolicyBackend(httpcore.AsyncNetworkBackend):
    """Opens connections to judged addresses. Raises AddressRefused before a forbidden one is touched."""

    def __init__(self, policy: AddressPolicy) -> None:
        self._policy = policy
        self._sockets = httpcore.AnyIOBackend()
        self._lookups = asyncio.Semaphore(_LOOKUPS_AT_ONCE)

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Resolves, judges all answers, then connects to one after the other until one answers."""
        addresses = await self._resolve(host, port)
        for address in addresses:
            self._policy.check_address(host, port, address)
        failure = Unreachable("the name has no address")
        for number, address in enumerate(addresses, start=1):
            patience = timeout if number == len(addresses) else _FURTHER_ADDRESS_AFTER
            try:
                return await self._sockets.connect_tcp(address, port, patience, local_address, socket_options)
            except httpcore.ConnectTimeout:
                failure = Unreachable("no answer to the attempt to connect")
            except httpcore.ConnectError as error:
                failure = Unreachable(_why(error))
        raise failure

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


def _why(error: BaseException) -> str:
    """The system's own words for why a connection failed, found behind the wrappers of anyio and httpcore."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, OSError) and seen.errno is not None:
            return _words(seen)
        inner = seen.args[0] if seen.args and isinstance(seen.args[0], BaseException) else None
        seen = seen.__cause__ or inner
    return "no connection"


def _words(error: OSError) -> str:
    match error:
        case ConnectionRefusedError():
            return "connection refused"
        case ConnectionResetError():
            return "connection reset"
        case TimeoutError():
            return "no answer to the attempt to connect"
        case _:
            return (error.strerror or "no connection").lower()


class PolicyTransport(httpx.AsyncBaseTransport):
    """httpx's way to the network, through `PolicyBackend` and nothing else. httpcore's errors come out as they are."""

    def __init__(self, policy: AddressPolicy, tls: ssl.SSLContext) -> None:
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=tls,
            max_connections=_MAX_CONNECTIONS,
            max_keepalive_connections=_MAX_IDLE_CONNECTIONS,
            keepalive_expiry=_IDLE_SECONDS,
            network_backend=PolicyBackend(policy),
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Sends one request and returns once the headers of its answer are here."""
        answer = await self._pool.handle_async_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=request.url.raw_scheme,
                    host=request.url.raw_host,
                    port=request.url.port,
                    target=request.url.raw_path,
                ),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx.Response(
            status_code=answer.status, headers=answer.headers, stream=_Body(answer), extensions=answer.extensions
        )

    async def __aenter__(self) -> Self:
        await self._pool.__aenter__()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        await self._pool.__aexit__(exc_type, exc_value, traceback)

    async def aclose(self) -> None:
        """Closes every connection."""
        await self._pool.aclose()


class _Body(httpx.AsyncByteStream):
    """The raw bytes of an answer, in the shape that httpx expects."""

    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._answer.aiter_stream()

    async def aclose(self) -> None:
        await self._answer.aclose()
