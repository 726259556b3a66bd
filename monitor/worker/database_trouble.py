"""Trouble with the database, told once and when it is over: in the log at once, to the operator when it lasts (R7, P24).

What an operator is told here goes past the outbox, which is in the database. Service says what it meets.
"""

import asyncio
import datetime as dt
from collections.abc import Callable, Coroutine
from typing import Any

import structlog

from monitor.domain.delivery import Notice
from monitor.domain.errors import DatabaseError

log = structlog.get_logger()


class DatabaseTrouble:
    """Keeps in mind whether the database is in trouble. `tell` says it past the outbox, and `told_after` is how long it lasts before the operator hears."""

    def __init__(
        self,
        tell: Callable[[Notice], Coroutine[Any, Any, bool]],
        *,
        told_after: dt.timedelta,
        clock: Callable[[], dt.datetime],
    ) -> None:
        self._tell_now = tell
        self._told_after = told_after
        self._clock = clock
        self._since: dt.datetime | None = None
        self._told = False
        self._sending: set[asyncio.Task[bool]] = set()

    def met(self, error: DatabaseError) -> None:
        """The database was asked, and refused. Call it in the running loop."""
        now = self._clock()
        line = log.error if self._since is None else log.debug
        line("database_trouble", error=str(error), what_happens="polls and sends wait until it can be used again")
        self._since = self._since or now
        if not self._told and now - self._since >= self._told_after:
            self._told = True
            self._tell(_down(error, self._since, now))

    def over(self) -> None:
        """The database did what it was asked. Call it in the running loop."""
        if self._since is None:
            return
        log.info("database_recovered")
        if self._told:
            self._tell(_back(self._since, self._clock()))
        self._since, self._told = None, False

    async def end(self, limit: dt.timedelta) -> None:
        """Lets notices that are on their way end."""
        if self._sending:
            await asyncio.wait(self._sending, timeout=limit.total_seconds())

    def _tell(self, notice: Notice) -> None:
        task = asyncio.create_task(self._tell_now(notice))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)


def _down(error: DatabaseError, since: dt.datetime, now: dt.datetime) -> Notice:
    return Notice(
        dedup_key=f"database-down:{since.isoformat()}",
        title=f"The database can't be used since {since:%H:%M} UTC",
        text=f"{error} Polls and sends wait until it can be used again; nothing is lost.",
        at=now,
    )


def _back(since: dt.datetime, now: dt.datetime) -> Notice:
    return Notice(
        dedup_key=f"database-back:{since.isoformat()}",
        title="The database can be used again",
        text=f"It could not be used since {since:%Y-%m-%d %H:%M} UTC. Polls and sends go on.",
        at=now,
    )
