"""Sets the gauges that describe the database, from one look at it (storage/vitals.py). Comes at the daemon's own tick."""

import datetime as dt
from collections.abc import Collection

from monitor import metrics
from monitor.domain.errors import DatabaseError
from monitor.storage.engine import Database
from monitor.storage.vitals import Vitals, vitals


def measure(database: Database, *, channels: Collection[str], paused: Collection[str] = (), now: dt.datetime) -> Vitals:
    """Looks, and sets the gauges. It reads the database, so it belongs into a thread.

    Raises:
        DatabaseUnavailable: the gauges stay as they were, but for the one that says so.
    """
    try:
        with database.read() as connection:
            found = vitals(connection, channels=channels, now=now, paused=paused)
    except DatabaseError:
        metrics.DATABASE_UP.set(0)
        raise
    metrics.DATABASE_UP.set(1)
    metrics.DATABASE_BYTES.set(found.size_bytes)
    for health, count in found.feeds.items():
        metrics.FEEDS.labels(health=health.value).set(count)
    metrics.FEEDS_OVERDUE.set(found.overdue)
    metrics.LONGEST_OVERDUE_SECONDS.set(found.longest_overdue.total_seconds())
    for state, count in found.messages.items():
        metrics.OUTBOX.labels(state=state.value).set(count)
    metrics.OLDEST_UNDELIVERED_SECONDS.set(found.oldest_due.total_seconds() if found.oldest_due else 0)
    for channel, count in found.channels.items():
        metrics.CHANNELS.labels(state=channel.value).set(count)
    return found
