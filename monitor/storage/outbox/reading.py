"""Looks into the outbox, and changes nothing: for metrics, `relmon status` and whoever explains a delivery."""

import datetime as dt
from collections.abc import Collection

from sqlalchemy import Connection, case, func, select

from monitor.domain.delivery import Message
from monitor.storage.engine import database_now
from monitor.storage.outbox.rows import UNDELIVERED, Attempt, AttemptVerdict, MessageState, message_of
from monitor.storage.tables import attempt, channel, message


def counts(connection: Connection) -> dict[MessageState, int]:
    """How many messages stand in each state; every state is a key."""
    rows = connection.execute(select(message.c.state, func.count()).group_by(message.c.state)).all()
    counted = {MessageState(row[0]): row[1] for row in rows}
    return {state: counted.get(state, 0) for state in MessageState}


def counts_by_channel(connection: Connection) -> dict[str, dict[MessageState, int]]:
    """How many messages of each channel stand in each state; what counts nothing is left out."""
    counted: dict[str, dict[MessageState, int]] = {}
    query = select(message.c.channel_id, message.c.state, func.count()).group_by(message.c.channel_id, message.c.state)
    for channel_id, state, number in connection.execute(query):
        counted.setdefault(channel_id, {})[MessageState(state)] = number
    return counted


def oldest_undelivered_age(connection: Connection) -> dt.timedelta | None:
    """How long the oldest message that is pending or sending has waited; None where there is none."""
    oldest: dt.datetime | None = connection.execute(
        select(func.min(message.c.created_at)).where(message.c.state.in_(UNDELIVERED))
    ).scalar_one()
    if oldest is None:
        return None
    return max(database_now(connection) - oldest, dt.timedelta())


def next_attempt_at(connection: Connection, channels: Collection[str]) -> dt.datetime | None:
    """When the next pending message of these channels is due, pauses and broken ones looked at; None for never."""
    due = case(
        (channel.c.paused_until > message.c.next_attempt_at, channel.c.paused_until), else_=message.c.next_attempt_at
    )
    query = (
        select(func.min(due))
        .join(channel, channel.c.id == message.c.channel_id)
        .where(
            message.c.state == MessageState.PENDING.value,
            message.c.channel_id.in_(sorted(channels)),
            channel.c.broken_at.is_(None),
        )
    )
    at: dt.datetime | None = connection.execute(query).scalar_one()
    return at


def enqueued_behind(connection: Connection, sequence: int) -> tuple[tuple[int, Message], ...]:
    """The messages that were put in behind the one with this sequence, each with its own, in their order."""
    query = select(message).where(message.c.sequence > sequence).order_by(message.c.sequence)
    return tuple((row["sequence"], message_of(row)) for row in connection.execute(query).mappings())


def find_message(connection: Connection, message_id: str) -> Message | None:
    """The message with this id."""
    row = connection.execute(select(message).where(message.c.id == message_id)).mappings().one_or_none()
    return None if row is None else message_of(row)


def attempts_of(connection: Connection, message_id: str) -> tuple[Attempt, ...]:
    """The answers to all attempts to send this message, in order."""
    query = select(attempt).where(attempt.c.message_id == message_id).order_by(attempt.c.attempt)
    return tuple(
        Attempt(number=row["attempt"], at=row["at"], verdict=AttemptVerdict(row["verdict"]), answer=row["answer"])
        for row in connection.execute(query).mappings()
    )
