"""What is known of the destinations: paused at their own wish (P10), or broken (P11).

Which answer means what is judged in delivery/. Comes between two claims of outbox/: nothing is claimed for a channel
that is paused or broken.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, select, update

from monitor.storage.engine import database_now
from monitor.storage.tables import channel
from monitor.storage.upsert import insert_new


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelState:
    """A channel that was written to, or paused or broken. `paused_until` may lie in the past.

    `failures` counts the attempts in a row that brought no answer, or that of a server in trouble.
    """

    channel_id: str
    paused_until: dt.datetime | None
    broken_at: dt.datetime | None
    broken_reason: str | None
    failures: int = 0


def ensure_channels(connection: Connection, channel_ids: Iterable[str]) -> None:
    """Makes a row for each channel that has none, so that messages can name it and claims can lock it."""
    insert_new(connection, channel, [{"id": channel_id} for channel_id in sorted(set(channel_ids))])


def take_turns(connection: Connection, channel_ids: Iterable[str]) -> None:
    """Makes this transaction the only one that counts what goes to these channels, to its end.

    Who only adds a message doesn't wait. On SQLite the one writer is alone anyway.
    """
    names = sorted(set(channel_ids))
    ensure_channels(connection, names)
    in_order = select(channel.c.id).where(channel.c.id.in_(names)).order_by(channel.c.id)
    connection.execute(in_order.with_for_update(key_share=True)).all()


def pause_channel(connection: Connection, channel_id: str, pause: dt.timedelta) -> dt.datetime:
    """Sends nothing to this channel for a while, and returns until when; a longer pause that stands is kept."""
    before = _locked(connection, channel_id)["paused_until"]
    asked = database_now(connection) + pause
    until = asked if before is None else max(before, asked)
    connection.execute(update(channel).where(channel.c.id == channel_id).values(paused_until=until))
    return until


def break_channel(connection: Connection, channel_id: str, reason: str) -> bool:
    """Sends nothing to this channel until it is reopened; True where it was not broken before: report it once."""
    if _locked(connection, channel_id)["broken_at"] is not None:
        return False
    broken = {"broken_at": database_now(connection), "broken_reason": reason}
    connection.execute(update(channel).where(channel.c.id == channel_id).values(broken))
    return True


def reopen_channel(connection: Connection, channel_id: str) -> bool:
    """Ends pause and breakage; what waited is due as before. True where the channel was broken."""
    was_broken = _locked(connection, channel_id)["broken_at"] is not None
    connection.execute(
        update(channel)
        .where(channel.c.id == channel_id)
        .values(paused_until=None, broken_at=None, broken_reason=None, failures=None)
    )
    return was_broken


def keep_pace(connection: Connection, channel_id: str, spacing: dt.timedelta) -> None:
    """Lets no worker send to this channel before `spacing` has passed from now (R11)."""
    free_at = database_now(connection) + spacing
    connection.execute(update(channel).where(channel.c.id == channel_id).values(free_at=free_at))


def count_failure(connection: Connection, channel_id: str) -> int:
    """One more attempt without a usable answer; how many there were in a row."""
    failures = int(_locked(connection, channel_id)["failures"] or 0) + 1
    connection.execute(update(channel).where(channel.c.id == channel_id).values(failures=failures))
    return failures


def forget_failures(connection: Connection, channel_id: str) -> int:
    """The destination has answered: the row of failures ends. How many there were."""
    failures = int(_locked(connection, channel_id)["failures"] or 0)
    if failures:
        connection.execute(update(channel).where(channel.c.id == channel_id).values(failures=None))
    return failures


def channel_states(connection: Connection) -> tuple[ChannelState, ...]:
    """All channels known to the database, ordered by id, those that left the configuration among them."""
    rows = connection.execute(select(channel).order_by(channel.c.id)).mappings()
    return tuple(
        ChannelState(
            channel_id=row["id"],
            paused_until=row["paused_until"],
            broken_at=row["broken_at"],
            broken_reason=row["broken_reason"],
            failures=row["failures"] or 0,
        )
        for row in rows
    )


def _locked(connection: Connection, channel_id: str) -> RowMapping:
    ensure_channels(connection, [channel_id])
    return connection.execute(select(channel).where(channel.c.id == channel_id).with_for_update()).mappings().one()
