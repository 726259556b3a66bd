"""Which configuration each daemon follows, and what was wrong with the latest that it was given (P18).

Kept as notes, a row for each daemon, so that `relmon status` says it from outside. worker/reload writes.
"""

import datetime as dt
import json
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, delete, select

from monitor.storage.tables import note
from monitor.storage.upsert import upsert

_PREFIX = "configuration of "


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """What a daemon follows. `mistakes` are those of a later configuration that it refused, at `refused_at`.

    `restart` names the settings, as "section.key", whose new value waits for a restart.
    """

    owner: str
    taken_up_at: dt.datetime
    refused_at: dt.datetime | None = None
    mistakes: tuple[str, ...] = ()
    restart: tuple[str, ...] = ()


def record(connection: Connection, followed: Followed) -> None:
    """Writes what a daemon follows, in place of what it said before."""
    value = {
        "taken_up_at": followed.taken_up_at.isoformat(),
        "refused_at": followed.refused_at.isoformat() if followed.refused_at else None,
        "mistakes": list(followed.mistakes),
        "restart": list(followed.restart),
    }
    upsert(connection, note, [{"key": _PREFIX + followed.owner, "value": json.dumps(value, ensure_ascii=False)}])


def forget_others(connection: Connection, owners: Collection[str]) -> None:
    """Lets go of what any daemon has written that is none of these."""
    kept = [_PREFIX + owner for owner in owners]
    connection.execute(
        delete(note).where(note.c.key.startswith(_PREFIX, autoescape=True), note.c.key.not_in(sorted(kept)))
    )


def followed(connection: Connection) -> tuple[Followed, ...]:
    """What each daemon said last, by its name."""
    rows = connection.execute(
        select(note.c.key, note.c.value).where(note.c.key.startswith(_PREFIX, autoescape=True)).order_by(note.c.key)
    )
    return tuple(_followed(key.removeprefix(_PREFIX), json.loads(value)) for key, value in rows)


def _followed(owner: str, value: dict[str, object]) -> Followed:
    refused_at, mistakes, restart = value["refused_at"], value["mistakes"], value["restart"]
    return Followed(
        owner=owner,
        taken_up_at=dt.datetime.fromisoformat(str(value["taken_up_at"])),
        refused_at=dt.datetime.fromisoformat(str(refused_at)) if refused_at else None,
        mistakes=tuple(str(one) for one in mistakes) if isinstance(mistakes, list) else (),
        restart=tuple(str(one) for one in restart) if isinstance(restart, list) else (),
    )
