"""One feed, end to end: fetch, parse, identify, classify what is new, and hand it all to one transaction.

The order is that of "the way of one news item" in docs/architecture.md. Decisions belong to the pure stages; this
module only leads from one to the next. `service.py` and `relmon poll` say which feeds are due, `commit.py` writes.
"""

import asyncio
import datetime as dt
import random
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import assert_never

import structlog

from monitor import metrics
from monitor.domain.feeds import (
    CacheValidators,
    FeedBody,
    FeedSource,
    FeedState,
    FetchFailed,
    FetchOutcome,
    FirstPoll,
    NewsItem,
    NotModified,
    ParsedFeed,
)
from monitor.feeds.fetch import FetchLimits, asks_for_all, fetch
from monitor.feeds.hosts import HostGate, host_and_port
from monitor.feeds.moves import address
from monitor.feeds.outage import NetworkWatch
from monitor.feeds.pacing import after_poll, during_outage, put_off
from monitor.feeds.rhythm import learn
from monitor.outbound.client import HttpClient
from monitor.storage.engine import Database
from monitor.storage.polls import PollClaim
from monitor.worker.articles import Articles
from monitor.worker.classifying import classify_items
from monitor.worker.desk import Desk
from monitor.worker.documents import DocumentReader, ReadDocument
from monitor.worker.jobs import Jobs
from monitor.worker.polled import Committed, Lesson, PolledFeed, ReadItem
from monitor.worker.settling import Settling

log = structlog.get_logger()

_SMALL_BYTES = 128 * 1024
"""Most documents are smaller; as many as stand in line take ten megabytes together."""


class PollOutcome(StrEnum):
    """How a poll ended."""

    READ = "read"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    LOST = "lost"
    """Another worker holds the feed's lease by now; nothing was written."""
    PUT_OFF = "put off"
    """It was not asked: too many feeds of its host stand in line before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PollReport:
    """What a poll brought, and how long it took, from its host's line to the commit. `trouble` says why it failed."""

    feed_id: str
    outcome: PollOutcome
    entries: int = 0
    written: Committed = field(default_factory=Committed)
    trouble: str | None = None
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """What a poll found: the outcome as pacing counts it, the entries, and the items that are new or edited.

    `state` is the feed's before the poll, with what the document has taught about it.
    """

    outcome: FetchOutcome
    state: FeedState
    entries: int = 0
    fresh: tuple[ReadItem, ...] = ()
    edited: tuple[ReadItem, ...] = ()
    renewed: tuple[NewsItem, ...] = ()
    lesson: Lesson = field(default_factory=Lesson)


