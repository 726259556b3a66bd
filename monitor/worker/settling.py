"""Writes how polls went that brought no item, many of them in one transaction.

Nine polls of ten end with nothing new, and a transaction each would cost more than the request. Whoever waits here
shares the next one: while it is being written, the polls that end meanwhile gather for the one after. Polls with items
are written one by one in commit.py.
"""

import asyncio
from collections.abc import Sequence

from monitor.domain.feeds import FeedState
from monitor.storage import polls
from monitor.storage.engine import Database
from monitor.storage.polls import PollClaim

_Finished = tuple[PollClaim, FeedState, asyncio.Future[bool]]


class Settling:
    """Ends leases and remembers states for any number of polls at once."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: list[_Finished] = []
        self._writer: asyncio.Task[None] | None = None

    async def finish(self, claim: PollClaim, state: FeedState) -> bool:
        """Returns once it is written: True, or False where the lease was lost and nothing was.

        Raises:
            DatabaseError: nothing is written; the lease is still held.
        """
        written: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((claim, state, written))
        if self._writer is None:
            self._writer = asyncio.create_task(self._write())
        return await written

    async def _write(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting, []
                try:
                    lost = await asyncio.to_thread(self._finish_all, batch)
                except Exception as error:  # noqa: BLE001 - handed on to everybody who waits for this transaction
                    for *_, written in batch:
                        if not written.done():
                            written.set_exception(error)
                else:
                    for claim, _, written in batch:
                        if not written.done():
                            written.set_result(claim.state.feed_id not in lost)
        finally:
            self._writer = None

    def _finish_all(self, batch: Sequence[_Finished]) -> set[str]:
        with self._database.write() as connection:
            return polls.finish_all(connection, [(claim, state) for claim, state, _ in batch])
