"""What an operator does about messages: look through them, have them sent again, drop them.

A message that is sent again keeps its id and its bytes, and starts a new schedule; its former attempts stay. Used by
`relmon deliveries`, in short transactions beside a daemon that runs.
"""

import datetime as dt
from collections.abc import Collection, Sequence

from sqlalchemy import Connection, select, update

from monitor.storage.engine import database_now
from monitor.storage.outbox.rows import AttemptVerdict, MessageState, StoredMessage, message_of
from monitor.storage.tables import attempt, message
from monitor.storage.upsert import chunks


def messages(
    connection: Connection,
    *,
    limit: int | None = None,
    channel_id: str | None = None,
    states: Collection[MessageState] = (),
    since: dt.datetime | None = None,
    id_prefix: str = "",
    keys: Collection[str] = (),
    story_id: str | None = None,
) -> tuple[StoredMessage, ...]:
    """The messages that fit all that is asked for, the latest first. No `states` are all of them; `keys` are dedup keys."""
    answer = (
        select(attempt.c.answer)
        .where(attempt.c.message_id == message.c.id, attempt.c.attempt == message.c.attempt)
        .scalar_subquery()
    )
    query = select(message, answer.label("answer")).order_by(message.c.sequence.desc())
    if channel_id is not None:
        query = query.where(message.c.channel_id == channel_id)
    if states:
        query = query.where(message.c.state.in_([state.value for state in states]))
    if since is not None:
        query = query.where(message.c.created_at >= since)
    if story_id is not None:
        query = query.where(message.c.story_id == story_id)
    if keys:
        query = query.where(message.c.dedup_key.in_(sorted(keys)))
    if id_prefix:
        query = query.where(message.c.id.startswith(id_prefix, autoescape=True))
    return tuple(
        StoredMessage(
            message=message_of(row),
            state=MessageState(row["state"]),
            attempt=row["attempt"],
            next_attempt_at=row["next_attempt_at"],
            settled_at=row["settled_at"],
            remark=row["remark"],
            answer=row["answer"],
        )
        for row in connection.execute(query.limit(limit)).mappings()
    )


def send_again(connection: Connection, message_ids: Sequence[str]) -> int:
    """Makes messages due now, with a new schedule; how many. What is on its way or delivered stays as it is."""
    return _change(
        connection,
        message_ids,
        (MessageState.DEAD, MessageState.DROPPED, MessageState.PENDING),
        {
            "state": MessageState.PENDING.value,
            "next_attempt_at": database_now(connection),
            "tries_before": message.c.attempt,
            "settled_at": None,
            "remark": None,
        },
    )


def drop(connection: Connection, message_ids: Sequence[str], remark: str) -> int:
    """Lets messages be, for the reason in `remark`; how many. What is on its way or delivered stays as it is."""
    return _change(
        connection,
        message_ids,
        (MessageState.DEAD, MessageState.PENDING),
        {"state": MessageState.DROPPED.value, "settled_at": database_now(connection), "remark": remark},
    )


def hasten(connection: Connection, channel_id: str) -> int:
    """Makes due now what waits for a destination that was in trouble and answers again; how many.

    What the destination has refused keeps its time: that was no matter of trouble.
    """
    in_trouble = select(attempt.c.message_id).where(
        attempt.c.message_id == message.c.id,
        attempt.c.attempt == message.c.attempt,
        attempt.c.verdict == AttemptVerdict.TRY_AGAIN.value,
    )
    now = database_now(connection)
    return connection.execute(
        update(message)
        .where(
            message.c.channel_id == channel_id,
            message.c.state == MessageState.PENDING.value,
            message.c.next_attempt_at > now,
            in_trouble.exists(),
        )
        .values(next_attempt_at=now)
    ).rowcount


def _change(
    connection: Connection, message_ids: Sequence[str], states: Collection[MessageState], values: dict[str, object]
) -> int:
    changed = 0
    for part in chunks(message_ids):
        changed += connection.execute(
            update(message)
            .where(message.c.id.in_(part), message.c.state.in_([state.value for state in states]))
            .values(values)
        ).rowcount
    return changed
