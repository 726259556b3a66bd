"""The daemons that share a database: who is there, what each does, and whose leases are void.

Only where several may work at once (PostgreSQL). A daemon shows itself every few seconds by the database's clock; one that
has not for a while is taken for dead, and what it had claimed is free again: fences in polls.py and the outbox keep it
from writing, should it come back. worker/presence.py calls this.
"""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Connection, delete, inspect, select, update

from monitor.storage.engine import database_now
from monitor.storage.outbox.queue import release as release_messages
from monitor.storage.tables import feed, host_turn, worker
from monitor.storage.upsert import insert_new, upsert

_TURNS_KEPT = dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """A daemon. `owner` is the name on its leases, `configuration` the mark of what it follows since `configured_at`."""

    owner: str
    duties: tuple[str, ...]
    configuration: str
    version: str
    configured_at: dt.datetime


def show(connection: Connection, presence: Presence) -> None:
    """Says that a daemon is there, as of now."""
    row = {
        "owner": presence.owner,
        "duties": list(presence.duties),
        "configuration": presence.configuration,
        "version": presence.version,
        "configured_at": presence.configured_at,
        "seen_at": database_now(connection),
    }
    upsert(connection, worker, [row])


def leave(connection: Connection, owner: str) -> None:
    """Takes a daemon off the list, in good order."""
    connection.execute(delete(worker).where(worker.c.owner == owner))


def present(connection: Connection) -> tuple[Presence, ...]:
    """Who is on the list; last whoever took up its configuration last."""
    rows = connection.execute(select(worker).order_by(worker.c.configured_at, worker.c.owner)).mappings()
    return tuple(
        Presence(
            owner=row["owner"],
            duties=tuple(row["duties"]),
            configuration=row["configuration"],
            version=row["version"],
            configured_at=row["configured_at"],
        )
        for row in rows
    )


def seen_within(connection: Connection, lately: dt.timedelta) -> tuple[str, ...]:
    """The names of those who have shown themselves lately; nobody where the tables are too old to tell."""
    if not inspect(connection).has_table(worker.name):
        return ()
    since = database_now(connection) - lately
    return tuple(connection.scalars(select(worker.c.owner).where(worker.c.seen_at >= since).order_by(worker.c.owner)))


def bury(connection: Connection, unseen_for: dt.timedelta) -> tuple[str, ...]:
    """Takes those off the list who have not shown themselves for so long, and ends their leases; returns their names.

    Of several that call it at once, one finds each dead.
    """
    oldest = database_now(connection) - unseen_for
    lost = select(worker.c.owner).where(worker.c.seen_at < oldest).order_by(worker.c.owner)
    dead = tuple(connection.scalars(lost.with_for_update(skip_locked=True)))
    for owner in dead:
        connection.execute(update(feed).where(feed.c.lease_owner == owner).values(lease_owner=None, leased_until=None))
        release_messages(connection, owner)
        leave(connection, owner)
    return dead


def take_turn(connection: Connection, host: str, spacing: dt.timedelta) -> dt.timedelta:
    """Books the next request to a host (R11), and says how long from now it is to wait: nobody else gets that turn."""
    now = database_now(connection)
    insert_new(connection, host_turn, [{"host": host, "next_at": now}])
    next_at: dt.datetime = connection.execute(
        select(host_turn.c.next_at).where(host_turn.c.host == host).with_for_update()
    ).scalar_one()
    turn = max(now, next_at)
    connection.execute(update(host_turn).where(host_turn.c.host == host).values(next_at=turn + spacing))
    return turn - now


def forget_turns(connection: Connection) -> None:
    """Lets go of hosts that nobody has asked for a while."""
    connection.execute(delete(host_turn).where(host_turn.c.next_at < database_now(connection) - _TURNS_KEPT))
