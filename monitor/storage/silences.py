"""Why reports sent nothing (P21). The reasons are given in stories/ and routing/; `explain` reads them.

Comes after the events in the poll's transaction.
"""

import datetime as dt
from collections.abc import Collection, Sequence

from sqlalchemy import Connection, RowMapping, delete, func, select

from monitor.domain.routing import Silence, SilenceReason
from monitor.storage.tables import event, silence
from monitor.storage.upsert import chunks, insert_new

# A key can't hold NULL; no watch has an empty id.
_EVERY_WATCH = ""
_HEARD = (SilenceReason.SILENCED.name, SilenceReason.RECLASSIFIED.name)


def record(connection: Connection, silences: Sequence[Silence], at: dt.datetime) -> None:
    """Keeps the reasons; one that is known for its event and watch keeps the time at which it was first given."""
    insert_new(
        connection,
        silence,
        [
            {
                "event_id": one.event_id,
                "watch_id": _EVERY_WATCH if one.watch_id is None else one.watch_id,
                # The name, since the sentence may be worded anew.
                "reason": one.reason.name,
                "at": at,
                "detail": one.detail or None,
            }
            for one in silences
        ],
    )


def forget(connection: Connection, before: dt.datetime, limit: int) -> int:
    """Removes about `limit` of the oldest reasons that were given before then, and returns how many went.

    Those given at one moment go together, so that it may be a few more.
    """
    last: dt.datetime | None = connection.execute(
        select(silence.c.at).where(silence.c.at < before).order_by(silence.c.at).offset(limit - 1).limit(1)
    ).scalar_one_or_none()
    oldest = silence.c.at < before if last is None else silence.c.at <= last
    return connection.execute(delete(silence).where(oldest)).rowcount


def silences_of(connection: Connection, event_ids: Collection[str]) -> tuple[Silence, ...]:
    """The reasons kept for these events, in the order in which they were given."""
    found: list[RowMapping] = []
    for part in chunks(sorted(event_ids)):
        found += connection.execute(select(silence).where(silence.c.event_id.in_(part))).mappings().all()
    found.sort(key=lambda row: (row["at"], row["event_id"], row["watch_id"], row["reason"]))
    return tuple(
        Silence(
            event_id=row["event_id"],
            watch_id=row["watch_id"] or None,
            reason=SilenceReason[row["reason"]],
            detail=row["detail"] or "",
        )
        for row in found
    )


def watches_silenced(connection: Connection, story_ids: Collection[str]) -> dict[str, set[str]]:
    """The ids of the watches that shall not hear of each story as of news; other stories are left out.

    An operator silenced a report of it for them, or they were told of it as it read before its patterns changed.
    """
    silenced: dict[str, set[str]] = {}
    for part in chunks(sorted(story_ids)):
        rows = connection.execute(
            select(event.c.story_id, silence.c.watch_id)
            .join(event, event.c.id == silence.c.event_id)
            .where(event.c.story_id.in_(part), silence.c.reason.in_(_HEARD), silence.c.watch_id != _EVERY_WATCH)
            .distinct()
        )
        for story_id, watch_id in rows:
            silenced.setdefault(story_id, set()).add(watch_id)
    return silenced


def uncorroborated(connection: Connection, story_id: str) -> dict[str, list[str]]:
    """The reports of a story that had too few publishers for a watch: their ids by that of the watch, the first first."""
    waiting: dict[str, list[str]] = {}
    rows = connection.execute(
        select(silence.c.watch_id, silence.c.event_id)
        .join(event, event.c.id == silence.c.event_id)
        .where(event.c.story_id == story_id, silence.c.reason == SilenceReason.UNCORROBORATED.name)
        .order_by(silence.c.at, silence.c.event_id)
    )
    for watch_id, event_id in rows:
        waiting.setdefault(watch_id, []).append(event_id)
    return waiting


def commonest(connection: Connection, limit: int) -> tuple[tuple[SilenceReason, int], ...]:
    """Up to `limit` reasons, with how often each was given to a watch, the commonest first."""
    number = func.count().label("number")
    rows = connection.execute(
        select(silence.c.reason, number)
        .where(silence.c.watch_id != _EVERY_WATCH)
        .group_by(silence.c.reason)
        .order_by(number.desc(), silence.c.reason)
        .limit(limit)
    )
    return tuple((SilenceReason[name], count) for name, count in rows)


def silenced_by(connection: Connection) -> dict[str, int]:
    """How many reports each mute kept from being sent, by its id."""
    rows = connection.execute(
        select(silence.c.detail, func.count(silence.c.event_id.distinct()).label("number"))
        .where(silence.c.reason == SilenceReason.SILENCED.name)
        .group_by(silence.c.detail)
    )
    return {row.detail: row.number for row in rows}
