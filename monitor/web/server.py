"""Serves the application from a thread of its own, so that /healthz still answers, truthfully, when the loop hangs.

A port that is taken is no reason to stop watching the news: one warning says so, and the daemon goes on without.
"""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
import uvicorn
from starlette.types import ASGIApp

log = structlog.get_logger()

_SHUTDOWN_LIMIT_S = 2


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
