"""Notices that the machine's clock was set while the daemon runs, and lets nothing wait because of it.

Ticks and due times go by the clock on the wall. Set back by hours, it would leave the scheduler and every feed waiting
for as long again; set forward, it makes all due at once, which needs no help. Leaves to `storage/set_clock.py` what is
put right in the database, and to `takeover.py` a clock that was set while no daemon ran.
"""

import asyncio
import datetime as dt
import time
from collections.abc import Callable

import structlog

from monitor import metrics
from monitor.domain.errors import DatabaseError
from monitor.storage import set_clock
from monitor.storage.engine import Database

log = structlog.get_logger()

# Far above what a time server corrects in small steps, and below what anybody would notice in an alert.
_SET_FROM = dt.timedelta(seconds=5)
_LOOK_EVERY_S = 1.0


class ClockWatch:
    """Compares the wall clock with one that nobody can set. A machine that slept looks like one that was set forward."""

    def __init__(self, clock: Callable[[], dt.datetime], steady: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._steady = steady
        self._between = self._difference()

    def step(self) -> dt.timedelta:
        """By how much the clock was set since this was last asked: negative where it was set back; zero if by little."""
        before, self._between = self._between, self._difference()
        moved = self._between - before
        return moved if abs(moved) >= _SET_FROM else dt.timedelta()

    def _difference(self) -> dt.timedelta:
        return self._clock() - dt.datetime.fromtimestamp(self._steady(), dt.UTC)


async def mind_clock(
    database: Database,
    clock: Callable[[], dt.datetime],
    *,
    tick_now: Callable[[], None],
    trouble: Callable[[DatabaseError], None],
) -> None:
    """Runs until it is cancelled. `tick_now` has every tick come at once; `trouble` hears why the database waits."""
    watch = ClockWatch(clock)
    owed = dt.timedelta()
    while True:
        await asyncio.sleep(_LOOK_EVERY_S)
        step = watch.step()
        if step:
            metrics.CLOCK_SET.inc()
            log.warning("clock_set", by_s=round(step.total_seconds()), what_happens="polls and sends go on as before")
            owed = max(owed - step, dt.timedelta())
            tick_now()
        if owed:
            try:
                await asyncio.to_thread(call_back, database, clock(), owed)
                owed = dt.timedelta()
            except DatabaseError as error:
                trouble(error)


def call_back(database: Database, now: dt.datetime, by: dt.timedelta) -> None:
    """Puts right what the database has waiting, after the clock was set back `by`.

    Raises:
        DatabaseUnavailable: nothing has changed.
    """
    with database.write() as connection:
        feeds = set_clock.call_back_feeds(connection, now)
        messages = 0 if database.is_shared else set_clock.call_back_messages(connection, now, by)
    log.info("called_back", feeds=feeds, messages=messages)
