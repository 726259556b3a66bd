"""What waits for a moment, after the machine's clock was set back: without this it would wait for as long again.

A clock that ran ahead (a machine whose battery is flat, until it hears of the time) leaves feeds that are due in a year,
and messages behind them. `worker/clock.py` notices that the clock was set, `worker/takeover.py` that it was while no
daemon ran. What people have named a time for (a mute, the morning) stands: it means that time.
"""

import datetime as dt

from sqlalchemy import Column, Connection, and_, bindparam, func, or_, select, update

from monitor.storage.outbox.rows import MessageState
from monitor.storage.tables import channel, feed, message

# What was due at once when the clock was still ahead was put in a little after the last poll that is known.
_A_LITTLE = dt.timedelta(minutes=1)


def ahead(connection: Connection, now: dt.datetime) -> dt.timedelta:
    """How far the latest poll lies in what is now the future; zero where the clock was not set back since."""
    latest: dt.datetime | None = connection.execute(select(func.max(feed.c.last_polled_at))).scalar_one()
    return max(latest - now, dt.timedelta()) if latest else dt.timedelta()


def call_back_feeds(connection: Connection, now: dt.datetime) -> int:
    """Lets feeds that were polled in what is now the future wait as long as they were to; returns how many.

    Those that were never polled are due.
    """
    rows = connection.execute(
        select(feed.c.id, feed.c.last_polled_at, feed.c.next_poll_at).where(
            or_(feed.c.last_polled_at > now, and_(feed.c.last_polled_at.is_(None), feed.c.next_poll_at > now))
        )
    )
    called = [
        {"of": feed_id, "last": last and now, "next": now + (due - last) if last else now}
        for feed_id, last, due in rows
    ]
    if called:
        connection.execute(
            update(feed)
            .where(feed.c.id == bindparam("of"))
            .values(last_polled_at=bindparam("last"), next_poll_at=bindparam("next")),
            called,
        )
    return len(called)


def call_back_messages(connection: Connection, now: dt.datetime, by: dt.timedelta) -> int:
    """Lets messages and channels wait as long as they were to before the clock went back `by`; returns how many messages.

    Only for an SQLite file: a server measures these with a clock of its own, which nobody has set here. A message that
    has not been tried and is to wait for longer than that, by a minute or more, waits for a time that was named.
    """
    rows = connection.execute(
        select(message.c.sequence, message.c.next_attempt_at).where(
            message.c.state == MessageState.PENDING.value,
            message.c.next_attempt_at > now,
            or_(message.c.attempt > 0, message.c.next_attempt_at <= now + by + _A_LITTLE),
        )
    )
    called = [{"of": sequence, "due": max(due - by, now)} for sequence, due in rows]
    if called:
        connection.execute(
            update(message).where(message.c.sequence == bindparam("of")).values(next_attempt_at=bindparam("due")),
            called,
        )
    for moment in (channel.c.paused_until, channel.c.free_at):
        _bring_forward(connection, moment, now, by)
    return len(called)


def _bring_forward(connection: Connection, moment: Column[dt.datetime], now: dt.datetime, by: dt.timedelta) -> None:
    rows = connection.execute(select(channel.c.id, moment).where(moment > now)).all()
    for channel_id, until in rows:
        connection.execute(
            update(channel).where(channel.c.id == channel_id).values({moment.name: max(until - by, now)})
        )
