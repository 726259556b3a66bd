"""What takes long to reckon, kept for a while, so that it is reckoned once and not by each visitor.

While it is fresh, all get it as it is. Past that, and as long as it is still usable, they get it too, and one of them renews it
once answered. Nobody waits but the first, and whoever comes after a long silence.
"""

import datetime as dt
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

import structlog

from monitor.domain.errors import DatabaseError

log = structlog.get_logger()

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept(Generic[_T]):
    """A value, what it was made from, and when."""

    value: _T
    key: tuple[object, ...]
    at: dt.datetime


class Remembered(Generic[_T]):
    """One value, made anew when what it is made from (its key) changes, or when it is too old. Threads may share it."""

    def __init__(self, *, fresh: dt.timedelta, usable: dt.timedelta) -> None:
        self._fresh = fresh
        self._usable = usable
        self._kept: Kept[_T] | None = None
        self._making = threading.Lock()

    def look(
        self, make: Callable[[], _T], key: tuple[object, ...], now: dt.datetime
    ) -> tuple[Kept[_T], Callable[[], None] | None]:
        """What is kept, and where it should be renewed, how: to be called once the visitor has been answered."""
        kept = self._usable_at(now, key)
        if kept is None:
            with self._making:
                # Whoever waited here for another finds what that one has made.
                kept = self._usable_at(now, key)
                if kept is None:
                    self._kept = kept = Kept(value=make(), key=key, at=now)
        return kept, partial(self._renew, make, key, now) if now - kept.at > self._fresh else None

    def _usable_at(self, now: dt.datetime, key: tuple[object, ...]) -> Kept[_T] | None:
        kept = self._kept
        return kept if kept is not None and kept.key == key and now - kept.at <= self._usable else None

    def _renew(self, make: Callable[[], _T], key: tuple[object, ...], now: dt.datetime) -> None:
        if not self._making.acquire(blocking=False):
            return
        try:
            self._kept = Kept(value=make(), key=key, at=now)
        except DatabaseError as error:
            # Nobody waits for it any more; the next visitor is told, once the old one can't be used.
            log.warning("page_not_renewed", error=str(error))
        finally:
            self._making.release()
