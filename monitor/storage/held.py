"""Alerts that are held back for a time: quiet hours, or an hour that has had its messages. routing/quiet.py says which.

Written after the events in the poll's transaction, released by a tick.
"""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Connection, RowMapping, and_, delete, func, select, update

from monitor.domain.delivery import MessageKind
from monitor.domain.digests import DigestCause, HeldAlert
from monitor.domain.stories import Stage
from monitor.storage.tables import held_alert, message
from monitor.storage.upsert import chunks, insert_new

NOBODY = "nobody"
"""What `told_in` says of an alert that is to be told no more: its story was taken back, its watch or channel is gone."""


def hold(connection: Connection, alerts: Sequence[HeldAlert]) -> None:
    """Keeps alerts for later; one that waits or was told already stays as it is."""
    insert_new(connection, held_alert, [_row(one) for one in alerts])


def due(connection: Connection, now: dt.datetime) -> tuple[HeldAlert, ...]:
    """What has waited long enough, in the order in which it came, locked to the end of the transaction."""
    query = select(held_alert).where(held_alert.c.told_in.is_(None), held_alert.c.until <= now)
    rows = connection.execute(
        query.order_by(held_alert.c.held_at, held_alert.c.story_id, held_alert.c.stage).with_for_update()
    ).mappings()
    return tuple(_held_of(row) for row in rows)


def next_due_at(connection: Connection) -> dt.datetime | None:
    """When the next of what waits has waited long enough; None where nothing waits."""
    at: dt.datetime | None = connection.execute(
        select(func.min(held_alert.c.until)).where(held_alert.c.told_in.is_(None))
    ).scalar_one()
    return at


def held_of_stories(connection: Connection, story_ids: Collection[str]) -> tuple[tuple[HeldAlert, str | None], ...]:
    """What was held back of these stories, each with the key of the message that told it; None where it waits."""
    found: list[RowMapping] = []
    for part in chunks(sorted(story_ids)):
        query = select(held_alert).where(held_alert.c.story_id.in_(part))
        found += connection.execute(query.order_by(held_alert.c.held_at, held_alert.c.stage)).mappings().all()
    return tuple((_held_of(row), row["told_in"]) for row in found)


def settle_held(connection: Connection, told: Mapping[tuple[str, str], str]) -> None:
    """Marks what waits as told: `told` names the message by (channel, story), since one tells all steps of a story."""
    for (channel_id, story_id), told_in in told.items():
        connection.execute(
            update(held_alert)
            .where(
                held_alert.c.channel_id == channel_id,
                held_alert.c.story_id == story_id,
                held_alert.c.told_in.is_(None),
            )
            .values(told_in=told_in)
        )


def tell_instead(connection: Connection, reports: Mapping[str, str]) -> None:
    """Has what waits tell other reports of the same stories: by the id of the one that it told, the id of the other."""
    for former, latter in reports.items():
        waiting = and_(held_alert.c.event_id == former, held_alert.c.told_in.is_(None))
        connection.execute(update(held_alert).where(waiting).values(event_id=latter))


def channels_of_released(connection: Connection, story_ids: Collection[str]) -> dict[str, set[str]]:
    """The channels that have had each story after it was held back."""
    told: dict[str, set[str]] = {}
    for part in chunks(sorted(story_ids)):
        rows = connection.execute(
            select(held_alert.c.story_id, held_alert.c.channel_id)
            .where(held_alert.c.story_id.in_(part), held_alert.c.told_in != NOBODY)
            .distinct()
        )
        for story_id, channel_id in rows:
            told.setdefault(story_id, set()).add(channel_id)
    return told


def sent_within(connection: Connection, channel_id: str, since: dt.datetime) -> tuple[tuple[str, dt.datetime], ...]:
    """The watches, by id, that had messages put on the way to a channel after `since`, with the time of each."""
    rows = connection.execute(
        select(message.c.watches, message.c.created_at).where(
            message.c.channel_id == channel_id,
            message.c.kind.in_([MessageKind.ALERT.value, MessageKind.SUMMARY.value]),
            message.c.created_at > since,
        )
    )
    return tuple((watch, created_at) for watches, created_at in rows for watch in watches)


def forget(connection: Connection, before: dt.datetime, limit: int) -> int:
    """Removes about `limit` of the oldest from before then, told or not, and returns how many went."""
    last: dt.datetime | None = connection.execute(
        select(held_alert.c.held_at)
        .where(held_alert.c.held_at < before)
        .order_by(held_alert.c.held_at)
        .offset(limit - 1)
        .limit(1)
    ).scalar_one_or_none()
    oldest = held_alert.c.held_at < before if last is None else held_alert.c.held_at <= last
    return connection.execute(delete(held_alert).where(oldest)).rowcount


def _row(one: HeldAlert) -> dict[str, object]:
    return {
        "channel_id": one.channel_id,
        "story_id": one.story_id,
        "stage": one.stage.value,
        "event_id": one.event_id,
        "watches": list(one.watches),
        "cause": one.cause.value,
        "held_at": one.held_at,
        "until": one.until,
        "told_in": None,
    }


def _held_of(row: RowMapping) -> HeldAlert:
    return HeldAlert(
        channel_id=row["channel_id"],
        story_id=row["story_id"],
        stage=Stage(row["stage"]),
        event_id=row["event_id"],
        watches=tuple(row["watches"]),
        cause=DigestCause(row["cause"]),
        held_at=row["held_at"],
        until=row["until"],
    )
