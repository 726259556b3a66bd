"""The daemon: short ticks that start polls and sends, and an orderly end (R5, R8).

APScheduler only ticks; what is due, and when, is in the database (decision 3). Each tick looks, starts tasks and
returns. `poll.py` and `dispatch.py` do the work, `cli/run.py` wires them together. Trouble with the database is told
once, counted, and outlived (R7): nothing is lost, since nothing is done without it.
"""

import asyncio
import datetime as dt
import signal
import time
from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence

import structlog
from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MAX_INSTANCES, EVENT_JOB_MISSED, JobEvent
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from monitor import metrics
from monitor.delivery.channel import Channel
from monitor.domain.delivery import Notice
from monitor.domain.errors import ChildNotStarted, DatabaseError
from monitor.domain.feeds import FeedSource
from monitor.storage import notes, polls
from monitor.storage.connection import Connection
from monitor.storage.engine import Database
from monitor.storage.polls import PollClaim
from monitor.storage.space import DiskSpace
from monitor.storage.vitals import Vitals
from monitor.worker import trouble
from monitor.worker.clock import mind_clock
from monitor.worker.database_trouble import DatabaseTrouble
from monitor.worker.disk_trouble import DiskTrouble
from monitor.worker.due import tell_due
from monitor.worker.heartbeat import ailment
from monitor.worker.measuring import measure
from monitor.worker.notices import broken_channels, operator_channels, post, tell_directly
from monitor.worker.poll import Poller, PollReport
from monitor.worker.presence import SHOWN_EVERY, Attendance
from monitor.worker.relief import Relieved
from monitor.worker.shift import Duty, Plan, Shift
from monitor.worker.takeover import change_over
from monitor.worker.upkeep import shed

log = structlog.get_logger()

_TICK_S = 1.0
_GAUGES_EVERY_S = 5.0
_TROUBLE_EVERY_S = 60.0
_SUMMARIES_EVERY_S = 60.0
_UPKEEP_EVERY_S = 3600.0
# A whole poll takes seconds, and none that would wait longer than this for its host's turn is begun.
_POLL_LEASE = dt.timedelta(minutes=5)
_HOST_PATIENCE = dt.timedelta(seconds=10)
# For each feed that is fetched, so many are claimed ahead: they wait for a host's turn or for the database.
_IN_LINE = 8
# Fifteen seconds are promised (R5); what is left after these goes to leases, children and the web server.
_DRAIN_LIMIT = dt.timedelta(seconds=11)
_LAST_WORDS_LIMIT = dt.timedelta(seconds=1)
_ANNOUNCED = "announced_at"
_MISSED = {EVENT_JOB_ERROR: "error", EVENT_JOB_MISSED: "missed", EVENT_JOB_MAX_INSTANCES: "still_running"}


class Stopping(Exception):
    """The daemon ends; nobody relieves anybody any more."""


