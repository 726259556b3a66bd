"""Tells watches with `index_changes`, once a day, which pairs have come into another band of the relations index.

What the index is stands in stories/index.py. A day is looked at once it is over; the first look after an installation, or
after the first watch asks, tells nothing. A message waits for the end of quiet hours. Comes from a tick of the daemon and at the end of `relmon poll`.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from monitor.delivery.bands import band_changed
from monitor.delivery.channel import Channel
from monitor.domain.delivery import Message
from monitor.domain.routing import Mute, Watch
from monitor.domain.stories import Story
from monitor.domain.taxonomy import Severity, Taxonomy
from monitor.routing.mute import is_pair_muted
from monitor.routing.quiet import quiet_for_all
from monitor.routing.watches import follows
from monitor.storage import mutes, notes, outbox
from monitor.storage.engine import Database
from monitor.storage.stories import stories_opened_since
from monitor.stories.index import REACHES_BACK, change_of_band, weight
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
        since = dt.datetime.combine(day, dt.time(), dt.UTC) - 2 * REACHES_BACK
        found = stories_opened_since(connection, since) if looked_at is not None else ()
        silent = mutes.ended_after(connection, now)
    messages = [
        message
        for relation, stories in groupby(found, key=lambda story: story.relation)
        for message in _messages(relation, tuple(stories), channels, watchers, silent=silent, day=day, now=now)
    ]
    with database.write() as connection:
        notes.write(connection, _LOOKED_AT, day.isoformat())
        return outbox.enqueue(connection, messages)


def _messages(
    relation: str,
    stories: tuple[Story, ...],
    channels: Mapping[str, Channel],
    watchers: BandWatchers,
    *,
    silent: Sequence[Mute],
    day: dt.date,
    now: dt.datetime,
) -> list[Message]:
    by_channel: dict[str, list[Watch]] = {}
    for watch in watchers.watches:
        if follows(watch, stories[0]) and not is_pair_muted(silent, watch, stories[0], now=now):
            for name in watch.channels:
                by_channel.setdefault(name, []).append(watch)
    changed = change_of_band(stories, watchers.scales, day) if by_channel else None
    if changed is None:
        return []
    reading, before = changed
    led_there = _led_there(stories, watchers.scales, day)
    messages = []
    for channel, asking in ((channels[name], asking) for name, asking in by_channel.items() if name in channels):
        notice = band_changed(
            relation,
            day=day,
            index=reading.index,
            band=reading.band,
            before=before,
            stories=led_there,
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


def _led_there(stories: Sequence[Story], scales: Mapping[str, float], day: dt.date) -> list[Story]:
    """The weightiest of the last days; sample news and what was taken back weigh nothing."""
    weights = {
        story.id: abs(weight(story, scales[story.type]))
        for story in stories
        if story.type in scales and not story.sample and story.retracted_at is None
    }
    late = [story for story in stories if weights.get(story.id) and day - story.opened_at.date() < _LED_THERE]
    return sorted(late, key=lambda story: -weights[story.id])[:_LINES]
