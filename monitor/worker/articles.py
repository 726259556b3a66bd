"""The articles behind new items, for feeds that ask for them: fetched with everybody's manners, read by children.

Comes after the items themselves are written, so that an article which is slow, broken or gone neither delays nor loses an
item: `poll.py` writes title and summary first, and what the articles add to them is written here, second (decision 9).
Nothing is fetched or read inside a transaction.
"""

import asyncio
import datetime as dt
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial

import structlog

from monitor import metrics
from monitor.domain.errors import ChildFailed, DatabaseError
from monitor.domain.feeds import FetchFailed, NewsItem
from monitor.feeds.article import fetch_article
from monitor.feeds.fetch import FetchLimits
from monitor.feeds.hosts import HostGate
from monitor.outbound.client import HttpClient
from monitor.storage.engine import Database, try_again
from monitor.stories.ids import event_id
from monitor.worker.classifying import classify_items
from monitor.worker.commit import commit_articles
from monitor.worker.desk import Desk
from monitor.worker.jobs import Jobs
from monitor.worker.polled import Committed, Lesson, PolledFeed, ReadItem

log = structlog.get_logger()

# Of one poll. Few, so that articles never fill the line at a host in which its feeds wait, too.
_AT_ONCE = 4


class Articles:
    """Reads the articles of what a poll has brought. `patience` is for all articles of one poll together."""

    def __init__(
        self,
        *,
        database: Database,
        client: HttpClient,
        jobs: Jobs,
        gate: HostGate,
        desk: Desk,
        limits: FetchLimits,
        patience: dt.timedelta,
        clock: Callable[[], dt.datetime],
    ) -> None:
        self._database = database
        self._client = client
        self._jobs = jobs
        self._gate = gate
        self._desk = desk
        self._limits = limits
        self._patience = patience
        self._clock = clock

    async def add_to(self, polled: PolledFeed, committed: Committed) -> Committed:
        """Reads the articles of new items, where the feed asks for it, and writes what they add to the titles.

        The titles are written already: whatever keeps the articles from being read or stored is logged and left behind.
        What alerts nobody anyway, a baseline or a replay, isn't worth a publisher's while.
        """
        titles = [read for read in (*polled.fresh, *polled.edited) if read.item.key not in polled.lesson.replayed]
        if not polled.source.article_text or polled.baseline or not titles:
            return committed
        try:
            added = await self._read(polled, titles)
            if not added:
                return committed
            polled = replace(polled, fresh=(), edited=(), extended=added, renewed=(), lesson=Lesson())
            commit = partial(commit_articles, self._database, polled, self._desk, self._clock())
            more = await asyncio.to_thread(try_again, commit)
        except (ChildFailed, DatabaseError) as error:
            log.warning("articles_not_stored", feed=polled.source.id, error=str(error))
            return committed
        return replace(
            committed,
            articles=len(added),
            events=committed.events + more.events,
            opened=committed.opened + more.opened,
            messages=committed.messages + more.messages,
        )

    async def _read(self, polled: PolledFeed, titles: Sequence[ReadItem]) -> tuple[ReadItem, ...]:
        """Items with the text of their articles, and the events that their titles did not tell."""
        told = {read.item.key: {event_id(read.item, event) for event in read.events} for read in titles}
        items = await self._texts([read.item for read in titles])
        return tuple(
            replace(
                read, events=tuple(one for one in read.events if event_id(read.item, one) not in told[read.item.key])
            )
            for read in await classify_items(self._jobs, polled.source, items)
        )

    async def _texts(self, items: Sequence[NewsItem]) -> tuple[NewsItem, ...]:
        """The items whose article could be had in time, with its text in place of the summary. The latest are asked first.

        Requests to one host keep their distance, and share it with the feeds of that host.
        """
        latest_first = sorted(items, key=lambda item: item.published_at, reverse=True)
        left = deque(item for item in latest_first if item.link is not None)
        asked, answers = len(left), list[NewsItem | None]()
        with suppress(TimeoutError):
            async with asyncio.timeout(self._patience.total_seconds()), asyncio.TaskGroup() as group:
                for _ in range(min(_AT_ONCE, len(left))):
                    group.create_task(self._work(left, answers))
        metrics.ARTICLES.labels(outcome="late").inc(asked - len(answers))
        return tuple(item for item in answers if item is not None)

    async def _work(self, left: deque[NewsItem], answers: list[NewsItem | None]) -> None:
        while left:
            answers.append(await self._text(left.popleft()))

    async def _text(self, item: NewsItem) -> NewsItem | None:
        link = item.link or ""
        async with self._gate.slot(link):
            page = await fetch_article(link, self._client, self._limits)
        if isinstance(page, FetchFailed):
            metrics.ARTICLES.labels(outcome="not_fetched").inc()
            log.debug("article_not_fetched", feed=item.feed_id, error=page.detail)
            return None
        try:
            text = await self._jobs.article_text(page, title=item.headline)
        except ChildFailed as error:
            metrics.ARTICLES.labels(outcome="not_read").inc()
            log.debug("article_not_read", feed=item.feed_id, error=str(error))
            return None
        metrics.ARTICLES.labels(outcome="read" if text else "no_text").inc()
        return replace(item, summary=text) if text else None
