"""Reads that go through a whole table without holding it in memory: for `relmon export`.

One reading transaction sees one state to its end, however long whoever writes the file takes.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, and_, or_

_ROWS_AT_ONCE = 1000


def rows_of(connection: Connection, query: Select[Any]) -> Iterator[RowMapping]:
    """The rows of a query, fetched a thousand at a time."""
    yield from connection.execute(query, execution_options={"yield_per": _ROWS_AT_ONCE}).mappings()


def concerns(source: ColumnElement[Any], target: ColumnElement[Any], sides: Sequence[str]) -> ColumnElement[bool]:
    """Whether a row is about these sides: one code on either side, or two against each other."""
    match sides:
        case [code]:
            return or_(source == code, target == code)
        case [one, other]:
            return or_(and_(source == one, target == other), and_(source == other, target == one))
        case _:
            raise ValueError("a relation has one or two sides")
