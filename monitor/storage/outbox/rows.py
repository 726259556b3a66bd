"""What a row of the outbox says: its states, and the message in it. Shared by the queue and its readers."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import RowMapping

from monitor.domain.delivery import Message, MessageKind, Rendered


class MessageState(StrEnum):
    """Where a message stands."""

    PENDING = "pending"
    SENDING = "sending"
    DELIVERED = "delivered"
    DEAD = "dead"
    """A dead letter: no further attempt; visible, counted, and sent again when an operator says so."""
    DROPPED = "dropped"
    """An operator decided that it is not to be sent; its remark says why."""


UNDELIVERED = (MessageState.PENDING.value, MessageState.SENDING.value)
"""The states in which a message still is to go out."""


class AttemptVerdict(StrEnum):
    """How an attempt ended."""

    DELIVERED = "delivered"
    TRY_AGAIN = "try again"
    REFUSED = "refused"
    GAVE_UP = "gave up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What a destination answered to one attempt, cut to 500 characters."""

    number: int
    at: dt.datetime
    verdict: AttemptVerdict
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredMessage:
    """A message with where it stands. `answer` is the last thing that the destination said."""

    message: Message
    state: MessageState
    attempt: int
    next_attempt_at: dt.datetime
    settled_at: dt.datetime | None
    remark: str | None
    answer: str | None


def message_of(row: RowMapping) -> Message:
    """The message in a row that selects all columns of `message`."""
    return Message(
        id=row["id"],
        dedup_key=row["dedup_key"],
        channel_id=row["channel_id"],
        kind=MessageKind(row["kind"]),
        rendered=Rendered(content_type=row["content_type"], body=row["body"]),
        created_at=row["created_at"],
        story_id=row["story_id"],
        watches=tuple(row["watches"]),
        title=row["title"] or "",
        event_id=row["event_id"],
    )
