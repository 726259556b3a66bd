"""What a database sheds with time, so that it stays as large as what is of use (R10).

Comes from a tick of the daemon, at the end of `relmon poll`, and from `relmon db prune`. Each kind of thing has its time; what
goes, goes in short transactions, between which polls are written.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import structlog

from monitor.storage import digests, held, silences
from monitor.storage.connection import Connection
from monitor.storage.engine import Database
from monitor.storage.retention import (
    DELIVERIES,
    EVENTS,
    ITEMS_WITHOUT_EVENTS,
    Ageing,
    count_old,
    find_old,
    remove_old,
)

log = structlog.get_logger()

REASONS_KEPT_FOR = dt.timedelta(days=30)
"""How long `relmon explain` knows why nobody was told of a report (P21)."""

_AT_A_TIME = 5_000
# Items and messages are larger: a tenth of a second on a slow disk.
_ROWS_AT_A_TIME = 1_000
# What a month of standing still has left goes within a day, without a long pause for anybody.
_MOST_ROUNDS = 20

_Remover = Callable[[Connection, dt.datetime, int], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long things are kept; None is for ever."""

    items_without_events: dt.timedelta | None = None
    events: dt.timedelta | None = None
    deliveries: dt.timedelta | None = None

    def ageing(self) -> Sequence[tuple[str, Ageing, dt.timedelta]]:
        """What is not kept for ever: its name, its kind, its time. Events come before the items that they set free."""
        known = (
            ("events", EVENTS, self.events),
            ("items without events", ITEMS_WITHOUT_EVENTS, self.items_without_events),
            ("deliveries", DELIVERIES, self.deliveries),
        )
        return tuple((name, kind, kept_for) for name, kind, kept_for in known if kept_for is not None)


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


def shed(database: Database, retention: Retention, now: dt.datetime) -> Mapping[str, int]:
    """Removes what has had its time, and returns how many rows of each kind went; what is left over goes next time.

    Raises:
        DatabaseUnavailable: what was removed so far stays removed; the next tick goes on.
    """
    removed = {one.name: _shed_one(database, one, now) for one in _SHEDDINGS}
    for name, kind, kept_for in retention.ageing():
        removed[name] = _let_go(database, kind, now - kept_for)
    gone = {name: rows for name, rows in removed.items() if rows}
    for name, rows in gone.items():
        log.info("database_shed", what=name, rows=rows)
    return gone


def would_shed(connection: Connection, retention: Retention, now: dt.datetime) -> Mapping[str, int]:
    """How many rows of each kind that the settings name have had their time."""
    return {name: count_old(connection, kind, now - kept_for) for name, kind, kept_for in retention.ageing()}


def _shed_one(database: Database, shedding: _Shedding, now: dt.datetime) -> int:
    removed = 0
    for _ in range(_MOST_ROUNDS):
        with database.write() as connection:
            gone = shedding.remove(connection, now - shedding.kept_for, _AT_A_TIME)
        removed += gone
        if gone < _AT_A_TIME:
            break
    return removed


def _let_go(database: Database, kind: Ageing, before: dt.datetime) -> int:
    with database.read() as connection:
        found = iter(find_old(connection, kind, before, _MOST_ROUNDS * _ROWS_AT_A_TIME))
    removed = 0
    while part := tuple(islice(found, _ROWS_AT_A_TIME)):
        with database.write() as connection:
            removed += remove_old(connection, kind, before, part)
    return removed
