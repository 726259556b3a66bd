"""Reads stored items again with changed patterns, with every core, and looks at what differs or writes it.

Items come as they were seen, a page at a time, so that memory doesn't grow with the archive. What is written is written in
short transactions beside a running daemon, each with the place that it has come to: whoever is stopped goes on from there.
`rereading.py` has what follows from a difference; `ahead.py` reads with all children, as for a backtest.
"""

import asyncio
import datetime as dt
import json
import secrets
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import partial

from monitor.domain.errors import DatabaseUnavailable
from monitor.domain.feeds import FeedSource, NewsItem
from monitor.storage import items, notes
from monitor.storage.connection import Connection
from monitor.storage.engine import Database, try_again
from monitor.storage.items import ChosenItems
from monitor.worker.ahead import DatedItem, read_ahead
from monitor.worker.desk import Desk
from monitor.worker.jobs import Jobs
from monitor.worker.polled import ReadItem
from monitor.worker.rereading import Ledger, Reread, look, reading_otherwise, write

_PROGRESS = "reclassify"
# Items are read from the database, and looked at, so many at a time.
_PAGE = 500
# A transaction with so many items that read otherwise takes a tenth of a second or two: a poll beside it need not wait longer.
_ITEMS_A_TRANSACTION = 50
_UNKNOWN_EVERY = dt.timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which items are read again, and which types of events count; None: all.

    `mark` stands for the patterns and all else that decides what is read: what was begun with one isn't continued with another.
    """

    mark: str
    published_from: dt.datetime | None = None
    published_before: dt.datetime | None = None
    feed_id: str | None = None
    types: frozenset[str] | None = None

    def items(self, seen_until: dt.datetime) -> ChosenItems:
        """The items, up to when a run began: what comes later is the daemon's."""
        return ChosenItems(
            seen_until=seen_until,
            published_from=self.published_from,
            published_before=self.published_before,
            feed_id=self.feed_id,
        )

    def __str__(self) -> str:
        """The same text for the same scope, for the progress in the database."""
        bounds = (self.published_from, self.published_before)
        shown = [moment.isoformat() if moment else None for moment in bounds]
        return json.dumps([self.mark, *shown, self.feed_id, sorted(self.types) if self.types is not None else None])


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a writing run has come. `run` is that of the process that writes now; `key` is the last item's, in hex."""

    scope: str
    run: str
    began_at: str
    items: int = 0
    seen_at: str | None = None
    key: str | None = None
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def place(self) -> tuple[dt.datetime, bytes] | None:
        """Behind which item the next page begins."""
        if self.seen_at is None or self.key is None:
            return None
        return dt.datetime.fromisoformat(self.seen_at), bytes.fromhex(self.key)


class Superseded(DatabaseUnavailable):
    """Another process has begun to write what this one was writing. It goes on where this one was."""


