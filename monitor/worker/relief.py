"""Shifts that another has relieved: each ends what it has begun, and only then lets go of what it worked with.

A poll goes on with the feeds, children and channels with which it began, and so does a send. Service relieves; who made the
shift says what is let go of.
"""

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable, Collection

import structlog

from monitor.worker.shift import Shift

log = structlog.get_logger()


class Relieved:
    """Keeps relieved shifts until nothing of theirs is under way."""

    def __init__(self) -> None:
        self._leaving: dict[asyncio.Task[None], Shift] = {}

    def add(self, former: Shift, polls: Collection[asyncio.Task[None]], let_go: Callable[[], Awaitable[None]]) -> None:
        """Takes over a shift that has begun these polls, its own and those of shifts before it.

        `let_go` is called once they and its sends have ended. Since they are all that began before, nobody needs then what
        this shift worked with, unless it was handed to the one that relieved it.
        """
        task = asyncio.create_task(_see_off(former, tuple(polls), let_go))
        self._leaving[task] = former
        task.add_done_callback(self._left)

    @property
    def shifts(self) -> tuple[Shift, ...]:
        """Those that still have something under way."""
        return tuple(self._leaving.values())

    async def end(self, limit: dt.timedelta) -> None:
        """Waits until all are gone, once what they had under way was ended; after `limit`, they are gone anyway."""
        leaving = tuple(self._leaving)
        if leaving:
            _, late = await asyncio.wait(leaving, timeout=limit.total_seconds())
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def _left(self, task: asyncio.Task[None]) -> None:
        del self._leaving[task]
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("shift_not_ended", error=repr(error))


async def _see_off(former: Shift, polls: tuple[asyncio.Task[None], ...], let_go: Callable[[], Awaitable[None]]) -> None:
    await former.dispatcher.finish(None)
    if polls:
        await asyncio.wait(polls)
    await let_go()
