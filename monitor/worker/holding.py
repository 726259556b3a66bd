"""Holds alerts back for quiet hours and hourly limits, and has them told when their time comes (P20).

What is held is decided in routing/quiet.py, kept by storage/held.py, and worded as a digest where it is more than a few. An
alert that is held keeps a silence for each of its watches; another watch that wants the same news at once on the
same channel sets it free. `Holding` is part of the poll's transaction, `release_held` comes from a tick.
"""

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

import structlog

from monitor.delivery.bulletins import bulletin
from monitor.delivery.channel import Channel
from monitor.domain.delivery import Message, message_id
from monitor.domain.digests import Digest, DigestCause, HeldAlert
from monitor.domain.routing import Alert, Silence, SilenceReason, Watch
from monitor.domain.stories import Stage
from monitor.routing.digest import Gathered, Noted, compose
from monitor.routing.quiet import AN_HOUR, held_for_limit, held_for_quiet
from monitor.storage import held, outbox
from monitor.storage.channels import take_turns
from monitor.storage.connection import Connection
from monitor.storage.engine import Database
from monitor.storage.events import events_by_id
from monitor.storage.stories import stories_by_id
from monitor.worker.alerts import Writer
from monitor.worker.desk import Desk

log = structlog.get_logger()

_TOLD_SINGLY = 3
_REASONS = {DigestCause.QUIET: SilenceReason.QUIET, DigestCause.LIMIT: SilenceReason.LIMIT}


@dataclass(slots=True)
class Holding:
    """What one transaction holds back. `sent` is to be told of each alert that is not, since it takes room in its hour."""

    connection: Connection
    watches: Sequence[Watch]
    now: dt.datetime
    silences: list[Silence] = field(default_factory=list)
    _held: list[HeldAlert] = field(default_factory=list)
    _told: dict[tuple[str, str], str] = field(default_factory=dict)
    _sent: dict[str, dict[str, list[dt.datetime]]] = field(default_factory=dict)

    def lets_go(self, alert: Alert) -> bool:
        """Whether the alert may be told now. Where it may not, it is kept."""
        if alert.story.sample:
            return True
        kept = held_for_quiet(alert, self.now) or held_for_limit(alert, self._sent_on(alert), self.now)
        if kept is None:
            place = alert.channel_id, alert.story.id
            self._told[place] = alert.dedup_key
            # It tells what waited before it, but not what comes behind it.
            self._held = [one for one in self._held if (one.channel_id, one.story_id) != place]
            return True
        self._held.append(kept)
        reason = _REASONS[kept.cause]
        self.silences += [Silence(event_id=alert.report.id, watch_id=watch, reason=reason) for watch in alert.watches]
        return False

    def sent(self, alert: Alert) -> None:
        """Counts an alert that goes out."""
        for watch_id in alert.watches if alert.channel_id in self._sent else ():
            self._sent[alert.channel_id].setdefault(watch_id, []).append(self.now)

    def save(self) -> None:
        """Writes what is held; stories and events must be stored already. What an alert has told need not wait any more."""
        if any(watch.quiet or watch.at_most_per_hour for watch in self.watches):
            held.settle_held(self.connection, self._told)
            held.hold(self.connection, self._held)

    def _sent_on(self, alert: Alert) -> Mapping[str, Sequence[dt.datetime]]:
        """When messages for each watch went to the alert's channel within the last hour; looked up only where it counts."""
        if all(watch.at_most_per_hour is None for watch in alert.matched):
            return {}
        if not self._sent:
            # All at once, in one order: another daemon's news of another pair counts in the same hour.
            _take_turns(self.connection, self.watches)
        if alert.channel_id not in self._sent:
            times: dict[str, list[dt.datetime]] = {}
            for watch_id, at in held.sent_within(self.connection, alert.channel_id, self.now - AN_HOUR):
                times.setdefault(watch_id, []).append(at)
            self._sent[alert.channel_id] = times
        return self._sent[alert.channel_id]


def release_held(database: Database, desk: Desk, now: dt.datetime) -> int:
    """Has told what has waited long enough: a few alerts each for itself, more of them in one message.

    Returns how many messages were put into the outbox. What waits for a channel or a watch that is configured no more, or
    whose story was taken back, is told to nobody.

    Raises:
        DatabaseUnavailable: nothing is written; the next tick tries again.
    """
    with database.read() as connection:
        due_at = held.next_due_at(connection)
        if due_at is None or due_at > now:
            return 0
    with database.write() as connection:
        # Before what waits is locked, as polls do: what is told now counts in the hour in which they look.
        _take_turns(connection, desk.watches)
        release = _Release(connection, desk, now)
        waiting = sorted(held.due(connection, now), key=_destination)
        for (channel_id, cause), group in groupby(waiting, key=_destination):
            release.tell(channel_id, DigestCause(cause), tuple(group))
        enqueued = outbox.enqueue(connection, release.messages)
    log.info("held_alerts_told", alerts=len(waiting), messages=enqueued)
    return enqueued


