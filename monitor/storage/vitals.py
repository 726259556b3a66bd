"""How an installation does, as the database knows it: what the gauges show, and the heartbeat and `relmon status` judge by.

Asked every few seconds by each daemon, so nothing here grows with what is archived: delivered messages, items and events
are counted in overview.py, for whoever asks once.
"""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, and_, case, false, func, or_, select, true

from monitor.storage.engine import database_now
from monitor.storage.outbox.rows import UNDELIVERED, MessageState
from monitor.storage.overview import FeedHealth, feeds_by_health
from monitor.storage.tables import channel, feed, message

WATCHED = (MessageState.PENDING, MessageState.SENDING, MessageState.DEAD)
"""The states in which a message needs to be sent, or to be looked at."""


class ChannelHealth(StrEnum):
    """How a destination does."""

    OPEN = "open"
    PAUSED = "paused"
    """It asked for a pause, or failed often enough to be left in peace for a while."""
    BROKEN = "broken"
    """It said that nothing will ever be taken there again, until an operator mends it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitals:
    """One look at the database. Every state and health is a key, at 0 where there is none.

    `overdue` counts the feeds that are due and leased by nobody; `longest_overdue` is how long ago the feed was due that
    waits the longest, leased or not. `oldest_due` is the age of the oldest message that may be sent now or was tried
    already, on a configured channel that is not broken; None where there is none. `size_bytes` is without the log.
    """

    feeds: Mapping[FeedHealth, int]
    overdue: int
    longest_overdue: dt.timedelta
    messages: Mapping[MessageState, int]
    oldest_due: dt.timedelta | None
    channels: Mapping[ChannelHealth, int]
    size_bytes: int


def vitals(
    connection: Connection, *, channels: Collection[str], now: dt.datetime, paused: Collection[str] = ()
) -> Vitals:
    """Looks, in one reading transaction. `channels` are the configured ones, `paused` feeds that are not due just now."""
    today = database_now(connection)
    overdue, longest = _overdue(connection, paused, now, today)
    return Vitals(
        feeds=feeds_by_health(connection),
        overdue=overdue,
        longest_overdue=longest,
        messages=_messages(connection),
        oldest_due=_oldest_due(connection, channels, today),
        channels=_channels(connection, channels, today),
        size_bytes=_size(connection),
    )


def _overdue(
    connection: Connection, paused: Collection[str], now: dt.datetime, lease_time: dt.datetime
) -> tuple[int, dt.timedelta]:
    free = or_(feed.c.lease_owner.is_(None), feed.c.leased_until < lease_time)
    count, since = connection.execute(
        select(func.count(case((free, 1))), func.min(feed.c.next_poll_at)).where(
            feed.c.active.is_(True),
            feed.c.next_poll_at <= now,
            feed.c.id.not_in(sorted(paused)) if paused else true(),
        )
    ).one()
    return count, dt.timedelta() if since is None else max(now - since, dt.timedelta())


def _messages(connection: Connection) -> dict[MessageState, int]:
    rows = connection.execute(
        select(message.c.state, func.count())
        .where(message.c.state.in_([state.value for state in WATCHED]))
        .group_by(message.c.state)
    ).all()
    counted = {row[0]: row[1] for row in rows}
    return {state: counted.get(state.value, 0) for state in WATCHED}


def _oldest_due(connection: Connection, channels: Collection[str], now: dt.datetime) -> dt.timedelta | None:
    # What nobody has tried yet and is due later waits on purpose: for the end of somebody's quiet hours.
    on_purpose = and_(message.c.attempt == 0, message.c.next_attempt_at > now)
    known = connection.scalars(
        select(channel.c.id).where(
            channel.c.id.in_(sorted(channels)) if channels else false(), channel.c.broken_at.is_(None)
        )
    ).all()
    # By the state, which few messages are in: as it stands, SQLite would walk all of a channel in the order of their making.
    of_channel = message.c.channel_id.concat("")
    oldest: dt.datetime | None = connection.execute(
        select(func.min(message.c.created_at)).where(
            message.c.state.in_(UNDELIVERED), of_channel.in_(known) if known else false(), ~on_purpose
        )
    ).scalar_one()
    return None if oldest is None else max(now - oldest, dt.timedelta())


def _channels(connection: Connection, channels: Collection[str], now: dt.datetime) -> dict[ChannelHealth, int]:
    """A channel without a row was never written to: it is open."""
    rows = connection.execute(
        select(channel).where(or_(channel.c.broken_at.is_not(None), channel.c.paused_until > now))
    )
    found = [row for row in rows.mappings() if row["id"] in set(channels)]
    broken = sum(row["broken_at"] is not None for row in found)
    return {
        ChannelHealth.OPEN: len(channels) - len(found),
        ChannelHealth.PAUSED: len(found) - broken,
        ChannelHealth.BROKEN: broken,
    }


def _size(connection: Connection) -> int:
    if connection.dialect.name == "sqlite":
        # As tables of one row (https://sqlite.org/pragma.html#pragfunc).
        pages: int = connection.exec_driver_sql(
            "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
        ).scalar_one()
        return pages
    size: int = connection.execute(select(func.pg_database_size(func.current_database()))).scalar_one()
    return size
