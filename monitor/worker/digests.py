"""Has digests told that are due, from a tick (P20).

When one is due, what waits and what stands in it is decided in routing/digest.py. A watch that is seen for the first time
begins with its next time. A daemon that was off at a digest's time sends it once it is back, a single one whatever it
missed. A watch without times of its own still hears of the first poll of feeds with `first_poll = "digest"`.
"""

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import structlog

from monitor.domain.delivery import Message
from monitor.domain.digests import Digest, DigestCause, DigestNote, DigestSituation, IndexChange
from monitor.domain.relations import CountedStory
from monitor.domain.routing import Watch
from monitor.domain.stories import Stage
from monitor.routing.digest import DueTime, Gathered, Noted, compose, last_due, lies_ahead, names
from monitor.routing.sides import are_between
from monitor.storage import digests, outbox
from monitor.storage.browse.relations import counted_stories_of_each, openings
from monitor.storage.connection import Connection
from monitor.storage.digests import LastDigest
from monitor.storage.engine import Database
from monitor.storage.events import events_by_id
from monitor.storage.situations import situations_since
from monitor.storage.stories import planned_stories, stories_by_id
from monitor.storage.told import channels_told
from monitor.stories.index import REACHES_BACK, STICKS_WITHIN, band_of, levels, sums_by_day
from monitor.worker.desk import Desk
from monitor.worker.holding import digest_message

log = structlog.get_logger()

FIRST_POLLS_END_AFTER = dt.timedelta(minutes=10)
"""So long after the first of them the first polls of new feeds are told together."""

_DAY = dt.timedelta(days=1)
_PAIRS_LOOKED_AT = 20
_MOVED = 5.0
"""The index of a pair is worth a line where it moved so far, or well into another band."""


def tell_digests(
    database: Database, desk: Desk, now: dt.datetime, *, patience: dt.timedelta = FIRST_POLLS_END_AFTER
) -> int:
    """Enqueues the digests that are due; returns how many messages were new.

    `patience` is how long what first polls brought waits for the first polls of other feeds.

    Raises:
        DatabaseUnavailable: a digest is told whole or not at all; the next tick goes on.
    """
    enqueued = 0
    with database.read() as connection:
        waiting_since = digests.waiting_since(connection)
    for watch in desk.watches:
        due = last_due(watch, now)
        if due is not None:
            enqueued += _tell_scheduled(database, desk, watch, due, now)
        elif watch.id in waiting_since and now - waiting_since[watch.id] >= patience:
            enqueued += _tell_first_polls(database, desk, watch, now)
    return enqueued


def preview(connection: Connection, desk: Desk, watch: Watch, channel_id: str, at: dt.datetime) -> Digest:
    """The digest of a watch as it would be told on a channel at a time. Nothing is marked as told."""
    last = digests.last_digest(connection, watch.id)
    notes = [note for note in digests.waiting(connection, watch.id) if note.at <= at]
    gathered = _gather(connection, desk, watch, notes, since=last.at if last else at - _DAY, now=at)
    return compose(
        gathered.on(channel_id),
        (watch,),
        key="preview",
        cause=DigestCause.SCHEDULED,
        at=at,
        since=last.at if last else None,
    )


def _tell_scheduled(database: Database, desk: Desk, watch: Watch, due: DueTime, now: dt.datetime) -> int:
    this = LastDigest(name=due.name, at=due.at)
    with database.read() as connection:
        last = digests.last_digest(connection, watch.id)
    if last is None:
        with database.write() as connection:
            digests.begin(connection, watch.id, this)
        return 0
    if last.name >= due.name:
        return 0
    with database.read() as connection:
        notes = digests.waiting(connection, watch.id)
        gathered = _gather(connection, desk, watch, notes, since=last.at, now=now)
    key = f"{watch.id}:{due.name}"
    composed = {
        channel_id: compose(
            gathered.on(channel_id), (watch,), key=key, cause=DigestCause.SCHEDULED, at=due.at, since=last.at
        )
        for channel_id in watch.channels
    }
    messages = _messages(desk, composed, now)
    with database.write() as connection:
        if not digests.take(connection, watch.id, this):
            return 0
        digests.settle_notes(connection, notes, key)
        enqueued = outbox.enqueue(connection, messages)
    log.info("digest_told", watch=watch.id, due=due.name, notes=len(notes), messages=enqueued)
    return enqueued


def _tell_first_polls(database: Database, desk: Desk, watch: Watch, now: dt.datetime) -> int:
    with database.read() as connection:
        notes = digests.waiting(connection, watch.id)
        gathered = _gather(connection, desk, watch, notes, since=now - _DAY, now=now)
    content = ",".join(f"{note.story_id}:{note.stage}" for note in notes)
    key = f"{watch.id}:first:{hashlib.blake2b(content.encode(), digest_size=12).hexdigest()}"
    composed = {
        channel_id: compose(gathered.on(channel_id), (watch,), key=key, cause=DigestCause.FIRST_POLL, at=now)
        for channel_id in watch.channels
    }
    messages = _messages(desk, {name: digest for name, digest in composed.items() if not digest.is_empty}, now)
    with database.write() as connection:
        this = LastDigest(name=f"{now.astimezone(ZoneInfo(watch.time_zone)):%Y-%m-%dT%H:%M:%S}", at=now)
        # Whoever takes it holds the row, so that no other worker tells the same.
        row = f"{watch.id}: first polls"
        taken = digests.begin(connection, row, this) or digests.take(connection, row, this)
        if not taken or digests.waiting(connection, watch.id) != notes:
            return 0
        digests.settle_notes(connection, notes, key)
        return outbox.enqueue(connection, messages)