def _take_turns(connection: Connection, watches: Sequence[Watch]) -> None:
    """Has daemons that count against hourly limits do so one after the other."""
    take_turns(connection, (name for watch in watches if watch.at_most_per_hour for name in watch.channels))


def _destination(one: HeldAlert) -> tuple[str, str]:
    return one.channel_id, one.cause.value


@dataclass(slots=True)
class _Release:
    """One transaction that tells what was held back."""

    connection: Connection
    desk: Desk
    now: dt.datetime
    messages: list[Message] = field(default_factory=list)

    def tell(self, channel_id: str, cause: DigestCause, waiting: tuple[HeldAlert, ...]) -> None:
        known = stories_by_id(self.connection, {one.story_id for one in waiting})
        stories = {story.id: story for story in known.values()}
        steps: dict[str, list[HeldAlert]] = {}
        for one in waiting:
            steps.setdefault(known[one.story_id].id, []).append(one)
        asking = {story_id: self._asking(of_story) for story_id, of_story in steps.items()}
        reports = events_by_id(self.connection, {one.event_id for one in waiting})
        noted = [
            Noted(
                story=stories[story_id],
                report=reports[of_story[-1].event_id],
                stages=tuple(step.stage for step in of_story),
            )
            for story_id, of_story in steps.items()
            if asking[story_id]
            and stories[story_id].retracted_at is None
            and reports[of_story[-1].event_id].event.type in self.desk.taxonomy
        ]
        told: dict[str, str] = {}
        if channel_id in self.desk.channels and noted:
            if len(noted) <= (_TOLD_SINGLY if cause is DigestCause.QUIET else 1):
                told = self._tell_singly(channel_id, asking, noted)
            else:
                told = self._tell_together(channel_id, asking, noted, cause, since=waiting[0].held_at)
        settled = {(channel_id, one.story_id): told.get(known[one.story_id].id, held.NOBODY) for one in waiting}
        held.settle_held(self.connection, settled)

    def _asking(self, steps: Sequence[HeldAlert]) -> tuple[Watch, ...]:
        """The watches that still stand of those for which a story waited."""
        names = {name for one in steps for name in one.watches}
        return tuple(watch for watch in self.desk.watches if watch.id in names)

    def _tell_singly(
        self, channel_id: str, asking: Mapping[str, tuple[Watch, ...]], noted: Sequence[Noted]
    ) -> dict[str, str]:
        """Tells each story for itself; returns the keys of the messages by story."""
        told: dict[str, str] = {}
        for one in noted:
            alert = Alert(
                story=one.story,
                stage=Stage.FIRST if Stage.FIRST in one.stages else one.stages[-1],
                report=one.report,
                kind=self.desk.taxonomy[one.report.event.type],
                channel_id=channel_id,
                watches=tuple(watch.id for watch in asking[one.story.id]),
                matched=asking[one.story.id],
            )
            self.messages.append(Writer(self.connection, self.desk, self.now).message(alert))
            told[one.story.id] = alert.dedup_key
        return told

    def _tell_together(
        self,
        channel_id: str,
        asking: Mapping[str, tuple[Watch, ...]],
        noted: Sequence[Noted],
        cause: DigestCause,
        *,
        since: dt.datetime,
    ) -> dict[str, str]:
        """Tells all of it in one message; returns its key by story."""
        content = ",".join(f"{one.story.id}:{'+'.join(one.stages)}" for one in noted)
        concerned = {watch.id for one in noted for watch in asking[one.story.id]}
        digest = compose(
            Gathered(noted=tuple(noted)),
            tuple(watch for watch in self.desk.watches if watch.id in concerned),
            key=hashlib.blake2b(f"{cause}:{content}".encode(), digest_size=12).hexdigest(),
            cause=cause,
            at=self.now,
            since=since,
        )
        self.messages.append(digest_message(digest, self.desk.channels[channel_id], self.now))
        return dict.fromkeys((one.story.id for one in noted), digest.key_for(channel_id))


def digest_message(digest: Digest, channel: Channel, now: dt.datetime) -> Message:
    """A digest as a row of the outbox, its bytes final."""
    key = digest.key_for(channel.id)
    return Message(
        id=message_id(key),
        dedup_key=key,
        channel_id=channel.id,
        kind=digest.kind,
        rendered=channel.render_digest(digest),
        created_at=now,
        watches=tuple(watch.id for watch in digest.watches),
        title=bulletin(digest, channel.book).title,
    )
