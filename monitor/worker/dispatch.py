"""Sends what is in the outbox: claim in a short transaction, send outside it, settle in another (R3).

Each channel is drained by a task of its own, in order and with the pause that its kind asks for, so that one dead or
slow destination holds up no other (P12). What the answers mean is judged by the channels and by `delivery.retry`;
this module carries out the verdicts. Comes after `commit.py` has enqueued.
"""

import asyncio
import datetime as dt
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import structlog

from monitor import metrics
from monitor.delivery.channel import Channel
from monitor.delivery.retry import CIRCUIT_AFTER, next_attempt, rest
from monitor.domain.delivery import Claim, Delivered, GaveUp, MessageKind, Notice, Refused, TryAgain, Verdict
from monitor.domain.errors import DatabaseError
from monitor.storage import outbox
from monitor.storage.channels import (
    break_channel,
    count_failure,
    forget_failures,
    keep_pace,
    pause_channel,
    reopen_channel,
)
from monitor.storage.connection import Connection
from monitor.storage.engine import Database
from monitor.worker import failures
from monitor.worker.notices import broken_channels, operator_channels, post

log = structlog.get_logger()

_DEFAULT_PAUSE = dt.timedelta(seconds=60)  # for a 429 without Retry-After
# SQLite's clock tells milliseconds; a claim just before the pace allows it would come back empty.
_CLOCK_GRAIN = dt.timedelta(milliseconds=5)
_VERDICT_NAMES: dict[type[Verdict], str] = {
    Delivered: "delivered",
    TryAgain: "try_again",
    Refused: "refused",
    GaveUp: "gave_up",
}


