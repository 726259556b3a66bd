"""The articles behind new items, for feeds that ask for them: fetched with everybody's manners, read by a child.

Comes after the items themselves are stored, so that an article which is slow, broken or gone neither delays nor loses an
item: `poll.py` writes title and summary first, and what the article adds to them second. Nothing here is part of a
transaction.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import structlog

from monitor import metrics
from monitor.domain.errors import ChildFailed
from monitor.domain.feeds import FetchFailed, NewsItem
from monitor.feeds.article import fetch_article
from monitor.feeds.fetch import FetchLimits
from monitor.feeds.hosts import HostGate
from monitor.outbound.client import HttpClient
from monitor.worker.jobs import Jobs

log = structlog.get_logger()


class ArticleReader:
    """Finds the text of articles. `patience` is for all articles of one poll together."""

    def __init__(
        self, *, client: HttpClient, jobs: Jobs, gate: HostGate, limits: FetchLimits, patience: timedelta
    ) -> None:
        self._client = client
        self._jobs = jobs
        self._gate = gate
        self._limits = limits
        self._patience = patience

    async def read(self, items: Sequence[NewsItem]) -> tuple[NewsItem, ...]:
        """The items whose article could be had in time, with its text in place of the summary; the latest come first.

        Requests to one host keep their distance, and share it with the feeds of that host.
        """
        latest_first = sorted(items, key=lambda item: item.published_at, reverse=True)
        tasks = [asyncio.create_task(self._read(item)) for item in latest_first if item.link is not None]
        if not tasks:
            return ()
        try:
            await asyncio.wait(tasks, timeout=self._patience.total_seconds())
        finally:
            late = [task for task in tasks if not task.done()]
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        metrics.ARTICLES.labels(outcome="late").inc(len(late))
        return tuple(item for task in tasks if task not in late and (item := task.result()) is not None)

    async def _read(self, item: NewsItem) -> NewsItem | None:
        link = item.link or ""
        async with self._gate.slot(link):
            page = await fetch_article(link, self._client, self._limits)
        if isinstance(page, FetchFailed):
            metrics.ARTICLES.labels(outcome="not_fetched").inc()
            log.debug("article_not_fetched", feed=item.feed_id, error=page.detail)
            return None
        try:
            text = await self._jobs.article_text(page, title=item.title)
        except ChildFailed as error:
            metrics.ARTICLES.labels(outcome="not_read").inc()
            log.debug("article_not_read", feed=item.feed_id, error=str(error))
            return None
        metrics.ARTICLES.labels(outcome="read" if text else "no_text").inc()
        return replace(item, summary=text) if text else None
