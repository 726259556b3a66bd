"""Inserts that a repeat leaves harmless (R2): the one place that knows each dialect's ON CONFLICT."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Table
from sqlalchemy.dialects import sqlite

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql

Row = Mapping[str, Any]
_T = TypeVar("_T")

# SQLite before 3.32 took 999 variables in a statement; newer ones more, at no gain in speed.
CHUNK = 900


def chunks(values: Sequence[_T], size: int = CHUNK) -> Iterator[Sequence[_T]]:
    """Cuts a sequence into parts that fit into one statement."""
    for start in range(0, len(values), size):
        yield values[start : start + size]


def insert_new(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Inserts the rows that no unique key of the table refuses; the others change nothing."""
    if rows:
        connection.execute(_insert(connection.dialect.name, table).on_conflict_do_nothing(), rows)


def insert_new_returning(
    connection: Connection, column: ColumnElement[_T], table: Table, rows: Sequence[Row]
) -> set[_T]:
    """Like `insert_new`; tells the inserted rows by the value of `column`."""
    if not rows:
        return set()
    statement = _insert(connection.dialect.name, table).on_conflict_do_nothing().returning(column)
    return set(connection.scalars(statement, rows))


def upsert(connection: Connection, table: Table, rows: Sequence[Row], *, keep: Iterable[str] = ()) -> None:
    """Inserts the rows; one that stands with the same primary key takes the new values, but for those of `keep`."""
    if rows:
        connection.execute(_upsert(connection.dialect.name, table, tuple(rows[0]), frozenset(keep)), rows)


# Putting one together costs as much as writing fifty rows; there are as many as there are tables.
@cache
def _upsert(
    dialect: str, table: Table, columns: tuple[str, ...], keep: frozenset[str]
) -> "sqlite.Insert | postgresql.Insert":
    statement = _insert(dialect, table)
    fixed = {*keep, *table.primary_key.columns.keys()}
    changed = {name: statement.excluded[name] for name in columns if name not in fixed}
    return statement.on_conflict_do_update(index_elements=list(table.primary_key.columns), set_=changed)


def _insert(dialect: str, table: Table) -> "sqlite.Insert | postgresql.Insert":
    if dialect == "sqlite":
        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql  # noqa: PLC0415 - four drivers' modules, which SQLite does without

    return postgresql.insert(table)