def _nothing_changed(_: str) -> bool:
    """For channels whose secrets lie in no file."""
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What one round of sending came to, in messages."""

    delivered: int = 0
    postponed: int = 0
    dead: int = 0


class Dispatcher:
    """Drains the outbox of the configured channels. `schedule` holds the pause before each attempt.

    `renew` looks whether a channel's secrets have changed, and has `channels` use them then.
    """

    def __init__(
        self,
        *,
        database: Database,
        channels: Mapping[str, Channel],
        operator: Sequence[str],
        schedule: Sequence[dt.timedelta],
        owner: str,
        clock: Callable[[], dt.datetime],
        jitter: Callable[[], float] = random.random,
        renew: Callable[[str], bool] = _nothing_changed,
    ) -> None:
        self._database = database
        self._channels = channels
        self._operator = operator
        self._schedule = schedule
        self._owner = owner
        self._clock = clock
        self._jitter = jitter
        self._renew = renew
        self._draining: dict[str, asyncio.Task[Counter[str]]] = {}
        self._stopping = False

    def wake(self) -> None:
        """Starts to drain every channel that is not being drained already."""
        if self._stopping:
            return
        for channel_id in self._channels:
            running = self._draining.get(channel_id)
            if running is None or running.done():
                self._draining[channel_id] = asyncio.create_task(self._drain_safely(channel_id))

    async def round(self) -> Round:
        """Sends all that is due now, and returns once every channel is through.

        Raises:
            DatabaseUnavailable: of the first channel that met it; leases end by themselves.
        """
        counts: Counter[str] = Counter()
        for one in await asyncio.gather(*(self._drain(channel_id) for channel_id in self._channels)):
            counts += one
        return Round(delivered=counts["delivered"], postponed=counts["postponed"], dead=counts["dead"])

    async def stop(self, limit: dt.timedelta) -> None:
        """Claims nothing more, lets the sends that run end within `limit`, and gives all leases back."""
        await self.finish(limit)
        await asyncio.to_thread(self.release)

    async def finish(self, limit: dt.timedelta | None) -> None:
        """Claims nothing more, and lets the sends that run end: within `limit`, or else each within its own."""
        self._stopping = True
        running = [task for task in self._draining.values() if not task.done()]
        if running:
            _, late = await asyncio.wait(running, timeout=limit.total_seconds() if limit is not None else None)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def renew_secrets(self) -> None:
        """Has every channel use the secrets that lie in its files now, and opens those again that this may have mended.

        Reads files and writes to the database, so it belongs into a thread. Raises DatabaseUnavailable.
        """
        changed = [channel_id for channel_id in self._channels if self._renew(channel_id)]
        if changed:
            with self._database.write() as connection:
                for channel_id in broken_channels(connection).intersection(changed):
                    reopen_channel(connection, channel_id)
                    log.info("channel_reopened", channel=channel_id)

    async def _drain_safely(self, channel_id: str) -> Counter[str]:
        try:
            return await self._drain(channel_id)
        except DatabaseError as error:
            # The service meets the same trouble at its next tick, and tells it once for all.
            log.debug("channel_waits", channel=channel_id, error=str(error))
        except Exception:  # the loop's edge: a bug met in one channel must not stop the others
            log.exception("channel_not_drained", channel=channel_id)
        return Counter()

    async def _drain(self, channel_id: str) -> Counter[str]:
        counts: Counter[str] = Counter()
        while not self._stopping:
            channel = self._channels[channel_id]
            claims = await asyncio.to_thread(self._claim, channel)
            if not claims:
                break
            for claim in claims:
                verdict = await self._send(channel, claim)
                settle = self._settle
                if isinstance(verdict, Refused | GaveUp) and await asyncio.to_thread(self._renew, channel_id):
                    settle = self._settle_renewed
                counts[await asyncio.to_thread(settle, channel, claim, verdict)] += 1
                if channel.spacing:
                    await asyncio.sleep((channel.spacing + _CLOCK_GRAIN).total_seconds())
        return counts

    def _claim(self, channel: Channel) -> tuple[Claim, ...]:
        # One at a time: what is claimed is as good as sent, and order and pauses hold for what comes after.
        lease = 3 * channel.send_limit + dt.timedelta(seconds=5)
        with self._database.write() as connection:
            return outbox.claim(
                connection, owner=self._owner, channels=[channel.id], limit=1, per_channel=1, lease=lease
            )

    async def _send(self, channel: Channel, claim: Claim) -> Verdict:
        try:
            # The channel keeps its own limit; this one holds where it should not.
            with metrics.SENDING.time():
                async with asyncio.timeout(2 * channel.send_limit.total_seconds()):
                    return await channel.send(claim, self._clock())
        except Exception as error:  # the loop's edge: a bug in one channel must not lose its message
            log.exception("send_failed", channel=channel.id, message=claim.message.id)
            return TryAgain(reason=f"the channel failed: {type(error).__name__}")

    def _settle(self, channel: Channel, claim: Claim, verdict: Verdict) -> str:
        """Writes the verdict and what follows from it; returns what became of the message."""
        pause = next_attempt(claim.step, verdict, self._schedule, self._jitter())
        with self._database.write() as connection:
            ours = outbox.settle(connection, claim, verdict, next_attempt_in=pause)
            if channel.spacing:
                keep_pace(connection, channel.id, channel.spacing)
            self._mind_destination(connection, channel, claim, verdict)
            if ours and pause is None and not isinstance(verdict, Delivered):
                self._tell_death(connection, channel, claim, verdict)
        metrics.DELIVERIES.labels(kind=channel.kind, verdict=_VERDICT_NAMES[type(verdict)]).inc()
        if ours and isinstance(verdict, Delivered):
            metrics.DELIVERY_DELAY_SECONDS.observe((self._clock() - claim.message.created_at).total_seconds())
        return _log(channel, claim, verdict, pause) if ours else "lost"

    def _settle_renewed(self, channel: Channel, claim: Claim, verdict: Verdict) -> str:
        """Puts off what was refused under a secret that is no longer the channel's: it is due at once."""
        again = TryAgain(
            reason=f"{failures.said(verdict)}; the secret has changed meanwhile, so it is tried again",
            receipt=verdict.receipt if isinstance(verdict, Refused) else None,
        )
        with self._database.write() as connection:
            ours = outbox.settle(connection, claim, again, next_attempt_in=dt.timedelta())
        metrics.DELIVERIES.labels(kind=channel.kind, verdict=_VERDICT_NAMES[TryAgain]).inc()
        return _log(channel, claim, again, dt.timedelta()) if ours else "lost"

    def _mind_destination(self, connection: Connection, channel: Channel, claim: Claim, verdict: Verdict) -> None:
        """What an answer means for all that is queued for this destination: go on, pause, rest, or stop for good."""
        match verdict:
            case Delivered():
                if forget_failures(connection, channel.id) >= CIRCUIT_AFTER:
                    outbox.hasten(connection, channel.id)
            case TryAgain(limited=True, not_before=wish):
                pause_channel(connection, channel.id, wish or _DEFAULT_PAUSE)
            case TryAgain(not_before=wish):
                row = count_failure(connection, channel.id)
                resting = wish or rest(row, self._schedule, self._jitter())
                if resting:
                    pause_channel(connection, channel.id, resting)
            case GaveUp(destination_dead=True) if break_channel(connection, channel.id, verdict.reason):
                self._post(connection, failures.broken(channel, claim, verdict, self._clock()))
            case _:
                pass

    def _tell_death(self, connection: Connection, channel: Channel, claim: Claim, verdict: Verdict) -> None:
        """Tells the operator that a message died: once a day for each channel, and a lost notice over another way."""
        if claim.message.kind is MessageKind.NOTICE:
            if not claim.message.dedup_key.startswith(failures.LOST_PREFIX):
                self._post(connection, failures.lost(channel, claim, verdict, self._clock()), without=channel.id)
        elif not (isinstance(verdict, GaveUp) and verdict.destination_dead):
            self._post(connection, failures.died(channel, claim, verdict, self._clock()), without=channel.id)

    def _post(self, connection: Connection, notice: Notice, without: str = "") -> None:
        shut = broken_channels(connection) | {without}
        post(connection, operator_channels(self._channels, self._operator, without=shut), notice)

    def release(self) -> None:
        """Gives back whatever its owner has claimed, by this dispatcher or one that it has relieved: all have ended.

        Writes to the database, so it belongs into a thread. Raises DatabaseUnavailable.
        """
        with self._database.write() as connection:
            outbox.release(connection, self._owner)


def _log(channel: Channel, claim: Claim, verdict: Verdict, pause: dt.timedelta | None) -> str:
    facts = {"channel": channel.id, "message": claim.message.id, "attempt": claim.attempt}
    if isinstance(verdict, Delivered):
        # Whoever reads the console has just seen it.
        line = log.debug if channel.kind == "console" else log.info
        line("message_delivered", **facts)
        return "delivered"
    if pause is None:
        log.error("message_dead", **facts, reason=verdict.reason)
        return "dead"
    log.warning("message_postponed", **facts, reason=verdict.reason, again_in_s=round(pause.total_seconds(), 1))
    return "postponed"
