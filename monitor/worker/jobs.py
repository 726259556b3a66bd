"""What the children are asked to do, as plain calls: parse a feed's document, classify passages, read an article's page.

The work itself is in `children.py`, which this process never imports: the parser and the classifier cost it a quarter of a
second and 20 MB, and a sweep in which nothing has changed needs neither. `pool.py` keeps the children and their time
limits.
"""

import asyncio
import datetime as dt
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

import structlog

from monitor.domain.errors import ChildFailed, ChildNotStarted, ChildTooSlow, ConfigurationError
from monitor.domain.events import Passage, RelationEvent
from monitor.domain.explanation import TextRead
from monitor.domain.feeds import FeedBody, FeedSource, FetchFailed, ParsedFeed
from monitor.domain.memory import FeedHabits
from monitor.feeds.identity import Identified
from monitor.feeds.page_text import ArticlePage
from monitor.worker.calls import CHILDREN, ClassifierSource, ThereCalled
from monitor.worker.pool import ChildPool

log = structlog.get_logger()

# Small enough that several feeds share the children fairly, large enough that the pipe's cost does not show.
_PASSAGES_A_JOB = 50
# For a whole job of ordinary passages, which takes a tenth of a second; what needs more is out of hand.
_CLASSIFY_LIMIT = dt.timedelta(seconds=15)
# For one page, which takes a hundredth of a second; the first one of a child waits for the package, too.
_ARTICLE_LIMIT = dt.timedelta(seconds=15)

# For a text of a person's, who waits for it: the longest that a page takes is read in half a second.
_TEXT_LIMIT = dt.timedelta(seconds=5)

_LARGE_BYTES = 1_000_000
# An ordinary document takes a hundredth of a second. What isn't read within this is tried again, in the slow lane.
_QUICK_LIMIT = dt.timedelta(seconds=1)

Reading = tuple[RelationEvent, ...]


class Jobs:
    """The children's work as plain calls. `parse_limit` is the time that one document may take."""

    def __init__(self, source: ClassifierSource, *, children: int, parse_limit: dt.timedelta) -> None:
        self._pool: ChildPool[Any] = ChildPool(
            partial(ThereCalled("prepare"), source), children=children, preload=(CHILDREN,)
        )
        self._parse_limit = parse_limit
        # Large and slow documents are read one at a time, so that they never keep all children from the others.
        self._slow_lane = asyncio.Semaphore(1)
        self._is_ready = False

    def warm_up(self) -> None:
        """Starts the children in the background."""
        self._pool.warm_up()

    async def ready(self) -> None:
        """Waits until a child has compiled the classifier. Jobs do so by themselves, so a sweep without any needs no child.

        Raises:
            ConfigurationError: patterns, actors or languages hold mistakes; it lists them all.
            ChildFailed: no child could be started.
        """
        findings = await self._pool.run(ThereCalled("findings"), None, limit=_CLASSIFY_LIMIT)
        if findings:
            raise ConfigurationError(findings)
        self._is_ready = True

    async def parse(self, body: FeedBody, seen: bytes = b"") -> ParsedFeed | FetchFailed:
        """Reads a feed's document; one that is no feed comes back as FetchFailed.

        `seen` are the segments of the document before, whose entries are left out.

        Raises:
            ConfigurationError: see `ready`.
            ChildFailed: it took too long, or broke the parser.
            ChildNotStarted: there is no child to do the work; the document is not to blame.
        """
        found: ParsedFeed | FetchFailed = await self._read_document("parse", (body, seen), len(body.content))
        return found

    async def read(
        self, body: FeedBody, seen: bytes, *, source: FeedSource, habits: FeedHabits, now: dt.datetime
    ) -> tuple[ParsedFeed, Identified] | FetchFailed:
        """`parse`, and which items the entries are (feeds/identity): these hold the entries, `ParsedFeed.entries` doesn't.

        What is secret in `source` stays here. Raises as `parse` does.
        """
        plain = replace(source, url=source.shown_url, headers=())
        found: tuple[ParsedFeed, Identified] | FetchFailed = await self._read_document(
            "read", (body, seen, plain, habits, now), len(body.content)
        )
        return found

    async def _read_document(self, job: str, argument: tuple[Any, ...], size: int) -> Any:
        """Does the job in any child if it is quick, and else with the other large and slow ones, one at a time."""
        if not self._is_ready:
            await self.ready()
        if size <= _LARGE_BYTES:
            with suppress(ChildTooSlow):
                limit = min(_QUICK_LIMIT, self._parse_limit)
                return await self._pool.run(ThereCalled(job), argument, limit=limit)
        async with self._slow_lane:
            return await self._pool.run(ThereCalled(job), argument, limit=self._parse_limit)

    async def article_text(self, page: ArticlePage, *, title: str) -> str:
        """The text of an article; an empty one where the page holds none.

        Raises:
            ChildFailed: it took too long, broke the reader, or there is no child to do the work.
        """
        return await self._pool.run(ThereCalled("article_text"), (page, title), limit=_ARTICLE_LIMIT)

    async def classify(self, passages: Sequence[Passage]) -> tuple[Reading, ...]:
        """The events in each passage, in the passages' order.

        A passage that a child can't finish is read as holding no event, with a warning, so that one hostile text
        doesn't keep the rest of its feed from ever being read.

        Raises:
            ConfigurationError: see `ready`.
            ChildNotStarted: there is no child to do the work. No passage is to blame, so none is read as empty.
        """
        if passages and not self._is_ready:
            await self.ready()
        readings: list[Reading] = []
        for start in range(0, len(passages), _PASSAGES_A_JOB):
            batch = tuple(passages[start : start + _PASSAGES_A_JOB])
            try:
                readings += await self._pool.run(ThereCalled("classify"), batch, limit=_CLASSIFY_LIMIT)
            except ChildNotStarted:
                raise
            except ChildFailed:
                readings += [await self._classify_alone(passage) for passage in batch]
        return tuple(readings)

    async def _classify_alone(self, passage: Passage) -> Reading:
        reading: Reading
        try:
            (reading,) = await self._pool.run(ThereCalled("classify"), (passage,), limit=_CLASSIFY_LIMIT)
        except ChildNotStarted:
            raise
        except ChildFailed as error:
            log.warning("passage_not_classified", error=str(error), text=passage.text[:80])
            return ()
        return reading

    async def read_text(self, passage: Passage) -> TextRead:
        """A text that somebody is trying, with the grounds of its reading. Any event loop may ask.

        Raises:
            ChildFailed: it took too long, or there is no child to do the work.
        """
        found: TextRead = await self._pool.run(ThereCalled("read_text"), passage, limit=_TEXT_LIMIT)
        return found

    async def close(self) -> None:
        """Ends the children."""
        await self._pool.close()
