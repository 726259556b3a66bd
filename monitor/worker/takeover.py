"""Makes a database this process's own, before it polls and sends: once, while it holds the daemon's lock.

Comes after the tables are known to be current (`storage.schema`) and before the first claim.
"""

import datetime as dt
from collections.abc import Collection, Sequence

import structlog

from monitor.domain.feeds import FeedSource
from monitor.storage import outbox, polls
from monitor.storage.channels import reopen_channel
from monitor.storage.engine import Database

log = structlog.get_logger()


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
    if voided:
        log.info("leases_voided", count=voided)
