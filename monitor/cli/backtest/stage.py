"""Plays news to one configuration, or to two at once, minute by minute of their own time."""

import asyncio
import datetime as dt
import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

from monitor.cli.backtest.sides import Side
from monitor.cli.wiring import classifier_source
from monitor.domain.delivery import Message
from monitor.domain.feeds import FeedSource, NewsItem
from monitor.settings.documents import Documents
from monitor.worker.ahead import DatedItem, read_ahead
from monitor.worker.jobs import Jobs
from monitor.worker.polled import ReadItem
from monitor.worker.rehearsal import Arrival, Rehearsal

Hear = Callable[[int, Message], None]
"""Hears each message as it would have been sent: the number of its side, counted from 0, and the message."""

_DAY = dt.timedelta(days=1)


@dataclass(slots=True)
class Played:
    """What was played: items, the events in them (as the first side reads them), the first and the last moment."""

    items: int = 0
    events: int = 0
    first: dt.datetime | None = None
    last: dt.datetime | None = None


async def perform(
    sides: Sequence[Side], news: Iterable[tuple[FeedSource, NewsItem]], *, counted_from: dt.datetime | None, hear: Hear
) -> Played:
    """Plays the news, which come in the order of time, to all sides, and tells `hear` what each would have sent.

    What comes before `counted_from` is played, since stories of these days may still stand, but neither told nor counted. Time
    goes on to the end of the last day.

    Raises:
        ConfigurationError: patterns, actors or languages hold mistakes; it lists them all.
        ChildNotStarted: no process could be started to read the news.
        DatabaseUnavailable: there is no room for what has to be kept until the end.
    """
    children = os.cpu_count() or 1
    async with AsyncExitStack() as stack:
        readers = await _readers(sides, children, stack)
        rehearsals = [stack.enter_context(side.rehearsal()) for side in sides]
        play = _Play(sides=sides, rehearsals=rehearsals, counted_from=counted_from, hear=hear)
        dated = _for_each(news, sides)
        async for one, readings in read_ahead(readers, dated, children=children):
            if play.waiting and _minute(one.item) != _minute(play.waiting[0][0].item):
                await asyncio.to_thread(play.minute)
            play.take(one, readings)
        if play.waiting:
            await asyncio.to_thread(play.minute)
        await asyncio.to_thread(play.rest_of_day)
        return play.played


async def _readers(sides: Sequence[Side], children: int, stack: AsyncExitStack) -> list[Jobs]:
    """Who reads for each side; where two read alike, one does for both."""
    readers: list[Jobs] = []
    known: list[Documents] = []
    for side in sides:
        documents = side.loaded.documents
        if documents in known:
            readers.append(readers[known.index(documents)])
        else:
            limit = side.loaded.settings.poll.parse_limit
            reader = Jobs(classifier_source(documents), children=children, parse_limit=limit)
            stack.push_async_callback(reader.close)
            await reader.ready()
            readers.append(reader)
        known.append(documents)
    return readers


def _for_each(news: Iterable[tuple[FeedSource, NewsItem]], sides: Sequence[Side]) -> Iterable[DatedItem]:
    """The items with their feed as each side knows it: the first side's comes with them."""
    others = [side.feeds for side in sides[1:]]
    return (
        DatedItem(item=item, sources=(feed, *(known.get(feed.id, feed) for known in others))) for feed, item in news
    )


def _minute(item: NewsItem) -> dt.datetime:
    return item.published_at.replace(second=0, microsecond=0)


@dataclass(slots=True)
class _Play:
    """The state of a performance: what waits to be played of the present minute, and what was played."""

    sides: Sequence[Side]
    rehearsals: Sequence[Rehearsal]
    counted_from: dt.datetime | None
    hear: Hear
    waiting: list[tuple[DatedItem, tuple[ReadItem, ...]]] = field(default_factory=list)
    played: Played = field(default_factory=Played)

    def take(self, one: DatedItem, readings: tuple[ReadItem, ...]) -> None:
        """Counts an item, and keeps it for the minute's transaction unless nobody reads anything in it."""
        at, played = one.item.published_at, self.played
        if self.counted_from is None or at >= self.counted_from:
            played.items += 1
            played.events += len(readings[0].events)
            played.first = played.first or at
        played.last = at
        # Nine items of ten hold no event. They would change nothing, at most of the cost.
        if any(read.events for read in readings):
            self.waiting.append((one, readings))

    def minute(self) -> None:
        """Plays what waits, in one transaction for each side, as of its last moment."""
        now = self.waiting[-1][0].item.published_at
        for number, rehearsal in enumerate(self.rehearsals):
            arrivals = [
                Arrival(source=one.sources[number], read=readings[number])
                for one, readings in self.waiting
                if readings[number].events
            ]
            self._tell(number, rehearsal.play(arrivals, now))
        self.waiting.clear()

    def rest_of_day(self) -> None:
        """Lets time go on to the midnight (UTC) after what was played last."""
        if self.played.last is not None:
            midnight = dt.datetime.combine(self.played.last.date() + _DAY, dt.time(), dt.UTC)
            for number, rehearsal in enumerate(self.rehearsals):
                self._tell(number, rehearsal.wait(midnight - dt.timedelta.resolution))

    def _tell(self, number: int, messages: Iterable[Message]) -> None:
        for message in messages:
            if self.counted_from is None or message.created_at >= self.counted_from:
                self.hear(number, message)
