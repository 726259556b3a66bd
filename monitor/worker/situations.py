"""Has situations told (P22): in the poll's transaction where a burst begins, and from a tick where a summary is due.

What opens one and what passes is decided in stories/situation.py, worded in delivery/situations.py. An alert that is held
back keeps a silence for each of its watches, and its step in the situation's entries until a summary tells it.
"""

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import assert_never

from monitor.delivery.channel import Channel
from monitor.delivery.situations import line_of, opening, summary
from monitor.domain.delivery import Message
from monitor.domain.routing import Alert, Silence, SilenceReason, Watch
from monitor.domain.situations import Situation, SituationEntry
from monitor.routing.quiet import quiet_for_all
from monitor.storage import outbox
from monitor.storage.connection import Connection
from monitor.storage.engine import Database
from monitor.storage.situations import open_situations, save_situations, told_lately
from monitor.storage.stories import lock_relations
from monitor.stories.situation import (
    COUNTED_FOR,
    Hold,
    Open,
    SendAtOnce,
    due_at,
    entry_of,
    is_over,
    judge,
    summary_due,
    summed_up,
)
from monitor.worker.notices import message_of

_Place = tuple[str, str]
"""The pair, and the channel that hears of it."""


@dataclass(slots=True)
class Situations:
    """The situations of one transaction. `burst` stories of a pair within an hour make one."""

    connection: Connection
    channels: Mapping[str, Channel]
    burst: int
    now: dt.datetime
    messages: list[Message] = field(default_factory=list)
    silences: list[Silence] = field(default_factory=list)
    _standing: dict[_Place, Situation | None] = field(default_factory=dict)
    _told: dict[_Place, list[SituationEntry]] = field(default_factory=dict)
    _changed: dict[str, Situation] = field(default_factory=dict)

    def passes(self, alert: Alert) -> bool:
        """Whether the alert is to be sent at once. Where it isn't, a message or a silence stands for it."""
        if alert.story.sample:
            return True
        place = alert.story.relation, alert.channel_id
        line = line_of(alert, self.channels[alert.channel_id].book)
        outcome = judge(
            alert,
            line,
            standing=self._situation(place),
            recent=self._recent(place),
            burst=self.burst,
            now=self.now,
        )
        match outcome:
            case SendAtOnce(situation=noted):
                self._recent(place).append(entry_of(alert, line, summary=0, now=self.now))
                if noted is not None:
                    self._keep(noted)
                return True
            case Open(situation=situation, alert_passes=alert_passes):
                self._keep(situation)
                channel = self.channels[alert.channel_id]
                self.messages.append(_told(message_of(channel, opening(situation, channel.book)), situation.entries))
                if not alert_passes:
                    self._silence(alert)
                return alert_passes
            case Hold(situation=situation):
                self._keep(situation)
                self._silence(alert)
                return False
            case _:
                assert_never(outcome)

    def take_messages(self) -> list[Message]:
        """The messages of situations that have opened since this was asked last."""
        taken, self.messages = self.messages, []
        return taken

    def save(self) -> None:
        """Writes what has changed; the stories must be stored already."""
        save_situations(self.connection, tuple(self._changed.values()))

    def _situation(self, place: _Place) -> Situation | None:
        if place not in self._standing:
            relation, channel_id = place
            found = [one for one in open_situations(self.connection, relation) if one.channel_id == channel_id]
            situation = found[-1] if found else None
            if situation is not None and is_over(situation, self.now):
                self._changed[situation.id] = dataclasses.replace(situation, closed_at=self.now)
                situation = None
            self._standing[place] = situation
        return self._standing[place]

    def _recent(self, place: _Place) -> list[SituationEntry]:
        if place not in self._told:
            relation, channel_id = place
            since = self.now - COUNTED_FOR
            self._told[place] = list(
                told_lately(self.connection, relation=relation, channel_id=channel_id, since=since)
            )
        return self._told[place]

    def _keep(self, situation: Situation) -> None:
        self._standing[situation.relation, situation.channel_id] = situation
        self._changed[situation.id] = situation

    def _silence(self, alert: Alert) -> None:
        self.silences += [
            Silence(event_id=alert.report.id, watch_id=watch, reason=SilenceReason.SITUATION) for watch in alert.watches
        ]


def tell_situations(
    database: Database, channels: Mapping[str, Channel], now: dt.datetime, watches: Sequence[Watch] = ()
) -> int:
    """Enqueues the summaries that are due, and closes what is over. Returns how many messages were new.

    A summary waits while all of the `watches` that it is for have quiet hours.

    Raises:
        DatabaseUnavailable: nothing is written; the next tick tries again.
    """
    with database.read() as connection:
        due = {one.relation for one in open_situations(connection) if next_look(one, watches, now) <= now}
    enqueued = 0
    for relation in sorted(due):
        with database.write() as connection:
            # Another worker may be at the same, or a poll may add to what waits.
            lock_relations(connection, [relation])
            enqueued += _tell(connection, relation, channels, watches, now)
    return enqueued


def next_look(situation: Situation, watches: Sequence[Watch], now: dt.datetime) -> dt.datetime:
    """When a situation that hears nothing more is to be summed up or closed; it may lie before `now`."""
    at = due_at(situation)
    if not situation.waiting:
        return at
    names = {name for entry in situation.waiting for name in entry.watches}
    gravest = max((entry.severity for entry in situation.waiting), key=lambda severity: severity.rank)
    return quiet_for_all([watch for watch in watches if watch.id in names], gravest, max(at, now)) or at


def _tell(
    connection: Connection,
    relation: str,
    channels: Mapping[str, Channel],
    watches: Sequence[Watch],
    now: dt.datetime,
) -> int:
    messages: list[Message] = []
    changed: list[Situation] = []
    for situation in open_situations(connection, relation):
        if next_look(situation, watches, now) > now:
            continue
        if summary_due(situation, now):
            if situation.channel_id in channels:
                channel = channels[situation.channel_id]
                messages.append(_told(message_of(channel, summary(situation, now, channel.book)), situation.waiting))
            changed.append(summed_up(situation, now))
        elif is_over(situation, now):
            changed.append(dataclasses.replace(situation, closed_at=now))
    save_situations(connection, changed)
    return outbox.enqueue(connection, messages)


def _told(message: Message, entries: tuple[SituationEntry, ...]) -> Message:
    """The message with the watches that asked for what it tells."""
    return dataclasses.replace(message, watches=tuple(sorted({watch for entry in entries for watch in entry.watches})))