class Service:
    """Polls and sends until it is stopped. `takeover.py` prepares the database before."""

    def __init__(
        self,
        *,
        database: Database,
        shift: Shift,
        clock: Callable[[], dt.datetime],
        attendance: Attendance | None = None,
        measure_disk: Callable[[], DiskSpace] | None = None,
    ) -> None:
        self._attendance = attendance
        self._database = database
        self._shift = shift
        self._relieved = Relieved()
        self._clock = clock
        self._polls: dict[asyncio.Task[None], PollClaim] = {}
        self._refills: set[asyncio.Task[None]] = set()
        self._more_due = False
        self._claiming = asyncio.Lock()
        self._orphaned: list[PollClaim] = []
        self._turned_at = time.monotonic()
        self._database_trouble = DatabaseTrouble(
            self._tell_past_the_outbox, told_after=shift.plan.trouble_told_after, clock=clock
        )
        self._disk_trouble = None if measure_disk is None else DiskTrouble(measure_disk, self._tell_past_the_outbox)
        self._paused_until = 0.0
        self._stopping = False

    def loop_age(self) -> float:
        """Seconds since the loop last turned. Safe to call from any thread."""
        return time.monotonic() - self._turned_at

    def announce(self) -> None:
        """Says, at the first start of a database's life, what is being watched (P1).

        Raises:
            DatabaseUnavailable: the database can't be written.
        """
        with self._database.write() as connection:
            receivers, now = self._receivers(connection), self._clock()
            # Noted apart from the message, which retention may remove.
            if receivers and notes.write_once(connection, _ANNOUNCED, now.isoformat()):
                post(connection, receivers, _watching(len(self._shift.plan.feeds), now))

    async def run(self, stop: asyncio.Event) -> None:
        """Ticks until `stop` is set, then ends what runs, within the promised time, and gives leases back."""
        scheduler = AsyncIOScheduler(
            jobstores={"default": MemoryJobStore()},
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
            timezone=dt.UTC,
        )
        scheduler.add_listener(_count_missed, EVENT_JOB_ERROR | EVENT_JOB_MISSED | EVENT_JOB_MAX_INSTANCES)
        for tick, seconds in self._ticks():
            scheduler.add_job(tick, "interval", seconds=seconds, next_run_time=self._clock())
        scheduler.start()
        minding = asyncio.create_task(
            mind_clock(
                self._database, self._clock, tick_now=lambda: self._tick_now(scheduler), trouble=self._tell_trouble
            )
        )
        try:
            await stop.wait()
        finally:
            self._stopping = True
            minding.cancel()
            scheduler.pause()
            await self._end()
            scheduler.shutdown(wait=False)

    async def relieve(self, shift: Shift, *, reopened: Collection[str], let_go: Callable[[], Awaitable[None]]) -> None:
        """Has another shift poll and send from now on, for the same owner and with the same duties.

        What the former one has begun, it ends: a poll with the feeds and watches with which it began. `reopened` are channels
        that are tried again, whatever was their trouble; `let_go` is called once nothing of the former shift is under way.

        Raises:
            DatabaseUnavailable: nothing has changed.
            Stopping: the daemon ends with the shift that it has.
        """
        async with self._claiming:
            await asyncio.to_thread(
                change_over,
                self._database,
                feeds=tuple(shift.plan.feeds.values()),
                reopened=reopened,
                now=self._clock(),
            )
            if self._stopping:
                raise Stopping
            former, self._shift = self._shift, shift
            self._relieved.add(former, self._polls, let_go)
        self._wake_dispatcher()

    def tell_operator(self, notice: Notice) -> None:
        """Puts a notice into the outbox for the operator. Writes to the database, so it belongs into a thread.

        Raises:
            DatabaseUnavailable: nothing is written.
        """
        with self._database.write() as connection:
            post(connection, self._receivers(connection), notice)

    def _ticks(self) -> Iterator[tuple[Callable[[], Awaitable[None]], float]]:
        yield self._gauge_tick, _GAUGES_EVERY_S
        yield self._attendance_tick, SHOWN_EVERY.total_seconds()
        yield self._disk_tick, _TROUBLE_EVERY_S
        if Duty.DELIVER in self._shift.plan.duties:
            yield self._send_tick, _TICK_S
            yield self._secrets_tick, _TROUBLE_EVERY_S
        if Duty.POLL in self._shift.plan.duties:
            yield self._poll_tick, _TICK_S
            yield self._trouble_tick, _TROUBLE_EVERY_S
            yield self._summary_tick, _SUMMARIES_EVERY_S
            yield self._upkeep_tick, _UPKEEP_EVERY_S

    def _tick_now(self, scheduler: AsyncIOScheduler) -> None:
        for job in scheduler.get_jobs():
            job.modify(next_run_time=self._clock())

    def out_of_step(self) -> str | None:
        """A sentence where another daemon follows a newer configuration. Safe to call from any thread."""
        return self._attendance.out_of_step if self._attendance is not None else None

    def _wake_dispatcher(self) -> None:
        if Duty.DELIVER in self._shift.plan.duties:
            self._shift.dispatcher.wake()

    async def _attendance_tick(self) -> None:
        """Shows itself to the daemons that share the database, and takes over from the dead."""
        self._turn()
        if self._attendance is None:
            return
        try:
            await asyncio.to_thread(self._attendance.show)
        except DatabaseError as error:
            self._tell_trouble(error)

    async def _poll_tick(self) -> None:
        """Starts the polls that are due, as many as there is room for."""
        self._turn()
        if self.out_of_step():
            return
        async with self._claiming:
            shift = self._shift
            room = shift.plan.concurrency * _IN_LINE - len(self._polls)
            if room <= 0 or self._stopping or time.monotonic() < self._paused_until:
                return
            try:
                claims = await asyncio.to_thread(self._claim, shift.plan, room)
            except DatabaseError as error:
                self._tell_trouble(error)
                return
            if not claims:
                self._database_trouble.over()
            self._more_due = len(claims) == room
            for claim in claims:
                task = asyncio.create_task(self._poll(shift, claim))
                self._polls[task] = claim
                task.add_done_callback(self._poll_ended)

    def _poll_ended(self, task: asyncio.Task[None]) -> None:
        """Frees the place; where more feeds wait for one, it need not wait for the next tick."""
        del self._polls[task]
        if self._more_due and not self._stopping and len(self._refills) < 1:
            refill = asyncio.create_task(self._poll_tick())
            self._refills.add(refill)
            refill.add_done_callback(self._refills.discard)

    async def _send_tick(self) -> None:
        self._turn()
        self._shift.dispatcher.wake()

    async def _gauge_tick(self) -> None:
        try:
            await asyncio.to_thread(self.measure)
        except DatabaseError as error:
            self._tell_trouble(error)

    async def _trouble_tick(self) -> None:
        """Tells the operator which feeds need attention, and whether nobody can be reached at all."""
        try:
            await asyncio.to_thread(self._tell_feed_trouble)
        except DatabaseError as error:
            self._tell_trouble(error)

    async def _secrets_tick(self) -> None:
        """Reads secrets again: a channel that broke for its secret is mended by a new one in its file."""
        try:
            await asyncio.to_thread(self._shift.dispatcher.renew_secrets)
        except DatabaseError as error:
            self._tell_trouble(error)

    async def _summary_tick(self) -> None:
        """Tells what is due by the clock: summaries, what was held, digests."""
        desk = self._shift.plan.desk
        if desk is None or self.out_of_step():
            return
        try:
            if await asyncio.to_thread(tell_due, self._database, desk, self._clock()):
                self._wake_dispatcher()
        except DatabaseError as error:
            self._tell_trouble(error)

    async def _disk_tick(self) -> None:
        """Tells the operator where the disk fills up."""
        if self._disk_trouble is not None:
            await self._disk_trouble.look(self._clock())

    async def _upkeep_tick(self) -> None:
        """Lets go of what the database has kept for long enough."""
        try:
            await asyncio.to_thread(shed, self._database, self._shift.plan.retention, self._clock())
        except DatabaseError as error:
            self._tell_trouble(error)

    def _receivers(self, connection: Connection) -> tuple[Channel, ...]:
        plan = self._shift.plan
        return operator_channels(plan.channels, plan.operator, without=broken_channels(connection))

    async def _tell_past_the_outbox(self, notice: Notice) -> bool:
        plan = self._shift.plan
        return await tell_directly(plan.channels, plan.operator, notice)

    def _tell_feed_trouble(self) -> None:
        shift, now = self._shift, self._clock()
        with self._database.write() as connection:
            receivers = self._receivers(connection)
            network = trouble.tell_network(connection, receivers, shift.poller.network_down_since, now)
            if not network:
                trouble.tell_feeds(connection, receivers, shift.plan.feeds, shift.plan.feed_trouble, now)

    def _claim(self, plan: Plan, room: int) -> tuple[PollClaim, ...]:
        orphaned = tuple(self._orphaned)
        now = self._clock()
        with self._database.write() as connection:
            # What trouble with the database left leased is due again as soon as that ends.
            polls.release(connection, orphaned)
            claims = polls.claim_due(
                connection,
                owner=plan.owner,
                limit=room,
                lease=_POLL_LEASE,
                due_by=now,
                without=plan.paused(now),
            )
            # Another daemon may have taken up a configuration with more feeds, which this one is yet to read.
            polls.release(connection, [claim for claim in claims if claim.state.feed_id not in plan.feeds])
        del self._orphaned[: len(orphaned)]
        return tuple(claim for claim in claims if claim.state.feed_id in plan.feeds)

    async def _poll(self, shift: Shift, claim: PollClaim) -> None:
        source = shift.plan.feeds[claim.state.feed_id]
        try:
            report = await _poll_or_put_off(shift.poller, source, claim)
        except DatabaseError as error:
            self._tell_trouble(error)
            self._orphaned.append(claim)
            return
        except ChildNotStarted as error:
            # Its lease is left to run out here and below, so that the same is not met again every second.
            metrics.POLLS.labels(outcome="error").inc()
            log.error("poll_failed", feed=source.id, error=str(error))  # noqa: TRY400 - a sentence for the operator
            return
        except Exception:  # the loop's edge: a bug met in one feed must not stop the others
            metrics.POLLS.labels(outcome="error").inc()
            log.exception("poll_failed", feed=source.id)
            return
        self._database_trouble.over()
        if report.written.messages:
            self._wake_dispatcher()

    async def _end(self) -> None:
        """Lets sends and polls end, at most as long as promised, and gives back what they leave."""
        started = time.monotonic()
        log.info("daemon_stopping", polls=len(self._polls))
        unfinished = dict(self._polls)
        on_duty = (*self._relieved.shifts, self._shift)
        await asyncio.gather(
            *(shift.dispatcher.finish(_DRAIN_LIMIT) for shift in on_duty), self._end_polls(tuple(unfinished))
        )
        await self._relieved.end(_LAST_WORDS_LIMIT)
        try:
            await asyncio.to_thread(self._shift.dispatcher.release)
            await asyncio.to_thread(self._release, tuple(unfinished.values()))
            if self._attendance is not None:
                await asyncio.to_thread(self._attendance.leave)
        except DatabaseError as error:
            self._tell_trouble(error)
        await self._database_trouble.end(_LAST_WORDS_LIMIT)
        log.info("daemon_stopped", seconds=round(time.monotonic() - started, 2))

    async def _end_polls(self, tasks: Sequence[asyncio.Task[None]]) -> None:
        if not tasks:
            return
        _, late = await asyncio.wait(tasks, timeout=_DRAIN_LIMIT.total_seconds())
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    def _release(self, claims: Sequence[PollClaim]) -> None:
        with self._database.write() as connection:
            polls.release(connection, claims)

    def measure(self) -> None:
        """Sets the gauges that describe the database; reads it, so it belongs into a thread."""
        plan, now = self._shift.plan, self._clock()
        self._measured(plan, now)

    def _measured(self, plan: Plan, now: dt.datetime) -> Vitals:
        return measure(self._database, channels=tuple(plan.channels), paused=plan.paused(now), now=now)

    async def ailment(self) -> str | None:
        """Why this daemon doesn't do its work just now, in a sentence; None where it does."""
        shift = self._shift
        try:
            found = await asyncio.to_thread(self._measured, shift.plan, self._clock())
        except DatabaseError as error:
            return str(error)
        return self.out_of_step() or ailment(
            found, duties=shift.plan.duties, nobody_reached=shift.poller.network_down_since is not None
        )

    def _turn(self) -> None:
        self._turned_at = time.monotonic()
        metrics.LAST_TICK_TIMESTAMP.set_to_current_time()

    def _tell_trouble(self, error: DatabaseError) -> None:
        self._paused_until = time.monotonic() + self._shift.plan.trouble_pause.total_seconds()
        self._database_trouble.met(error)


async def _poll_or_put_off(poller: Poller, source: FeedSource, claim: PollClaim) -> PollReport:
    """Polls a feed, unless so many of its host stand in line before it that it would only wait."""
    wait = poller.expected_wait(source)
    if wait > _HOST_PATIENCE:
        return await poller.put_off(source, claim, wait)
    return await poller.poll(source, claim)


def stop_on_signals(stop: asyncio.Event) -> None:
    """Sets `stop` at SIGTERM and SIGINT, in the running loop."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)


def _watching(feeds: int, now: dt.datetime) -> Notice:
    return Notice(
        # One key for the life of a database: only its first start says this.
        dedup_key="watching",
        title=f"Watching {feeds} feeds",
        text=f"Relation Monitor has started and watches {feeds} feeds. Their first poll stores what stands there now; "
        "what is new from then on alerts.",
        at=now,
    )


def _count_missed(event: JobEvent) -> None:
    reason = _MISSED.get(event.code, "other")
    metrics.TICKS_MISSED.labels(reason=reason).inc()
    if event.code == EVENT_JOB_ERROR:
        log.error("tick_failed", error=repr(event.exception), trace=event.traceback)
    else:
        log.debug("tick_skipped", reason=reason)
