"""Writes the polls that have ended, as many in one transaction as have gathered meanwhile.

Nine polls of ten bring nothing new, and a transaction each would cost more than the request did. Whoever waits here
shares the next one: while it is being written, the polls that end then gather for the one after. So this process has one
writer of polls, which never waits for itself. Only where nobody has brought anything, it waits a moment for others. What
a transaction writes is commit.py's.
"""

import asyncio
import datetime as dt
from collections.abc import Callable
from functools import partial

from monitor import metrics
from monitor.domain.errors import DatabaseError
from monitor.storage.engine import Database, try_again
from monitor.worker.commit import commit_all
from monitor.worker.desk import Desk
from monitor.worker.polled import Committed, PolledFeed

_MOST_ITEMS = 1000
"""New and edited items in one transaction: a few tenths of a second, so that nobody else waits long to write."""

_COMPANY_S = 0.03
"""How long polls that brought nothing wait for others like them. Nobody waits for what they have to say."""

_Ended = tuple[PolledFeed, asyncio.Future[Committed | None]]


class Settling:
    """The writer of one process's polls."""

    def __init__(self, database: Database, desk: Desk, clock: Callable[[], dt.datetime]) -> None:
        self._database = database
        self._desk = desk
        self._clock = clock
        self._waiting: list[_Ended] = []
        self._writer: asyncio.Task[None] | None = None

    async def write(self, polled: PolledFeed) -> Committed | None:
        """Returns once the poll is written, with what it wrote; None where its lease was lost and nothing was.

        Raises:
            DatabaseError: nothing is written; the lease is still held.
        """
        written: asyncio.Future[Committed | None] = asyncio.get_running_loop().create_future()
        self._waiting.append((polled, written))
        if self._writer is None:
            self._writer = asyncio.create_task(self._write_all())
        return await written

    async def _write_all(self) -> None:
        try:
            while self._waiting:
                if all(polled.is_empty for polled, _ in self._waiting):
                    await asyncio.sleep(_COMPANY_S)
                await self._write_some(self._next())
        finally:
            self._writer = None

    def _next(self) -> list[_Ended]:
        """Those who have waited longest, up to so many items."""
        room, count = _MOST_ITEMS, 0
        for polled, _ in self._waiting:
            room -= len(polled.fresh) + len(polled.edited)
            if room < 0 and count:
                break
            count += 1
        taken, self._waiting = self._waiting[:count], self._waiting[count:]
        return taken

    async def _write_some(self, ended: list[_Ended]) -> None:
        polled = [one for one, _ in ended]
        try:
            commit = partial(commit_all, self._database, polled, self._desk, self._clock())
            with metrics.COMMITTING.time():
                results = await asyncio.to_thread(try_again, commit)
        except Exception as error:  # noqa: BLE001 - handed on to everybody who waits for this transaction
            if len(ended) > 1 and not isinstance(error, DatabaseError):
                # A bug that one of them has met must not lose the others.
                for one in ended:
                    await self._write_some([one])
                return
            for _, written in ended:
                if not written.done():
                    written.set_exception(error)
        else:
            for (_, written), result in zip(ended, results, strict=True):
                if not written.done():
                    written.set_result(result)
