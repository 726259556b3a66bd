"""A feed's document, from bytes to items that are told from known ones: parse, identify, recognise.

Reads what is remembered of the feed before, and says what to remember after; `commit.py` writes that in the transaction
that stores the items. Comes after fetch, before classification; `poll.py` leads from one to the other.
"""

import asyncio
import datetime as dt
from dataclasses import dataclass, field

from monitor.domain.delivery import Notice
from monitor.domain.errors import ChildFailed, ChildNotStarted
from monitor.domain.feeds import (
    FeedBody,
    FeedSource,
    FeedState,
    FeedWishes,
    FetchFailed,
    FetchFailure,
    NewsItem,
    ParsedFeed,
)
from monitor.domain.memory import FeedMemory
from monitor.feeds.identity import Identified, identify
from monitor.feeds.recognise import Recognition, names_to_ask, recognise
from monitor.storage import memory
from monitor.storage.engine import Database
from monitor.worker.jobs import Jobs
from monitor.worker.polled import Lesson


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadDocument:
    """What a document holds for the archive: its number of entries, and items that are new, edited, or only renewed.

    `renewed` came back as new ones with the words that are stored: there is nothing to read in them.
    """

    entries: int
    wishes: FeedWishes
    fresh: tuple[NewsItem, ...] = ()
    edited: tuple[NewsItem, ...] = ()
    renewed: tuple[NewsItem, ...] = ()
    lesson: Lesson = field(default_factory=Lesson)


class DocumentReader:
    """Reads documents with the children's help. `sample` stands in for the document of the sample newswire."""

    def __init__(self, database: Database, jobs: Jobs, sample: ParsedFeed | None) -> None:
        self._database = database
        self._jobs = jobs
        self._sample = sample

    async def read(
        self, source: FeedSource, state: FeedState, body: FeedBody, now: dt.datetime
    ) -> ReadDocument | FetchFailed:
        """Reads one document; what is no feed comes back as FetchFailed.

        Raises:
            ChildNotStarted: there is no child to read it.
            DatabaseUnavailable: what is remembered can't be read.
        """
        # A feed that never answered has left nothing to be remembered, and no item to be recognised.
        is_known = state.last_ok_at is not None
        known = await asyncio.to_thread(self._recall, source.id) if is_known else FeedMemory()
        found = await self._identified(source, body, known, known.segments, now)
        if isinstance(found, FetchFailed):
            return found
        parsed, identified = found
        recognition = await self._recognised(identified, now) if is_known else recognise(identified, {}, now)
        if recognition.doubtful:
            found = await self._identified(source, body, known, b"", now)
            if isinstance(found, FetchFailed):
                return found
            parsed, identified = found
            recognition = await self._recognised(identified, now)
        return _read(source, parsed, recognition, known, now)

    async def _identified(
        self, source: FeedSource, body: FeedBody, known: FeedMemory, seen: bytes, now: dt.datetime
    ) -> tuple[ParsedFeed, Identified] | FetchFailed:
        if source.is_sample:
            if self._sample is None:
                return FetchFailed(reason=FetchFailure.NOT_A_FEED, detail="no sample newswire is installed")
            return self._sample, identify(source, self._sample, known.habits, now)
        try:
            return await self._jobs.read(body, seen, source=source, habits=known.habits, now=now)
        except ChildNotStarted:
            raise
        except ChildFailed as error:
            return FetchFailed(reason=FetchFailure.NOT_A_FEED, detail=f"the document can't be read: {error}")

    async def _recognised(self, identified: Identified, now: dt.datetime) -> Recognition:
        names = names_to_ask(identified)
        # Thousands of entries would keep the loop from turning, so they are compared in the thread that asked for them.
        return (
            await asyncio.to_thread(self._recognise, identified, names, now)
            if names
            else recognise(identified, {}, now)
        )

    def _recall(self, feed_id: str) -> FeedMemory:
        with self._database.read() as connection:
            return memory.recall(connection, feed_id)

    def _recognise(self, identified: Identified, names: tuple[bytes, ...], now: dt.datetime) -> Recognition:
        with self._database.read() as connection:
            known = memory.known_items(connection, names)
        return recognise(identified, known, now)


def _read(
    source: FeedSource, parsed: ParsedFeed, recognition: Recognition, before: FeedMemory, now: dt.datetime
) -> ReadDocument:
    known, replayed = recognition.known, recognition.replayed
    after = FeedMemory(segments=parsed.segments, habits=recognition.habits)
    return ReadDocument(
        wishes=parsed.wishes,
        entries=len(recognition.items) + parsed.known,
        fresh=tuple(item for item in recognition.items if item.key not in known),
        edited=tuple(item for item in recognition.items if item.key in known and known[item.key] != item.digest),
        renewed=tuple(item for item in recognition.items if item.key in replayed and known[item.key] == item.digest),
        lesson=Lesson(
            # The same entries below a new date of the whole: nothing to write.
            memory=after if after != before else None,
            names=recognition.names,
            replayed=replayed,
            notices=(_replay(source, recognition, now),) if recognition.tells else (),
        ),
    )


def _replay(source: FeedSource, recognition: Recognition, now: dt.datetime) -> Notice:
    return Notice(
        dedup_key=f"replay:{source.id}:{now.isoformat()}",
        title=f"{source.title} sends old news as new",
        text=f"Feed {source.id} has sent {len(recognition.replayed)} entries as new ones that are known by their links or "
        "titles, under other guids, links or dates. They renew the stored items, and nothing of them alerts. Entries "
        "that are not known alert as ever. There is nothing to do; if it goes on for long, tell the publisher.",
        at=now,
    )
