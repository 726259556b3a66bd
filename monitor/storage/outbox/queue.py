"""The way of a message: put in, claimed for one attempt, settled by what the destination answered, or given back."""

import datetime as dt
from collections.abc import Collection, Sequence
from itertools import chain, islice, zip_longest
from typing import assert_never

from sqlalchemy import Connection, RowMapping, and_, bindparam, exists, or_, select, update

from monitor.domain.delivery import Claim, Delivered, GaveUp, Message, Refused, Rendered, Thread, TryAgain, Verdict
from monitor.storage.channels import ensure_channels
from monitor.storage.engine import database_now
from monitor.storage.outbox.rows import UNDELIVERED, AttemptVerdict, MessageState, message_of
from monitor.storage.tables import attempt, channel, message
from monitor.storage.upsert import insert_new_returning

_MAX_ANSWER_CHARACTERS = 500


def enqueue(connection: Connection, messages: Sequence[Message]) -> int:
    """Puts messages in, due at once, and returns how many are new; where a dedup key stands already, nothing changes."""
    if not messages:
        return 0
    ensure_channels(connection, (one.channel_id for one in messages))
    due_at = database_now(connection)
    return len(insert_new_returning(connection, message.c.id, message, [_row(one, due_at) for one in messages]))


def claim(
    connection: Connection,
    *,
    owner: str,
    channels: Collection[str],
    limit: int,
    per_channel: int,
    lease: dt.timedelta,
) -> tuple[Claim, ...]:
    """Leases up to `limit` due messages to `owner` for one attempt each; at most `per_channel` of one channel.

    `owner` must be unique to the process. A channel's messages come in the order of their creation, and none while an
    earlier claim of it is on its way, so that order and rate hold across workers (R11). A message that waits for its
    next attempt lets later ones pass, but for those of its own story: a follow-up never arrives before what it follows.
    Channels take turns, so that a long queue starves nobody (P12). `lease` must outlast `per_channel` sends, one after
    the other, twice over.
    """
    now = database_now(connection)
    queues = [
        _due_in(connection, one, now, min(per_channel, limit)) for one in _lock_open_channels(connection, channels, now)
    ]
    taking_turns = (row for row in chain.from_iterable(zip_longest(*queues)) if row is not None)
    rows = list(islice(taking_turns, limit))
    if rows:
        connection.execute(
            update(message)
            .where(message.c.sequence == bindparam("of"))
            .values(
                state=MessageState.SENDING.value,
                lease_owner=owner,
                leased_until=now + lease,
                attempt=message.c.attempt + 1,
            ),
            [{"of": row["sequence"]} for row in rows],
        )
    rows.sort(key=lambda row: int(row["sequence"]))
    return tuple(_claim_of(connection, row, owner) for row in rows)


def settle(connection: Connection, claimed: Claim, verdict: Verdict, *, next_attempt_in: dt.timedelta | None) -> bool:
    """Writes how an attempt ended. False, and nothing written, where the lease was lost to another sender.

    `next_attempt_in` counts from now, on the database's clock, and is looked at for TryAgain and Refused alone; None
    means that the schedule has ended, and makes the message a dead letter.
    """
    now = database_now(connection)
    receipt = None if isinstance(verdict, GaveUp) else verdict.receipt
    match verdict:
        case Delivered(answer=answer):
            state, kind = MessageState.DELIVERED, AttemptVerdict.DELIVERED
        case GaveUp(reason=answer):
            state, kind = MessageState.DEAD, AttemptVerdict.GAVE_UP
        case TryAgain(reason=answer):
            state, kind = _after_failure(next_attempt_in), AttemptVerdict.TRY_AGAIN
        case Refused(reason=answer):
            state, kind = _after_failure(next_attempt_in), AttemptVerdict.REFUSED
        case _:
            assert_never(verdict)
    changed = connection.execute(
        update(message)
        .where(
            message.c.id == claimed.message.id,
            message.c.state == MessageState.SENDING.value,
            message.c.lease_owner == claimed.owner,
            message.c.attempt == claimed.attempt,
        )
        .values(
            state=state.value,
            next_attempt_at=now + (next_attempt_in or dt.timedelta()),
            lease_owner=None,
            leased_until=None,
            settled_at=None if state is MessageState.PENDING else now,
            receipt=claimed.receipt if receipt is None else receipt,
        )
    )
    if changed.rowcount != 1:
        return False
    connection.execute(
        attempt.insert().values(
            message_id=claimed.message.id,
            attempt=claimed.attempt,
            at=now,
            verdict=kind.value,
            answer=_storable(answer),
        )
    )
    return True


def release(connection: Connection, owner: str) -> int:
    """Gives back what this owner has claimed and not settled, due as before, and returns how many (R5).

    An attempt without an answer is not counted, so that restarts use up no schedule. Call it when the sends have ended.
    """
    return _give_back(connection, owner)


