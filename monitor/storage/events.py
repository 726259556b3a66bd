"""Relation events as they were read, with their items and stories.

An event's id is derived from its item and content (stories/), so that a repeat inserts nothing and an edit of an item
that leaves an event as it was leaves its row as it was. Comes after items.py and stories.py: an event names a row in
each.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, Select, func, select, update

from monitor.domain.events import EventActor, Evidence, Part, RelationEvent, Telling
from monitor.domain.feeds import NewsItem
from monitor.domain.stories import Stage, Step, StoredEvent, Withdrawal
from monitor.domain.taxonomy import Status
from monitor.storage.event_dates import date_columns, date_of
from monitor.storage.items import item_of
from monitor.storage.streaming import concerns, rows_of
from monitor.storage.tables import event, item, seen_key
from monitor.storage.upsert import chunks, insert_new_returning


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedEvent:
    """An event from the archive. `story_id` is None where it is linked to no story (a mention without one).

    `step` is what it did to its story when it was read, `stage` where that took the story; rows of an earlier version say
    nothing of it. `read_at` is when the
    item was seen, or the edit that the event was read in. `withdrawn_at`: since then it stands no more; `withdrawn_by` says why.
    """

    stored: StoredEvent
    story_id: str | None
    read_at: dt.datetime
    step: Step | None = None
    stage: Stage | None = None
    withdrawn_at: dt.datetime | None = None
    withdrawn_by: Withdrawal | None = None


def insert_events(
    connection: Connection,
    events: Sequence[StoredEvent],
    story_of: Mapping[str, str],
    steps: Mapping[str, Step] | None = None,
    stages: Mapping[str, Stage] | None = None,
) -> set[str]:
    """Stores the events that are not there yet, and returns their ids.

    `story_of` maps an event's id to its story's, `steps` to what it did to it, `stages` to where it took it. Items and stories must be stored already.
    """
    done, reached = steps or {}, stages or {}
    rows = [_row(one, story_of.get(one.id), done.get(one.id), reached.get(one.id)) for one in events]
    return insert_new_returning(connection, event.c.id, event, rows)


def recent_events(connection: Connection, *, limit: int, since: dt.datetime | None = None) -> tuple[ArchivedEvent, ...]:
    """Up to `limit` events, the latest seen first; `since` bounds the time at which the item, or the edit with the event, was seen.

    What is narrowed to a state or a type, or goes on behind a page, is browse/events.py's.
    """
    query = with_item()
    if since is not None:
        query = query.where(event.c.seen_at >= since)
    rows = connection.execute(query.order_by(event.c.seen_at.desc(), event.c.id).limit(limit)).mappings()
    return tuple(archived_of(row) for row in rows)


def all_events(
    connection: Connection, *, since: dt.datetime | None = None, sides: Sequence[str] = ()
) -> Iterator[ArchivedEvent]:
    """Every event, the first read first, in a stream. `since` is as of `recent_events`; `sides` are one code or two."""
    query = with_item()
    if since is not None:
        query = query.where(event.c.seen_at >= since)
    if sides:
        query = query.where(concerns(event.c.source_code, event.c.target_code, sides))
    return map(archived_of, rows_of(connection, query.order_by(event.c.seen_at, event.c.id)))


def first_seen_at(connection: Connection) -> dt.datetime | None:
    """When the oldest event that is kept was seen: so far back the archive knows what happened. None where it is empty."""
    oldest: dt.datetime | None = connection.execute(select(func.min(event.c.seen_at))).scalar_one()
    return oldest


def events_of_item(connection: Connection, key: bytes) -> tuple[ArchivedEvent, ...]:
    """All events ever read in an item, in the order of the text, those before an edit among them."""
    query = with_item().where(event.c.item_key == key).order_by(event.c.evidence_start, event.c.id)
    return tuple(archived_of(row) for row in connection.execute(query).mappings())


def events_of_items(connection: Connection, keys: Iterable[bytes]) -> tuple[ArchivedEvent, ...]:
    """`events_of_item` for many items at once."""
    found: list[ArchivedEvent] = []
    for part in chunks(sorted(set(keys))):
        query = (
            with_item().where(event.c.item_key.in_(part)).order_by(event.c.item_key, event.c.evidence_start, event.c.id)
        )
        found += map(archived_of, connection.execute(query).mappings())
    return tuple(found)


def events_of_feed(connection: Connection, feed_id: str, since: dt.datetime) -> tuple[ArchivedEvent, ...]:
    """What was read in the items of a feed that were published since then, the earliest first."""
    query = with_item().where(item.c.feed_id == feed_id, item.c.published_at >= since, event.c.seen_at >= since)
    rows = connection.execute(query.order_by(item.c.published_at, event.c.id)).mappings()
    return tuple(archived_of(row) for row in rows)


def events_of_story(connection: Connection, story_id: str, limit: int | None = None) -> tuple[ArchivedEvent, ...]:
    """All that is linked to a story, or the first `limit`, mentions among it, in the order in which it was published."""
    query = with_item().where(event.c.story_id == story_id).order_by(item.c.published_at, item.c.key, event.c.id)
    return tuple(archived_of(row) for row in connection.execute(query.limit(limit)).mappings())


def events_by_id(connection: Connection, event_ids: Iterable[str]) -> dict[str, StoredEvent]:
    """The events with these ids, with their items."""
    found: dict[str, StoredEvent] = {}
    for part in chunks(sorted(set(event_ids))):
        rows = connection.execute(with_item().where(event.c.id.in_(part))).mappings()
        found.update((one.stored.id, one.stored) for one in map(archived_of, rows))
    return found


def events_with_id(connection: Connection, prefix: str) -> tuple[ArchivedEvent, ...]:
    """The events whose id starts so; at most two, since a third says no more."""
    query = with_item().where(event.c.id.startswith(prefix, autoescape=True)).order_by(event.c.id).limit(2)
    return tuple(archived_of(row) for row in connection.execute(query).mappings())


def items_of_story(connection: Connection, story_id: str, limit: int) -> tuple[NewsItem, ...]:
    """Up to `limit` items that report a story, the first published first; those that only mention it are left out."""
    reporting = select(event.c.item_key).where(
        event.c.story_id == story_id,
        event.c.mention.is_(False),
        event.c.withdrawn_at.is_(None),
        event.c.status != Status.PAST.value,
    )
    query = (
        select(item, seen_key.c.digest)
        .join(seen_key, seen_key.c.key == item.c.key)
        .where(item.c.key.in_(reporting))
        .order_by(item.c.published_at, item.c.key)
        .limit(limit)
    )
    return tuple(item_of(row) for row in connection.execute(query).mappings())


def withdraw_events(
    connection: Connection, event_ids: Collection[str], at: dt.datetime, by: Withdrawal = Withdrawal.PUBLISHER
) -> None:
    """Notes that these stand no more, and why."""
    for part in chunks(sorted(event_ids)):
        connection.execute(update(event).where(event.c.id.in_(part)).values(withdrawn_at=at, withdrawn_by=by.value))


def restore_events(connection: Connection, event_ids: Collection[str]) -> None:
    """Notes that these stand again."""
    for part in chunks(sorted(event_ids)):
        connection.execute(update(event).where(event.c.id.in_(part)).values(withdrawn_at=None, withdrawn_by=None))


def rewrite_events(connection: Connection, events: Sequence[StoredEvent]) -> None:
    """Stores what is read now in place of what was read, under the same ids; story, step, stage and times stay."""
    for one in events:
        row = _row(one, None, None, None)
        kept = ("id", "item_key", "story_id", "seen_at", "step", "stage")
        values = {name: value for name, value in row.items() if name not in kept}
        connection.execute(update(event).where(event.c.id == one.id).values(**values))


def move_events(connection: Connection, event_ids: Collection[str], story_id: str) -> None:
    """Links these events to another story, which must be stored already."""
    for part in chunks(sorted(event_ids)):
        connection.execute(update(event).where(event.c.id.in_(part)).values(story_id=story_id))


def with_item() -> Select[tuple[object, ...]]:
    """A query of events with their items, of which `archived_of` makes the rest."""
    return (
        select(event, item, seen_key.c.digest)
        .join(item, item.c.key == event.c.item_key)
        .join(seen_key, seen_key.c.key == item.c.key)
    )


def _row(one: StoredEvent, story_id: str | None, step: Step | None, stage: Stage | None) -> dict[str, object]:
    read = one.event
    return {
        "id": one.id,
        "item_key": one.item.key,
        "story_id": story_id,
        "seen_at": one.item.seen_at,
        "type": read.type,
        "plover": read.plover,
        **_actor_columns("source", read.source),
        **_actor_columns("target", read.target),
        **_actor_columns("speaker", read.speaker),
        "object": read.object,
        "status": read.status.value,
        **date_columns(read.date),
        "confidence": read.confidence,
        "mention": read.mention,
        "told": read.told.value,
        "evidence_sentence": read.evidence.sentence,
        "evidence_start": read.evidence.start,
        "evidence_end": read.evidence.end,
        "evidence_pattern": read.evidence.pattern,
        "step": step,
        "stage": stage,
    }


def _actor_columns(side: str, actor: EventActor | None) -> dict[str, object]:
    return {
        f"{side}_code": actor.code if actor else None,
        f"{side}_name": actor.name if actor else None,
        f"{side}_role": actor.role if actor else None,
        f"{side}_part": actor.part.value if actor else None,
    }


def archived_of(row: RowMapping) -> ArchivedEvent:
    """The event in a row of `with_item`."""
    read = RelationEvent(
        type=row[event.c.type],
        plover=row[event.c.plover],
        source=_actor_of(row, "source"),
        target=_actor_of(row, "target"),
        object=row[event.c.object],
        status=Status(row[event.c.status]),
        date=date_of(row, event),
        confidence=row[event.c.confidence],
        mention=row[event.c.mention],
        # Rows of an earlier version don't say.
        told=Telling(row[event.c.told] or Telling.VERB),
        speaker=_actor_of(row, "speaker"),
        evidence=Evidence(
            sentence=row[event.c.evidence_sentence],
            start=row[event.c.evidence_start],
            end=row[event.c.evidence_end],
            pattern=row[event.c.evidence_pattern],
        ),
    )
    stored = StoredEvent(id=row[event.c.id], item=item_of(row), event=read)
    step, stage = row[event.c.step], row[event.c.stage]
    return ArchivedEvent(
        stored=stored,
        story_id=row[event.c.story_id],
        read_at=row[event.c.seen_at],
        step=None if step is None else Step(step),
        stage=None if stage is None else Stage(stage),
        withdrawn_at=row[event.c.withdrawn_at],
        withdrawn_by=_withdrawal_of(row),
    )


def _withdrawal_of(row: RowMapping) -> Withdrawal | None:
    if row[event.c.withdrawn_at] is None:
        return None
    # Rows of an earlier version don't say; there were no others then.
    return Withdrawal(row[event.c.withdrawn_by] or Withdrawal.PUBLISHER)


def _actor_of(row: RowMapping, side: str) -> EventActor | None:
    code = row[event.c[f"{side}_code"]]
    if code is None:
        return None
    return EventActor(
        code=code,
        name=row[event.c[f"{side}_name"]],
        role=row[event.c[f"{side}_role"]],
        part=Part(row[event.c[f"{side}_part"]]),
    )