def _messages(desk: Desk, composed: Mapping[str, Digest], now: dt.datetime) -> list[Message]:
    """A message for each channel, by its id, that is still configured."""
    return [
        digest_message(digest, desk.channels[channel_id], now)
        for channel_id, digest in composed.items()
        if channel_id in desk.channels
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class _ForAnyChannel:
    """What was gathered for a watch, before the view of one channel is taken."""

    noted: tuple[Noted, ...]
    told: Mapping[str, set[str]]
    digested: Mapping[tuple[str, Stage], set[str]]
    """The channels that had a step of a story in the digest of another watch."""
    situations: Mapping[str, tuple[DigestSituation, ...]]
    rest: Gathered

    def on(self, channel_id: str) -> Gathered:
        """As one channel is to hear of it."""
        return Gathered(
            noted=tuple(one for one in self.noted if not self._digested(one, channel_id)),
            told={story_id for story_id, channels in self.told.items() if channel_id in channels},
            situations=self.situations.get(channel_id, ()),
            planned=self.rest.planned,
            index=self.rest.index,
        )

    def _digested(self, noted: Noted, channel_id: str) -> bool:
        """Whether another digest has told all of it there: several watches may follow one pair."""
        return all(channel_id in self.digested.get((noted.story.id, stage), ()) for stage in noted.stages)


def _gather(
    connection: Connection,
    desk: Desk,
    watch: Watch,
    notes: Sequence[DigestNote],
    *,
    since: dt.datetime,
    now: dt.datetime,
) -> _ForAnyChannel:
    noted = _noted(connection, notes)
    today = now.astimezone(ZoneInfo(watch.time_zone)).date()
    planned = tuple(
        story
        for story in planned_stories(connection, today)
        if story.type in desk.taxonomy and lies_ahead(story, watch, desk.taxonomy[story.type], now)
    )
    situations = {
        channel_id: tuple(
            DigestSituation(
                relation=one.relation,
                opened_at=one.opened_at,
                stories=len({entry.story_id for entry in one.entries}),
            )
            for one in situations_since(connection, channel_id, since)
            if any(watch.id in entry.watches for entry in one.entries)
        )
        for channel_id in watch.channels
    }
    return _ForAnyChannel(
        noted=noted,
        told=channels_told(connection, {one.story.id for one in noted}),
        digested=_digested(connection, desk, watch, noted),
        situations=situations,
        rest=Gathered(noted=(), planned=planned, index=_index(connection, desk, watch, since=since, now=now)),
    )


def _noted(connection: Connection, notes: Sequence[DigestNote]) -> tuple[Noted, ...]:
    """Each story that still stands, with the last report and all stages that wait."""
    known = stories_by_id(connection, {note.story_id for note in notes})
    reports = events_by_id(connection, {note.event_id for note in notes})
    of_story: dict[str, list[DigestNote]] = {}
    for note in notes:
        of_story.setdefault(known[note.story_id].id, []).append(note)
    by_id = {story.id: story for story in known.values()}
    return tuple(
        Noted(
            story=by_id[story_id],
            report=reports[steps[-1].event_id],
            stages=tuple(step.stage for step in steps),
            late=all(step.late for step in steps),
        )
        for story_id, steps in of_story.items()
        if by_id[story_id].retracted_at is None
    )


def _digested(
    connection: Connection, desk: Desk, watch: Watch, noted: Sequence[Noted]
) -> dict[tuple[str, Stage], set[str]]:
    stories = {one.story.id: one.story for one in noted}
    others = {other.id: other for other in desk.watches if other.id != watch.id}
    found: dict[tuple[str, Stage], set[str]] = {}
    for note, told_in in digests.notes_of_stories(connection, stories):
        other = others.get(note.watch_id)
        if told_in is not None and other is not None and names(other, stories[note.story_id]):
            found.setdefault((note.story_id, note.stage), set()).update(other.channels)
    return found


def _index(
    connection: Connection,
    desk: Desk,
    watch: Watch,
    *,
    since: dt.datetime,
    now: dt.datetime,
) -> tuple[IndexChange, ...]:
    """How far the index of the pairs with most news has moved since the last digest, by what was known then."""
    followed = {
        relation: count
        for relation, count in openings(connection, since, now).items()
        if are_between(watch.between, *relation.split("-"))
    }
    pairs = [relation for relation, _ in Counter(followed).most_common(_PAIRS_LOOKED_AT)]
    scales = {kind.id: kind.scale for kind in desk.taxonomy}
    earlier = counted_stories_of_each(connection, pairs, since - REACHES_BACK, since)
    later = counted_stories_of_each(connection, pairs, since, now)
    before = {name: _index_at(since, earlier[name], scales) for name in pairs}
    after = {name: _index_at(now, (*earlier[name], *later[name]), scales) for name in pairs}
    return tuple(
        IndexChange(
            relation=relation,
            index=after[relation],
            before=before[relation],
            band=band_of(after[relation]),
            band_before=band_of(before[relation]),
        )
        for relation in pairs
        if _has_moved(before[relation], after[relation])
    )


def _has_moved(before: float, after: float) -> bool:
    moved = abs(after - before)
    return moved >= _MOVED or (band_of(after) is not band_of(before) and moved >= STICKS_WITHIN)


def _index_at(at: dt.datetime, stories: Sequence[CountedStory], scales: Mapping[str, float]) -> float:
    """The index at a moment: that of its day, by the stories that were open."""
    ((_, index),) = levels(sums_by_day(stories, scales), first=at.date(), last=at.date())
    return index