class Poller:
    """Polls one feed at a time, any number of them concurrently. It keeps nothing but which failures it has told."""

    def __init__(
        self,
        *,
        database: Database,
        client: HttpClient,
        jobs: Jobs,
        gate: HostGate,
        desk: Desk,
        limits: FetchLimits,
        concurrency: int,
        sample: ParsedFeed | None,
        articles: Articles | None = None,
        clock: Callable[[], dt.datetime],
        jitter: Callable[[], float] = random.random,
        network: NetworkWatch | None = None,
    ) -> None:
        self._database = database
        self._client = client
        self._jobs = jobs
        self._gate = gate
        self._desk = desk
        self._limits = limits
        self._documents = DocumentReader(database, jobs, sample)
        self._articles = articles
        self._clock = clock
        self._jitter = jitter
        # Requests that are under way: who waits for a host's turn, a child or the database holds no place.
        self._places = asyncio.Semaphore(concurrency)
        self._settling = Settling(database, desk, clock)
        self._network = network or NetworkWatch()
        self._told: set[str] = set()

    @property
    def network_down_since(self) -> dt.datetime | None:
        """Since when nobody can be reached; None while somebody answers."""
        return self._network.down_since

    async def poll(self, source: FeedSource, claim: PollClaim) -> PollReport:
        """Polls `source` and writes what it brought.

        Raises:
            DatabaseUnavailable: nothing is written; the feed stays due.
            ChildNotStarted: the same; no child could read what came.
        """
        with metrics.POLLS_IN_PROGRESS.track_inprogress():
            return await self._poll(source, claim)

    async def _poll(self, source: FeedSource, claim: PollClaim) -> PollReport:
        started_at = self._clock()
        asked = address(source, claim.state, started_at)
        reading = await self._read(source, claim, asked)
        polled = self._polled(source, claim, reading, asked)
        committed = await self._settling.write(polled)
        seconds = (self._clock() - started_at).total_seconds()
        metrics.POLL_SECONDS.observe(seconds)
        if committed is not None and self._articles is not None:
            committed = await self._articles.add_to(polled, committed)
        report = replace(_report(source, reading, committed), seconds=seconds)
        self._tell(polled, report)
        metrics.POLLS.labels(outcome=report.outcome.value).inc()
        metrics.ITEMS.labels(change="new").inc(report.written.fresh)
        metrics.ITEMS.labels(change="edited").inc(report.written.edited)
        return report

    def expected_wait(self, source: FeedSource) -> dt.timedelta:
        """How long a poll of this feed would wait for its host's turn, by what stands in line now."""
        return dt.timedelta(0) if source.is_sample else self._gate.expected_wait(source.url)

    async def put_off(self, source: FeedSource, claim: PollClaim, wait: dt.timedelta) -> PollReport:
        """Gives a feed back to be due after `wait`, so that one crowded host doesn't fill the line for all.

        Raises:
            DatabaseUnavailable: nothing is written; the lease is still held.
        """
        state = put_off(claim.state, wait, self._clock())
        committed = await self._settling.write(PolledFeed(claim=claim, source=source, state=state))
        outcome = PollOutcome.PUT_OFF if committed is not None else PollOutcome.LOST
        metrics.POLLS.labels(outcome=outcome.value).inc()
        return PollReport(feed_id=source.id, outcome=outcome)

    async def _read(self, source: FeedSource, claim: PollClaim, asked: str) -> _Reading:
        outcome, document = await self._fetch_and_parse(source, claim, asked)
        if document is None:
            return _Reading(outcome=outcome, state=claim.state)
        fresh = await classify_items(self._jobs, source, document.fresh)
        return _Reading(
            outcome=outcome,
            state=learn(
                claim.state,
                entries=document.entries,
                wishes=document.wishes,
                fresh=[one.item for one in fresh],
                now=self._clock(),
            ),
            entries=document.entries,
            fresh=fresh,
            edited=await classify_items(self._jobs, source, document.edited),
            renewed=document.renewed,
            lesson=document.lesson,
        )

    async def _fetch_and_parse(
        self, source: FeedSource, claim: PollClaim, asked: str
    ) -> tuple[FetchOutcome, ReadDocument | None]:
        """The outcome as pacing counts it, and the document where there is a new one.

        The host's turn lasts until the document is read, and so does the place of a large one: so many of these, and two
        documents of one host, are in memory at once, whatever their publishers send. Whoever waits for a child with a
        small one keeps no other host from being asked; how many may wait is bounded by the line (service.py, cli/poll.py).
        """
        if source.is_sample:
            # The entries ship with the program; for pacing, this is a body like any other.
            body = FeedBody(url=source.url, content=b"", content_type=None, validators=CacheValidators())
            read = await self._documents.read(source, claim.state, body, self._clock())
            return (read, None) if isinstance(read, FetchFailed) else (body, read)
        async with self._gate.slot(asked), AsyncExitStack() as place:
            await place.enter_async_context(self._places)
            self._measure_lag(source, claim)
            now, validators = self._clock(), claim.state.validators
            if asks_for_all(source.id, claim.state.last_polled_at, now):
                validators = replace(validators, etag=None, last_modified=None)
            with metrics.FETCHING.time():
                outcome = await fetch(source, validators, self._client, self._limits, now=now, address=asked)
            if not isinstance(outcome, FeedBody):
                return outcome, None
            if len(outcome.content) <= _SMALL_BYTES:
                await place.aclose()
            with metrics.PARSING.time():
                read = await self._documents.read(source, claim.state, outcome, self._clock())
        return (read, None) if isinstance(read, FetchFailed) else (outcome, read)

    def _measure_lag(self, source: FeedSource, claim: PollClaim) -> None:
        # A feed that was paused is not late: it became due when its pause ended.
        due_at = max(filter(None, (claim.state.next_poll_at, source.paused_until)), default=None)
        if due_at is not None:
            metrics.POLL_LAG_SECONDS.observe(max((self._clock() - due_at).total_seconds(), 0))

    def _polled(self, source: FeedSource, claim: PollClaim, reading: _Reading, asked: str) -> PolledFeed:
        now, jitter, outcome = self._clock(), self._jitter(), reading.outcome
        if not source.is_sample and self._network.is_to_blame(host_and_port(asked), claim.state, outcome, now):
            state = during_outage(source, claim.state, now, jitter)
        else:
            state = after_poll(source, reading.state, outcome, now, jitter, asked=asked)
        return PolledFeed(
            claim=claim,
            source=source,
            state=replace(state, baseline_done=state.baseline_done or isinstance(reading.outcome, FeedBody)),
            fresh=reading.fresh,
            edited=reading.edited,
            renewed=reading.renewed,
            lesson=reading.lesson,
            baseline=not claim.state.baseline_done and source.first_poll is not FirstPoll.ALERT,
        )

    def _tell(self, polled: PolledFeed, report: PollReport) -> None:
        """One line when a feed begins to fail, and one when it is back; what lies between is for debugging."""
        feed = report.feed_id
        match report.outcome:
            case PollOutcome.FAILED:
                line = log.debug if feed in self._told else log.warning
                next_at = polled.state.next_poll_at
                line("feed_failed", feed=feed, error=report.trouble, next_poll_at=str(next_at) if next_at else None)
                self._told.add(feed)
            case PollOutcome.READ | PollOutcome.UNCHANGED:
                if feed in self._told:
                    log.info("feed_recovered", feed=feed, failures=polled.claim.state.failures)
                    self._told.discard(feed)
                written = report.written
                line = log.info if written.fresh or written.edited else log.debug
                line(
                    "feed_polled",
                    feed=feed,
                    entries=report.entries,
                    new=written.fresh,
                    edited=written.edited,
                    events=written.events,
                    messages=written.messages,
                    seconds=round(report.seconds, 3),
                    **({"articles": written.articles} if written.articles else {}),
                    **({"baseline": True} if polled.baseline and written.fresh else {}),
                )
            case PollOutcome.LOST:
                log.warning("poll_lease_lost", feed=feed)
            case PollOutcome.PUT_OFF:
                log.debug("feed_put_off", feed=feed)
            case _:
                assert_never(report.outcome)


def _report(source: FeedSource, reading: _Reading, committed: Committed | None) -> PollReport:
    if committed is None:
        return PollReport(feed_id=source.id, outcome=PollOutcome.LOST)
    match reading.outcome:
        case FetchFailed(detail=detail):
            return PollReport(feed_id=source.id, outcome=PollOutcome.FAILED, trouble=detail)
        case NotModified():
            return PollReport(feed_id=source.id, outcome=PollOutcome.UNCHANGED)
        case FeedBody():
            return PollReport(feed_id=source.id, outcome=PollOutcome.READ, entries=reading.entries, written=committed)
        case _:
            assert_never(reading.outcome)
