"""A moment comes back from the database as the moment that went in."""

import datetime as dt

import pytest
from hypothesis import given, settings, strategies
from sqlalchemy import Column, MetaData, StaticPool, Table, create_engine, select
from sqlalchemy.dialects.sqlite.base import SQLiteDialect
from sqlalchemy.exc import StatementError

from monitor.storage.columns import UtcDateTime

MOMENTS = Table("moments", MetaData(), Column("at", UtcDateTime, nullable=True))
# A day from either end of the calendar, so that no zone carries a moment beyond it.
moments = strategies.datetimes(
    dt.datetime(1, 1, 2),  # noqa: DTZ001 - hypothesis takes naive bounds and adds the zone itself
    dt.datetime(9999, 12, 30),  # noqa: DTZ001 - the same
    timezones=strategies.timezones()
    | strategies.integers(-1439, 1439).map(lambda minutes: dt.timezone(dt.timedelta(minutes=minutes))),
)


@settings(deadline=None, max_examples=60)
@given(strategies.lists(moments, min_size=1, max_size=6))
def test_aware_moments_when_stored_then_they_come_back_in_utc_and_in_order(given_moments: list[dt.datetime]) -> None:
    engine = create_engine("sqlite://", poolclass=StaticPool)
    try:
        with engine.begin() as connection:
            MOMENTS.create(connection)
            connection.execute(MOMENTS.insert(), [{"at": moment} for moment in given_moments])
            stored = list(connection.scalars(select(MOMENTS.c.at).order_by(MOMENTS.c.at)))
            after = list(connection.scalars(select(MOMENTS.c.at).where(MOMENTS.c.at > given_moments[0])))
    finally:
        engine.dispose()
    assert stored == sorted(moment.astimezone(dt.UTC) for moment in given_moments)
    assert all(moment.tzinfo is dt.UTC for moment in stored)
    assert sorted(after) == sorted(moment for moment in stored if moment > given_moments[0])


def test_a_naive_moment_when_stored_then_it_is_refused() -> None:
    engine = create_engine("sqlite://", poolclass=StaticPool)
    with engine.begin() as connection:
        MOMENTS.create(connection)
        with pytest.raises(StatementError, match="no time zone"):
            connection.execute(MOMENTS.insert(), {"at": dt.datetime(2026, 1, 5, 12)})  # noqa: DTZ001 - the point of it
        connection.execute(MOMENTS.insert(), {"at": None})
        assert connection.scalars(select(MOMENTS.c.at)).all() == [None]
    engine.dispose()


def test_an_aware_moment_from_a_server_in_another_zone_when_read_then_it_is_in_utc() -> None:
    column = UtcDateTime()
    there = dt.datetime(2026, 1, 5, 8, tzinfo=dt.timezone(dt.timedelta(hours=-4)))
    read = column.process_result_value(there, SQLiteDialect())
    assert read == there
    assert read is not None
    assert read.tzinfo is dt.UTC
    assert column.process_result_value(None, SQLiteDialect()) is None
