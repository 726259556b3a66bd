"""Column types of our own. Leaves the tables that use them to tables/."""

import datetime as dt
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, DateTime, Dialect, Integer
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.schema import ColumnElementColumnDefault
from sqlalchemy.types import TypeDecorator

# Counts up by itself: SQLite does that for an INTEGER primary key only, PostgreSQL for a BIGINT as well.
Sequence = BigInteger().with_variant(Integer(), "sqlite")

# JSON where None is an empty column, and not the text "null", which would be parsed at each reading.
SomeJson = JSON(none_as_null=True)


class UtcDateTime(TypeDecorator[dt.datetime]):
    """A moment: aware in, aware and in UTC out, whatever the database keeps of zones (SQLite keeps nothing).

    A naive time is refused with a ValueError (which SQLAlchemy wraps into a StatementError), since nobody can say which
    moment it means. SQLite stores text of a fixed width, so that the order of the texts is the order of the moments.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, _dialect: Dialect) -> dt.datetime | None:
        """From Python to the database."""
        if value is None:
            return None
        if value.tzinfo is None or value.utcoffset() is None:
            raise ValueError(f"{value!r} has no time zone: store aware times only")
        return value.astimezone(dt.UTC)

    def process_result_value(self, value: dt.datetime | None, _dialect: Dialect) -> dt.datetime | None:
        """From the database to Python."""
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


class NextNumber(FunctionElement[int]):
    """The number of a new row of `table`: one more than the newest row's, for a column `number` that no other sets.

    Rows are numbered in the order in which they came, which the full-text index returns them in (fulltext.py). SQLite counts by
    itself only where the number is the primary key; it has one writer at a time, so that the highest is the last.
    """

    type = BigInteger()
    inherit_cache = True

    def __init__(self, table: str) -> None:
        super().__init__()
        self.table = table


@compiles(NextNumber)
def _from_sequence(element: NextNumber, _compiler: SQLCompiler, **_options: Any) -> str:
    return f"nextval('{element.table}_number')"


@compiles(NextNumber, "sqlite")
def _behind_the_highest(element: NextNumber, _compiler: SQLCompiler, **_options: Any) -> str:
    return f"(SELECT coalesce(max(number), 0) + 1 FROM {element.table})"  # noqa: S608 - a table's name


def is_counted(column: Column[Any]) -> bool:
    """Whether the column's numbers are NextNumber's."""
    return isinstance(column.default, ColumnElementColumnDefault) and isinstance(column.default.arg, NextNumber)
