"""Whether the daemon lives, whether its database can be written, and its metrics, for machines that ask (R9).

How the loop and the database are looked at, whoever starts the server says: nothing of the worker is known here.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from monitor import metrics

_LOOP_HANGS_AFTER_S = 30.0
_DATABASE_CHECK_LASTS_S = 1.0
_DATABASE_PATIENCE_S = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitals:
    """How the daemon is looked at.

    `loop_age` is the time in seconds since its loop last turned; `database_trouble` tries a write and returns a sentence
    if it fails, else None (it may block: it is called in a thread).
    """

    loop_age: Callable[[], float]
    database_trouble: Callable[[], str | None]


def routes(vitals: Vitals) -> list[Route]:
    """/healthz, /readyz and /metrics."""
    database = _Remembered(vitals.database_trouble, lasts_s=_DATABASE_CHECK_LASTS_S, patience_s=_DATABASE_PATIENCE_S)

    async def healthz(_: Request) -> Response:
        age = vitals.loop_age()
        if age > _LOOP_HANGS_AFTER_S:
            return PlainTextResponse(f"the loop has not turned for {age:.0f} s\n", status_code=503)
        return PlainTextResponse("ok\n")

    def readyz(_: Request) -> Response:
        trouble = database.value()
        return PlainTextResponse(f"{trouble}\n", status_code=503) if trouble else PlainTextResponse("ok\n")

    def measured(_: Request) -> Response:
        return Response(metrics.exposition(), media_type="text/plain; version=0.0.4; charset=utf-8")

    return [
        Route("/healthz", healthz, methods=["GET"]),
        Route("/readyz", readyz, methods=["GET"]),
        Route("/metrics", measured, methods=["GET"]),
    ]


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