def void_leases(connection: Connection) -> int:
    """Gives back what anybody has claimed, and returns how many.

    For a daemon that has just taken the lock of an SQLite file (R4): whoever held the leases is dead. Never where
    several processes share the work.
    """
    return _give_back(connection, None)


def _lock_open_channels(connection: Connection, channels: Collection[str], now: dt.datetime) -> list[str]:
    """The channels that are neither paused nor broken, and of which nothing is on its way."""
    locked = connection.scalars(
        select(channel.c.id)
        .where(
            channel.c.id.in_(sorted(channels)),
            channel.c.broken_at.is_(None),
            or_(channel.c.paused_until.is_(None), channel.c.paused_until <= now),
            or_(channel.c.free_at.is_(None), channel.c.free_at <= now),
        )
        .order_by(channel.c.id)
        .with_for_update(skip_locked=True)
    ).all()
    # Asked in a statement of its own, after the lock: on PostgreSQL it sees what the lock's last holder has claimed.
    busy = set(
        connection.scalars(
            select(message.c.channel_id).where(
                message.c.state == MessageState.SENDING.value,
                message.c.channel_id.in_(locked),
                message.c.leased_until >= now,
            )
        )
    )
    return [one for one in locked if one not in busy]


def _due_in(connection: Connection, channel_id: str, now: dt.datetime, limit: int) -> list[RowMapping]:
    # Two statements, since the index gives the rows of one state in order: a long queue need not be sorted.
    waiting = and_(message.c.state == MessageState.PENDING.value, message.c.next_attempt_at <= now)
    abandoned = and_(message.c.state == MessageState.SENDING.value, message.c.leased_until < now)
    before = message.alias("before")
    follows = exists(
        select(before.c.sequence).where(
            before.c.story_id == message.c.story_id,
            before.c.channel_id == message.c.channel_id,
            before.c.sequence < message.c.sequence,
            before.c.state.in_(UNDELIVERED),
        )
    )
    due: list[RowMapping] = []
    for wanted in (waiting, abandoned):
        query = select(message).where(message.c.channel_id == channel_id, wanted, ~follows).order_by(message.c.sequence)
        due += connection.execute(query.limit(limit).with_for_update(skip_locked=True)).mappings()
    return sorted(due, key=lambda row: int(row["sequence"]))[:limit]


def _claim_of(connection: Connection, row: RowMapping, owner: str) -> Claim:
    attempt_number = row["attempt"] + 1
    return Claim(
        message=message_of(row),
        owner=owner,
        attempt=attempt_number,
        step=attempt_number - (row["tries_before"] or 0),
        receipt=row["receipt"],
        thread=None if row["story_id"] is None else _thread(connection, row),
    )


def _thread(connection: Connection, row: RowMapping) -> Thread | None:
    """The first message of the same story that the same channel took, where one went before."""
    query = (
        select(message.c.id, message.c.content_type, message.c.body, message.c.receipt)
        .where(
            message.c.story_id == row["story_id"],
            message.c.channel_id == row["channel_id"],
            message.c.sequence < row["sequence"],
            message.c.state == MessageState.DELIVERED.value,
        )
        .order_by(message.c.sequence)
        .limit(1)
    )
    first = connection.execute(query).mappings().one_or_none()
    if first is None:
        return None
    return Thread(
        message_id=first["id"],
        rendered=Rendered(content_type=first["content_type"], body=first["body"]),
        receipt=first["receipt"],
    )


def _storable(answer: str) -> str:
    # A destination answers what it likes; no answer may keep its message from being settled.
    clean = answer[:_MAX_ANSWER_CHARACTERS].replace("\0", "")
    return clean.encode("utf-8", "replace").decode("utf-8")


def _after_failure(next_attempt_in: dt.timedelta | None) -> MessageState:
    return MessageState.DEAD if next_attempt_in is None else MessageState.PENDING


def _give_back(connection: Connection, owner: str | None) -> int:
    statement = update(message).where(message.c.state == MessageState.SENDING.value)
    if owner is not None:
        statement = statement.where(message.c.lease_owner == owner)
    return connection.execute(
        statement.values(
            state=MessageState.PENDING.value, attempt=message.c.attempt - 1, lease_owner=None, leased_until=None
        )
    ).rowcount


def _row(one: Message, due_at: dt.datetime) -> dict[str, object]:
    return {
        "id": one.id,
        "dedup_key": one.dedup_key,
        "channel_id": one.channel_id,
        "kind": one.kind.value,
        "content_type": one.rendered.content_type,
        "body": one.rendered.body,
        "created_at": one.created_at,
        "story_id": one.story_id,
        "watches": list(one.watches),
        "state": MessageState.PENDING.value,
        "next_attempt_at": max(due_at, one.not_before) if one.not_before else due_at,
        "attempt": 0,
        "title": one.title,
        "event_id": one.event_id,
    }
