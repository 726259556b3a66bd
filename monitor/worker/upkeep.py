"""What a database sheds with time, so that it stays as large as what is of use (R10).

Comes from a tick of the daemon, and at the end of `relmon poll`. Each kind of thing has its time and its remover; what is
removed goes in short transactions, between which polls are written.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from monitor.storage import digests, held, silences
from monitor.storage.connection import Connection
from monitor.storage.engine import Database

log = structlog.get_logger()

REASONS_KEPT_FOR = dt.timedelta(days=30)
"""How long `relmon explain` knows why nobody was told of a report (P21)."""

_AT_A_TIME = 5_000
# What a month of standing still has left goes within a day, without a long pause for anybody.
_MOST_ROUNDS = 20

_Remover = Callable[[Connection, dt.datetime, int], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shedding:
    """One kind of thing: how long it is kept, and what removes about so many of those from before a time."""

    name: str
    kept_for: dt.timedelta
    remove: _Remover


_SHEDDINGS = (
    _Shedding(name="reasons", kept_for=REASONS_KEPT_FOR, remove=silences.forget),
    # Told long ago, or waiting for a watch or channel that is configured no more.
    _Shedding(name="digest notes", kept_for=REASONS_KEPT_FOR, remove=digests.forget),
    _Shedding(name="held alerts", kept_for=REASONS_KEPT_FOR, remove=held.forget),
)


def shed(database: Database, now: dt.datetime) -> int:
    """Removes what has had its time, and returns how many rows went; what is left over goes next time.

    Raises:
        DatabaseUnavailable: what was removed so far stays removed; the next tick goes on.
    """
    return sum(_shed_one(database, one, now) for one in _SHEDDINGS)


def _shed_one(database: Database, shedding: _Shedding, now: dt.datetime) -> int:
    removed = 0
    for _ in range(_MOST_ROUNDS):
        with database.write() as connection:
            gone = shedding.remove(connection, now - shedding.kept_for, _AT_A_TIME)
        removed += gone
        if gone < _AT_A_TIME:
            break
    if removed:
        log.info("database_shed", what=shedding.name, rows=removed)
    return removed
