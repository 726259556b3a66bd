"""Serves the application from a thread of its own, so that /healthz still answers, truthfully, when the loop hangs.

A port that is taken is no reason to stop watching the news: one warning says so, and the daemon goes on without. Nor may whoever
reaches the port take the daemon's descriptors away by connections that ask for nothing.
"""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

log = structlog.get_logger()

_SHUTDOWN_LIMIT_S = 2
_PATIENCE_S = 10.0
"""How long a request may take to come, from its first byte to the end of its headers."""
_MOST_CONNECTIONS = 200
"""Of those that are open at once, streams among them; a daemon has 1,024 descriptors where nobody gives it more."""


@contextmanager
def serving(app: ASGIApp, *, host: str, port: int) -> Iterator[int | None]:
    """Serves `app` while the context lasts; yields the port (useful where `port` is 0), None if it is taken."""
    listener = _listen(host, port)
    if listener is None:
        yield None
        return
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            http=_Impatient,
            ws="none",
            log_config=None,  # logs.py decides how library loggers look
            access_log=False,
            lifespan="off",
            server_header=False,
            date_header=False,
            # Who asks is whoever holds the other end: what a proxy says of that is for access.py alone to believe.
            proxy_headers=False,
            timeout_graceful_shutdown=_SHUTDOWN_LIMIT_S,
        )
    )
    # uvicorn leaves signals alone outside the main thread.
    thread = threading.Thread(target=server.run, args=([listener],), name="web", daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(_SHUTDOWN_LIMIT_S + 1)
        listener.close()


class _Impatient(H11Protocol):
    """uvicorn's own, but it waits for a request only so long, and for so many people at once (it has no limit for either)."""

    _patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
        """Somebody has come."""
        super().connection_made(transport)
        if len(self.connections) > _MOST_CONNECTIONS:
            transport.abort()
        else:
            self._wait()

    def data_received(self, data: bytes) -> None:
        """They have said something: all of a request, or a part of it."""
        super().data_received(data)
        if self._is_answering():
            self._wait_no_more()
        elif self._patience is None:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """They have gone."""
        self._wait_no_more()
        super().connection_lost(exc)

    def _is_answering(self) -> bool:
        # There is no cycle before the first request, whatever its type says.
        return not getattr(self.cycle, "response_complete", True)

    def _wait(self) -> None:
        self._patience = self.loop.call_later(_PATIENCE_S, self._hang_up)

    def _wait_no_more(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _hang_up(self) -> None:
        self._patience = None
        if not self._is_answering():
            self.transport.close()


def _listen(host: str, port: int) -> socket.socket | None:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        log.warning("web_not_served", host=host, port=port, error=error.strerror or str(error))
        return None
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(64)
    except OSError as error:
        listener.close()
        log.warning(
            "web_not_served",
            host=host,
            port=port,
            error=error.strerror or str(error),
            what_to_do="set web.port to a free port, or web.enabled to false",
        )
        return None
    return listener
