"""Makes a database follow a configuration: at the start, while the daemon's lock is held, and when another is taken up.

Comes after the tables are known to be current (`storage.schema`) and before the first claim by that configuration.
"""

import datetime as dt
from collections.abc import Collection, Sequence

import structlog

from monitor.domain.feeds import FeedSource
from monitor.storage import outbox, polls, set_clock
from monitor.storage.channels import reopen_channel
from monitor.storage.engine import Database
from monitor.worker.clock import call_back

log = structlog.get_logger()

# Machines that share a database differ by less; what waits for no longer than this needs no help.
_SKEW = dt.timedelta(minutes=1)


def take_over(database: Database, *, feeds: Sequence[FeedSource], channels: Collection[str], now: dt.datetime) -> None:
    """Stores which feeds are configured, ends the leases of a dead predecessor (R4), and tries all channels again.

    A restart is how an operator says that a broken destination is mended; where it is not, it breaks again and is
    reported again.

    Raises:
        DatabaseUnavailable: the database can't be written.
    """
    with database.write() as connection:
        polls.sync_feeds(connection, feeds, now)
        # Where several daemons share the work, whoever holds a lease may well be alive: leases end by themselves there.
        voided = 0 if database.is_shared else polls.void_leases(connection) + outbox.void_leases(connection)
        for channel_id in channels:
            reopen_channel(connection, channel_id)
        ahead = set_clock.ahead(connection, now)
    if ahead >= _SKEW:
        log.warning("clock_was_set_back", by_s=round(ahead.total_seconds()))
        call_back(database, now, ahead)
    if voided:
        log.info("leases_voided", count=voided)


def change_over(
    database: Database, *, feeds: Sequence[FeedSource], reopened: Collection[str], now: dt.datetime
) -> None:
    """Stores which feeds are configured from now on, and tries these channels again, whatever was their trouble.

    Leases stand: what they are for is still under way.

    Raises:
        DatabaseUnavailable: nothing has changed.
    """
    with database.write() as connection:
        polls.sync_feeds(connection, feeds, now)
        for channel_id in sorted(reopened):
            reopen_channel(connection, channel_id)
