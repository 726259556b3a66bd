"""Column types of our own. Leaves the tables that use them to tables.py."""

import datetime as dt

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer
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
