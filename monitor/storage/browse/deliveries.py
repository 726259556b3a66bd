"""What went where, for people who look: a page of messages, one message with its answers, and how the channels do.

Bodies are not read: a page of them would be a megabyte, and what stands in them is for their readers. Lists are walks in an
index with an end (the next page), and counts are of what is not delivered: neither grows with the archive.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, RowMapping, func, select

from monitor.domain.browsing import Cursor, Page
from monitor.domain.delivery import MessageKind
from monitor.storage.browse import places
from monitor.storage.channels import ChannelState, channel_states
from monitor.storage.outbox.rows import MessageState
from monitor.storage.tables import attempt, message
from monitor.storage.vitals import WATCHED


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageFilter:
    """Which messages are asked for; what is None narrows nothing."""

    channel_id: str | None = None
    state: MessageState | None = None
    kind: MessageKind | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedMessage:
    """A message without its body. `answer` is the last thing that its destination said, `remark` why it was dropped."""

    id: str
    channel_id: str
    kind: MessageKind
    title: str
    created_at: dt.datetime
    story_id: str | None
    watches: tuple[str, ...]
    state: MessageState
    attempts: int
    next_attempt_at: dt.datetime
    settled_at: dt.datetime | None
    remark: str | None
    answer: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedChannel:
    """A channel with what waits for it and what it never took.

    `oldest_at` is when the oldest message that waits was made, `delivered_at` when the last one was taken.
    """

    state: ChannelState
    waiting: int
    dead: int
    oldest_at: dt.datetime | None
    delivered_at: dt.datetime | None


_COLUMNS = (
    message.c.sequence,
    message.c.id,
    message.c.channel_id,
    message.c.kind,
    message.c.title,
    message.c.created_at,
    message.c.story_id,
    message.c.watches,
    message.c.state,
    message.c.attempt,
    message.c.next_attempt_at,
    message.c.settled_at,
    message.c.remark,
    select(attempt.c.answer)
    .where(attempt.c.message_id == message.c.id, attempt.c.attempt == message.c.attempt)
    .scalar_subquery()
    .label("answer"),
)


def list_messages(
    connection: Connection, wanted: MessageFilter, *, limit: int, after: Cursor | None = None
) -> Page[ListedMessage]:
    """Up to `limit` messages, the latest first.

    Raises:
        ValueError: the cursor is none of this list.
    """
    query = select(*_COLUMNS).where(*_fits(wanted)).order_by(message.c.sequence.desc()).limit(limit + 1)
    if after is not None:
        (sequence,) = after.after
        query = query.where(message.c.sequence < places.number(sequence))
    found = connection.execute(query).mappings().all()
    shown = found[:limit]
    return Page(
        rows=tuple(map(_listed, shown)),
        next=places.behind(shown[-1]["sequence"]) if len(found) > limit else None,
    )


def one_message(connection: Connection, message_id: str) -> ListedMessage | None:
    """The message with this id."""
    row = connection.execute(select(*_COLUMNS).where(message.c.id == message_id)).mappings().one_or_none()
    return None if row is None else _listed(row)


def list_channels(connection: Connection, configured: Collection[str]) -> tuple[ListedChannel, ...]:
    """The configured channels, and others for which something waits or that left dead letters, ordered by id."""
    known = {state.channel_id: state for state in channel_states(connection)}
    counted, oldest = _undelivered(connection)
    nothing = dict.fromkeys(WATCHED, 0)
    return tuple(
        ListedChannel(
            state=known.get(one) or _untouched(one),
            waiting=counts[MessageState.PENDING] + counts[MessageState.SENDING],
            dead=counts[MessageState.DEAD],
            oldest_at=oldest.get(one),
            delivered_at=_last_delivered(connection, one) if one in known else None,
        )
        for one in sorted({*configured, *counted})
        for counts in [counted.get(one, nothing)]
    )


def _undelivered(
    connection: Connection,
) -> tuple[Mapping[str, Mapping[MessageState, int]], Mapping[str, dt.datetime]]:
    """How many messages of each channel stand in each state that needs a look, and since when the oldest waits."""
    query = (
        select(message.c.channel_id, message.c.state, func.count(), func.min(message.c.created_at))
        .where(message.c.state.in_([state.value for state in WATCHED]))
        .group_by(message.c.channel_id, message.c.state)
    )
    counted: dict[str, dict[MessageState, int]] = defaultdict(lambda: dict.fromkeys(WATCHED, 0))
    oldest: dict[str, dt.datetime] = {}
    for channel_id, name, count, since in connection.execute(query):
        state = MessageState(name)
        counted[channel_id][state] = count
        if state is not MessageState.DEAD:
            oldest[channel_id] = min(since, oldest.get(channel_id, since))
    return counted, oldest


def _last_delivered(connection: Connection, channel_id: str) -> dt.datetime | None:
    # The last in the order of creation: the end of a range in the index, where the last settled one would be a search.
    query = (
        select(message.c.settled_at)
        .where(message.c.state == MessageState.DELIVERED.value, message.c.channel_id == channel_id)
        .order_by(message.c.sequence.desc())
        .limit(1)
    )
    settled_at: dt.datetime | None = connection.scalars(query).one_or_none()
    return settled_at


def _untouched(channel_id: str) -> ChannelState:
    """A channel without a row: it was never written to."""
    return ChannelState(channel_id=channel_id, paused_until=None, broken_at=None, broken_reason=None)


def _fits(wanted: MessageFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.channel_id is not None:
        conditions.append(message.c.channel_id == wanted.channel_id)
    if wanted.kind is not None:
        conditions.append(message.c.kind == wanted.kind.value)
    if wanted.state is MessageState.DELIVERED and wanted.channel_id is None:
        # Nearly all are: said so, the latest are found from the end, in place of all being sorted.
        others = [state.value for state in MessageState if state is not MessageState.DELIVERED]
        conditions.append(message.c.state.not_in(others))
    elif wanted.state is not None:
        conditions.append(message.c.state == wanted.state.value)
    return conditions


def _listed(row: RowMapping) -> ListedMessage:
    return ListedMessage(
        id=row["id"],
        channel_id=row["channel_id"],
        kind=MessageKind(row["kind"]),
        title=row["title"] or "",
        created_at=row["created_at"],
        story_id=row["story_id"],
        watches=tuple(row["watches"]),
        state=MessageState(row["state"]),
        attempts=row["attempt"],
        next_attempt_at=row["next_attempt_at"],
        settled_at=row["settled_at"],
        remark=row["remark"],
        answer=row["answer"],
    )
