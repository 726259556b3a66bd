"""What an operator silenced for a time (`relmon silence`). A restart keeps it; what is over stays, for `explain`.

Written by the command, read in the poll's transaction before `route`, which decides what a mute covers.
"""

import datetime as dt

from sqlalchemy import Connection, RowMapping, select, update

from monitor.domain.routing import Mute
from monitor.storage.tables import mute
from monitor.storage.upsert import insert_new


def add(connection: Connection, new: Mute) -> None:
    """Stores a mute; a story that it names must be stored already."""
    row = {
        "id": new.id,
        "reason": new.reason,
        "begins_at": new.begins_at,
        "ends_at": new.ends_at,
        "sides": [sorted(side) for side in new.between],
        "type": new.type,
        "story_id": new.story_id,
        "watch_id": new.watch_id,
    }
    insert_new(connection, mute, [row])


def ended_after(connection: Connection, moment: dt.datetime | None = None) -> tuple[Mute, ...]:
    """The mutes that end, or ended, after this moment, or all; the first begun first."""
    query = select(mute).order_by(mute.c.begins_at, mute.c.id)
    if moment is not None:
        query = query.where(mute.c.ends_at > moment)
    return tuple(_mute_of(row) for row in connection.execute(query).mappings())


def with_id(connection: Connection, prefix: str) -> tuple[Mute, ...]:
    """The mutes whose id starts so, by id."""
    query = select(mute).where(mute.c.id.startswith(prefix, autoescape=True)).order_by(mute.c.id)
    return tuple(_mute_of(row) for row in connection.execute(query).mappings())


def end(connection: Connection, mute_id: str, at: dt.datetime) -> None:
    """Has the mute end then rather than when it would by itself."""
    connection.execute(update(mute).where(mute.c.id == mute_id).values(ends_at=at))


def move(connection: Connection, story_id: str, to: str) -> None:
    """What silenced one story silences another from now on."""
    connection.execute(update(mute).where(mute.c.story_id == story_id).values(story_id=to))


def _mute_of(row: RowMapping) -> Mute:
    return Mute(
        id=row["id"],
        reason=row["reason"],
        begins_at=row["begins_at"],
        ends_at=row["ends_at"],
        between=tuple(frozenset(side) for side in row["sides"]),
        type=row["type"],
        story_id=row["story_id"],
        watch_id=row["watch_id"],
    )
