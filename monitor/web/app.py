"""The pages of the daemon: whether it lives, whether its database can be written, and its metrics (R9).

Read-only, no secrets, no pages for people yet. `server.py` runs this in a thread of its own, and whoever starts it
says how the loop and the database are looked at; nothing of the worker is known here.
"""

import threading
import time
from collections.abc import Callable, Collection

from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from monitor import metrics

_LOOP_HANGS_AFTER_S = 30.0
_DATABASE_CHECK_LASTS_S = 1.0
_DATABASE_PATIENCE_S = 3.0
_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
_SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def create_app(
    *, loop_age: Callable[[], float], database_trouble: Callable[[], str | None], hosts: Collection[str]
) -> ASGIApp:
    """The application.

    `loop_age` is the time in seconds since the daemon's loop last turned; `database_trouble` tries a write and
    returns a sentence if it fails, else None (it may block: it is called in a thread). Requests must name one of
    `hosts` or a loopback name, so that a web page elsewhere can't read these through a name that it controls.
    """
    database = _Remembered(database_trouble, lasts_s=_DATABASE_CHECK_LASTS_S, patience_s=_DATABASE_PATIENCE_S)

    async def healthz(_: Request) -> Response:
        age = loop_age()
        if age > _LOOP_HANGS_AFTER_S:
            return PlainTextResponse(f"the loop has not turned for {age:.0f} s\n", status_code=503)
        return PlainTextResponse("ok\n")

    def readyz(_: Request) -> Response:
        trouble = database.value()
        return PlainTextResponse(f"{trouble}\n", status_code=503) if trouble else PlainTextResponse("ok\n")

    def measured(_: Request) -> Response:
        return Response(metrics.exposition(), media_type="text/plain; version=0.0.4; charset=utf-8")

    pages = [
        Route("/healthz", healthz, methods=["GET"]),
        Route("/readyz", readyz, methods=["GET"]),
        Route("/metrics", measured, methods=["GET"]),
    ]
    return _Guard(Starlette(routes=pages), _LOOPBACK_NAMES | {host.lower() for host in hosts})


class _Remembered:
    """A check of the database, whose answer holds for `lasts_s` seconds, so that a scraper can't make it a load.

    Whoever asks waits for it `patience_s` seconds at the most: a database that another process holds keeps a writer waiting
    for longer than a probe has time, and is not ready.
    """

    def __init__(self, check: Callable[[], str | None], *, lasts_s: float, patience_s: float) -> None:
        self._check = check
        self._lasts_s = lasts_s
        self._patience_s = patience_s
        self._lock = threading.Lock()
        self._answered = threading.Event()
        self._answered_at: float | None = None
        self._answer: str | None = None
        self._begun = False

    def value(self) -> str | None:
        with self._lock:
            if not self._begun and self._is_stale():
                self._begun = True
                self._answered.clear()
                threading.Thread(target=self._look, name="readyz", daemon=True).start()
        if self._answered.wait(self._patience_s):
            return self._answer
        return f"The database has not answered for {self._patience_s:g} s: it is busy, or another process holds it."

    def _is_stale(self) -> bool:
        return self._answered_at is None or time.monotonic() - self._answered_at > self._lasts_s

    def _look(self) -> None:
        answer: str | None = "The database could not be looked at: see the log."
        try:
            answer = self._check()
        finally:
            with self._lock:
                self._answer, self._answered_at, self._begun = answer, time.monotonic(), False
                self._answered.set()


class _Guard:
    """Refuses requests for foreign host names, and puts the security headers on every answer."""

    def __init__(self, app: ASGIApp, hosts: frozenset[str]) -> None:
        self._app = app
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_SECURITY_HEADERS)
            await send(message)

        if scope["type"] == "http" and _host_name(Headers(scope=scope).get("host", "")) not in self._hosts:
            await PlainTextResponse(
                "This host name is not served here. Where it should be, name it in web.hosts.\n", 400
            )(scope, receive, send_guarded)
            return
        await self._app(scope, receive, send_guarded)


def _host_name(header: str) -> str:
    """The name in a Host header, without its port: "[::1]:8321" is "::1"."""
    if header.startswith("["):
        return header[1:].partition("]")[0].lower()
    return header.partition(":")[0].lower()
