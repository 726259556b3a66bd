"""Moves an installation from one database to another, of either kind: every row, with its ids, or nothing at all.

Reads the source in one transaction and writes the target in one, so that neither is ever seen half. Whether somebody works on
either is for the caller to know (lock.py, workers.py). Comes after schema.py has made the target's tables.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sqlalchemy import (
    JSON,
    Connection,
    Insert,
    Table,
    bindparam,
    func,
    insert,
    select,
)

from monitor.domain.errors import CopyFailed
from monitor.storage import outbox, polls
from monitor.storage.columns import is_counted
from monitor.storage.engine import Database
from monitor.storage.tables import METADATA, host_turn, worker

_ROWS_AT_ONCE = 1000
# What belongs to daemons that run, not to the installation.
_OF_THE_MOMENT = frozenset({worker.name, host_turn.name})

Progress = Callable[[str, int, int], None]
"""Told a table's name, how many of its rows are copied, and how many there are."""


def copy_rows(source: Database, target: Database, progress: Progress) -> Mapping[str, int]:
    """Copies every table, and returns how many rows each has; leases are not taken along.

    Raises:
        CopyFailed: the target holds rows already, or ends with other counts than the source; nothing is written.
        DatabaseUnavailable: either can't be read or written; nothing is written.
    """
    counts: dict[str, int] = {}
    with source.read() as reading, target.write() as writing:
        for table in _tables():
            if _count(writing, table):
                raise CopyFailed(f"{target.name} holds rows already. Name a database that is empty.")
            counts[table.name] = _copy(reading, writing, table, progress)
            if (found := _count(writing, table)) != counts[table.name]:
                raise CopyFailed(
                    f"Of {counts[table.name]} rows of {table.name} {found} arrived in {target.name}. Nothing was kept."
                )
        polls.void_leases(writing)
        outbox.void_leases(writing)
    return counts


def _tables() -> Iterator[Table]:
    """Each table after those that its rows refer to."""
    return (table for table in METADATA.sorted_tables if table.name not in _OF_THE_MOMENT)


def _copy(reading: Connection, writing: Connection, table: Table, progress: Progress) -> int:
    whole, done = _count(reading, table), 0
    statement = _insert(table)
    rows = reading.execution_options(yield_per=_ROWS_AT_ONCE).execute(select(table)).mappings()
    for part in rows.partitions(_ROWS_AT_ONCE):
        writing.execute(statement, [dict(row) for row in part])
        done += len(part)
        progress(table.name, done, whole)
    _count_on(writing, table)
    return done


def _insert(table: Table) -> Insert:
    # None was read from NULL; JSON would make the word null of it.
    absent: dict[str, Any] = {
        column.name: bindparam(column.name, type_=JSON(none_as_null=True))
        for column in table.columns
        if isinstance(column.type, JSON)
    }
    return insert(table).values(absent) if absent else insert(table)


def _count_on(writing: Connection, table: Table) -> None:
    """Lets PostgreSQL count on from the copied numbers; SQLite does so by itself."""
    counted = [column for column in table.columns if column is table.autoincrement_column or is_counted(column)]
    if writing.dialect.name != "postgresql":
        return
    for column in counted:
        highest = writing.execute(select(func.max(column))).scalar_one()
        if highest is not None:
            writing.execute(select(func.setval(func.pg_get_serial_sequence(table.name, column.name), highest)))


def _count(connection: Connection, table: Table) -> int:
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())
