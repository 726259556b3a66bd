"""Tells watches with `index_changes`, once a day, which pairs have come into another band of the relations index.

What the index is stands in stories/index.py. A day is looked at once it is over; the first look after an installation, or
after the first watch asks, tells nothing. A message waits for the end of quiet hours. Comes from a tick of the daemon and at the end of `relmon poll`.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from monitor.delivery.bands import band_changed
from monitor.delivery.channel import Channel
from monitor.domain.delivery import Message
from monitor.domain.relations import CountedStory
from monitor.domain.routing import Mute, Watch
from monitor.domain.stories import Story
from monitor.domain.taxonomy import Severity, Taxonomy
from monitor.routing.mute import is_pair_muted
from monitor.routing.quiet import quiet_for_all
from monitor.routing.sides import are_between
from monitor.storage import mutes, notes, outbox
from monitor.storage.browse.relations import counted_stories
from monitor.storage.connection import Connection
from monitor.storage.engine import Database
from monitor.storage.stories import stories_of_pair
from monitor.stories.index import REACHES_BACK, BandChange, change_of_band, sums_by_day, weight
from monitor.worker.notices import message_of

_LOOKED_AT = "index_looked_at"
_DAY = dt.timedelta(days=1)
_LINES = 5
_LED_THERE = dt.timedelta(days=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class BandWatchers:
    """The watches that ask for changes of band, and the scale of each type."""

    watches: tuple[Watch, ...]
    scales: Mapping[str, float]

    @classmethod
    def among(cls, watches: Sequence[Watch], taxonomy: Taxonomy) -> "BandWatchers":
        """Those of the watches that ask."""
        return cls(
            watches=tuple(watch for watch in watches if watch.index_changes),
            scales={kind.id: kind.scale for kind in taxonomy},
        )


def tell_bands(database: Database, channels: Mapping[str, Channel], watchers: BandWatchers, now: dt.datetime) -> int:
    """Enqueues what changed yesterday (UTC), once. Returns how many messages were new.

    Raises:
        DatabaseUnavailable: nothing is written; the next tick tries again.
    """
    if not watchers.watches:
        return 0
    day = now.date() - _DAY
    with database.read() as connection:
        looked_at = notes.read(connection, _LOOKED_AT)
        if looked_at == day.isoformat():
            return 0
        changes = _changes(connection, watchers, day) if looked_at is not None else ()
        silent = mutes.ended_after(connection, now)
    messages = [
        message
        for change in changes
        for message in _messages(change, channels, watchers, silent=silent, day=day, now=now)
    ]
    with database.write() as connection:
        notes.write(connection, _LOOKED_AT, day.isoformat())
        return outbox.enqueue(connection, messages)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    """A pair that has come into another band, and the stories of the days that led there."""

    relation: str
    change: BandChange
    led_there: Sequence[Story]

    @property
    def sides(self) -> tuple[str, str]:
        one, other = self.relation.split("-")
        return one, other


def _changes(connection: Connection, watchers: BandWatchers, day: dt.date) -> tuple[_Change, ...]:
    """Those of that day. Only the stories of pairs that changed are read whole: the others may be a hundred thousand."""
    since = dt.datetime.combine(day, dt.time(), dt.UTC)
    of_pair: dict[str, list[CountedStory]] = {}
    for story in counted_stories(connection, since - 2 * REACHES_BACK):
        of_pair.setdefault(story.relation, []).append(story)
    found = {name: change_of_band(sums_by_day(of_pair[name], watchers.scales), day) for name in sorted(of_pair)}
    return tuple(
        _Change(
            relation=name,
            change=change,
            led_there=_led_there(stories_of_pair(connection, name, since - _LED_THERE + _DAY), watchers.scales),
        )
        for name, change in found.items()
        if change is not None
    )


def _messages(
    changed: _Change,
    channels: Mapping[str, Channel],
    watchers: BandWatchers,
    *,
    silent: Sequence[Mute],
    day: dt.date,
    now: dt.datetime,
) -> list[Message]:
    by_channel: dict[str, list[Watch]] = {}
    for watch in watchers.watches:
        if are_between(watch.between, *changed.sides) and not is_pair_muted(silent, watch, *changed.sides, now=now):
            for name in watch.channels:
                by_channel.setdefault(name, []).append(watch)
    messages = []
    for channel, asking in ((channels[name], asking) for name, asking in by_channel.items() if name in channels):
        notice = band_changed(
            changed.relation,
            day=day,
            index=changed.change.index,
            band=changed.change.band,
            before=changed.change.before,
            stories=changed.led_there,
            now=now,
            book=channel.book,
        )
        messages.append(
            replace(
                message_of(channel, notice),
                watches=tuple(watch.id for watch in asking),
                not_before=quiet_for_all(asking, Severity.ROUTINE, notice.at),
            )
        )
    return messages


def _led_there(stories: Sequence[Story], scales: Mapping[str, float]) -> list[Story]:
    """The weightiest of them; sample news and what was taken back weigh nothing."""
    weights = {
        story.id: abs(weight(story, scales[story.type]))
        for story in stories
        if story.type in scales and not story.sample and story.retracted_at is None
    }
    return sorted((story for story in stories if weights.get(story.id)), key=lambda story: -weights[story.id])[:_LINES]