@dataclass(slots=True)
class Reclassification:
    """One run over the stored items. `feeds` are those of the configuration, by id.

    `hear` gets what came of some items: how many were read to their end, what differs, and what was written of stories.
    """

    database: Database
    jobs: Jobs
    desk: Desk
    feeds: Mapping[str, FeedSource]
    scope: Scope
    children: int
    clock: Callable[[], dt.datetime]
    hear: Callable[[int, Reread, Ledger], None]

    async def preview(self) -> Ledger:
        """Looks at all items, and writes nothing. Returns what would become of the stories.

        Raises:
            ConfigurationError, ChildNotStarted: as of `read_ahead`.
            DatabaseUnavailable: the database can't be read.
        """
        ledger = Ledger()
        async for page in self._pages(self.scope.items(self.clock()), None):
            reread = await asyncio.to_thread(self._look, page, ledger)
            self.hear(len(page), reread, Ledger())
        return ledger

    async def write(self, begun: Progress, counts: Callable[[], Mapping[str, int]]) -> None:
        """Goes through the items behind `begun`, writing what differs; `counts` is kept with the progress.

        Raises:
            Superseded: another process writes.
            ConfigurationError, ChildNotStarted: as of `read_ahead`.
            DatabaseUnavailable: what was written until then stays, and the next run goes on from there.
        """
        progress = begun
        chosen = self.scope.items(dt.datetime.fromisoformat(begun.began_at))
        async for page in self._pages(chosen, begun.place):
            last = page[-1].item
            progress = replace(
                progress, items=progress.items + len(page), seen_at=last.seen_at.isoformat(), key=last.key.hex()
            )
            await self._write_page(page, progress, counts)
        await asyncio.to_thread(self._end, progress)

    async def _write_page(
        self, page: Sequence[ReadItem], progress: Progress, counts: Callable[[], Mapping[str, int]]
    ) -> None:
        """Writes what differs, a few items at a time; those that were edited meanwhile are read once more."""
        number = len(page)
        while page:
            outdated: list[bytes] = []
            concerned = await asyncio.to_thread(self._concerned, page)
            for start in range(0, len(concerned), _ITEMS_A_TRANSACTION):
                few = concerned[start : start + _ITEMS_A_TRANSACTION]
                reread, ledger = await asyncio.to_thread(try_again, partial(self._write, few, progress))
                self.hear(0, reread, ledger)
                outdated += reread.outdated
            page = [one async for one in self._read(self._again(outdated))] if outdated else []
        self.hear(number, Reread(), Ledger())
        await asyncio.to_thread(try_again, partial(self._save, replace(progress, counts=counts())))

    def _look(self, page: Sequence[ReadItem], ledger: Ledger) -> Reread:
        with self.database.read() as connection:
            concerned = reading_otherwise(connection, page, self.scope.types)
            return look(connection, concerned, self.desk, self.clock(), types=self.scope.types, ledger=ledger)

    def _concerned(self, page: Sequence[ReadItem]) -> tuple[ReadItem, ...]:
        with self.database.read() as connection:
            return reading_otherwise(connection, page, self.scope.types)

    def _write(self, few: Sequence[ReadItem], progress: Progress) -> tuple[Reread, Ledger]:
        ledger = Ledger()
        with self.database.write() as connection:
            _require_own(connection, progress)
            return write(connection, few, self.desk, self.clock(), types=self.scope.types, ledger=ledger), ledger

    def _save(self, progress: Progress) -> None:
        with self.database.write() as connection:
            _require_own(connection, progress)
            notes.write(connection, _PROGRESS, json.dumps(asdict(progress)))

    def _end(self, progress: Progress) -> None:
        with self.database.write() as connection:
            _require_own(connection, progress)
            notes.remove(connection, _PROGRESS)

    async def _pages(
        self, chosen: ChosenItems, behind: tuple[dt.datetime, bytes] | None
    ) -> AsyncIterator[list[ReadItem]]:
        page: list[ReadItem] = []
        async for one in self._read(self._stored(chosen, behind)):
            page.append(one)
            if len(page) == _PAGE:
                yield page
                page = []
        if page:
            yield page

    async def _read(self, stored: Iterator[NewsItem]) -> AsyncIterator[ReadItem]:
        dated = (DatedItem(item=item, sources=(self._source(item.feed_id),)) for item in stored)
        async for _, (read,) in read_ahead((self.jobs,), dated, children=self.children):
            yield read

    def _stored(self, chosen: ChosenItems, behind: tuple[dt.datetime, bytes] | None) -> Iterator[NewsItem]:
        while True:
            with self.database.read() as connection:
                page = items.items_in_order(connection, chosen, limit=_PAGE, behind=behind)
            if not page:
                return
            yield from page
            behind = page[-1].seen_at, page[-1].key

    def _again(self, keys: Collection[bytes]) -> Iterator[NewsItem]:
        with self.database.read() as connection:
            yield from items.items_with(connection, list(keys))

    def _source(self, feed_id: str) -> FeedSource:
        """The feed as configured; of one that isn't any more, the state at home is unknown."""
        return self.feeds.get(feed_id) or FeedSource(id=feed_id, url="", title=feed_id, poll_every=_UNKNOWN_EVERY)


def begin(database: Database, scope: Scope, now: dt.datetime) -> Progress:
    """Where a writing run begins: where an earlier one of the same scope was stopped, else at the first item.

    From here on, the earlier one writes no more.
    """
    run = secrets.token_hex(8)
    with database.write() as connection:
        earlier = _progress(connection)
        if earlier is not None and earlier.scope == str(scope):
            progress = replace(earlier, run=run)
        else:
            progress = Progress(scope=str(scope), run=run, began_at=now.isoformat())
        notes.write(connection, _PROGRESS, json.dumps(asdict(progress)))
    return progress


def count(database: Database, scope: Scope, now: dt.datetime) -> int:
    """How many items there are to read."""
    with database.read() as connection:
        return items.count_items(connection, scope.items(now))


def _progress(connection: Connection) -> Progress | None:
    kept = notes.read(connection, _PROGRESS)
    return None if kept is None else Progress(**json.loads(kept))


def _require_own(connection: Connection, progress: Progress) -> None:
    present = _progress(connection)
    if present is None or present.run != progress.run:
        raise Superseded(
            "Another `relmon reclassify --write` has begun on this database, and goes on where this one was."
        )
