"""What may be let go of when its time has come: items without events, events, messages (R10).

The key of an entry stays (P3), so that nothing is ever news twice; a story stays as it is, with its headline and publishers, when
the reports that made it go. What is old is found in a reading transaction and removed in short writing ones, which look
again: what somebody has come to need meanwhile stays. worker/upkeep.py knows the times.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, exists, func, select

from monitor.storage.outbox.rows import UNDELIVERED
from monitor.storage.tables import (
    attempt,
    channel,
    digest_note,
    event,
    feedback,
    held_alert,
    item,
    message,
    silence,
    story,
)
from monitor.storage.upsert import chunks


@dataclass(frozen=True, slots=True, kw_only=True)
class Ageing:
    """A kind of row that grows old."""

    key: ColumnElement[Any]
    at: ColumnElement[dt.datetime]
    """From when on it grows old."""
    unneeded: Callable[[dt.datetime], ColumnElement[bool]]
    """Whether nothing else needs a row, given the time before which it is old."""
    with_it: tuple[ColumnElement[Any], ...] = ()
    """Columns of other tables whose rows go with the one that they name."""


def _told_of_by_none(_before: dt.datetime) -> ColumnElement[bool]:
    return ~exists().where(event.c.item_key == item.c.key)


def _story_is_over(before: dt.datetime) -> ColumnElement[bool]:
    return ~exists().where(story.c.id == event.c.story_id, story.c.last_report_at >= before)


def _settled_without_comment(_before: dt.datetime) -> ColumnElement[bool]:
    return and_(
        # All of them, named so that the index on channel and time is used.
        message.c.channel_id.in_(select(channel.c.id)),
        message.c.state.not_in(UNDELIVERED),
        ~exists().where(feedback.c.message_id == message.c.id),
    )


ITEMS_WITHOUT_EVENTS = Ageing(key=item.c.key, at=item.c.seen_at, unneeded=_told_of_by_none)
"""By when they were first seen."""

EVENTS = Ageing(
    key=event.c.id,
    at=event.c.seen_at,
    unneeded=_story_is_over,
    with_it=(silence.c.event_id, digest_note.c.event_id, held_alert.c.event_id),
)
"""By when they were read; a story keeps all of its own while it goes on. Their items are items without events from then on."""

DELIVERIES = Ageing(
    key=message.c.id, at=message.c.created_at, unneeded=_settled_without_comment, with_it=(attempt.c.message_id,)
)
"""By when they were made; what waits to be sent stays, and what somebody has given feedback on."""


def count_old(connection: Connection, kind: Ageing, before: dt.datetime) -> int:
    """How many rows of a kind are from before then and not needed."""
    return connection.execute(select(func.count()).where(*_is_old(kind, before))).scalar_one()


def find_old(connection: Connection, kind: Ageing, before: dt.datetime, limit: int) -> Sequence[Any]:
    """The keys of up to `limit` of them, the oldest first."""
    return connection.scalars(select(kind.key).where(*_is_old(kind, before)).order_by(kind.at).limit(limit)).all()


def remove_old(connection: Connection, kind: Ageing, before: dt.datetime, keys: Sequence[Any]) -> int:
    """Removes the rows with these keys that are old and not needed still, and returns how many."""
    removed = 0
    for part in chunks(sorted(keys)):
        # Locked by one statement and looked at again by the next, which sees what the lock's last holder wrote. What is
        # locked is in use, and can wait.
        query = select(kind.key).where(kind.key.in_(part)).order_by(kind.key)
        ours = connection.scalars(query.with_for_update(skip_locked=True)).all()
        going = connection.scalars(select(kind.key).where(kind.key.in_(ours), *_is_old(kind, before))).all()
        for column in kind.with_it:
            connection.execute(delete(column.table).where(column.in_(going)))
        removed += connection.execute(delete(kind.key.table).where(kind.key.in_(going))).rowcount
    return removed


def _is_old(kind: Ageing, before: dt.datetime) -> tuple[ColumnElement[bool], ...]:
    return kind.at < before, kind.unneeded(before)
