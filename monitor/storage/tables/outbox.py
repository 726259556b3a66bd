"""Messages on their way to channels, what destinations answered, and what people said of them."""

import datetime as dt

from sqlalchemy import JSON, Index
from sqlmodel import Field

from monitor.storage.columns import Sequence, UtcDateTime
from monitor.storage.tables.base import METADATA, Row


class ChannelRow(Row, table=True):
    """What is known of a destination: paused, broken, how often it failed in a row, when its pace allows the next send."""

    __tablename__ = "channel"

    id: str = Field(primary_key=True)
    paused_until: dt.datetime | None = Field(sa_type=UtcDateTime)
    broken_at: dt.datetime | None = Field(sa_type=UtcDateTime)
    broken_reason: str | None
    failures: int | None
    free_at: dt.datetime | None = Field(sa_type=UtcDateTime)


class MessageRow(Row, table=True):
    """The outbox. `sequence` is the order of creation, which a channel's messages keep.

    `tries_before` counts the attempts that were made before an operator had it sent again; `receipt` is the channel's
    own note (domain.delivery.Delivered); `remark` says why a message was dropped. `event_id` is the report that an alert
    tells of.
    """

    __tablename__ = "message"
    __table_args__ = (
        Index(None, "state", "channel_id", "sequence"),
        Index(None, "story_id"),
        Index(None, "channel_id", "created_at"),
        Index(None, "channel_id", "sequence"),
        Index(None, "kind", "sequence"),
    )

    sequence: int = Field(primary_key=True, sa_type=Sequence)
    id: str = Field(unique=True)
    dedup_key: str = Field(unique=True)
    channel_id: str = Field(foreign_key="channel.id")
    kind: str
    content_type: str
    body: bytes
    created_at: dt.datetime = Field(sa_type=UtcDateTime)
    story_id: str | None = Field(foreign_key="story.id")
    watches: list[str] = Field(sa_type=JSON)
    state: str
    next_attempt_at: dt.datetime = Field(sa_type=UtcDateTime)
    attempt: int
    lease_owner: str | None
    leased_until: dt.datetime | None = Field(sa_type=UtcDateTime)
    settled_at: dt.datetime | None = Field(sa_type=UtcDateTime)
    title: str | None
    tries_before: int | None
    receipt: str | None
    remark: str | None
    event_id: str | None


class AttemptRow(Row, table=True):
    """What a destination answered to one attempt."""

    __tablename__ = "attempt"

    message_id: str = Field(primary_key=True, foreign_key="message.id")
    attempt: int = Field(primary_key=True)
    at: dt.datetime = Field(sa_type=UtcDateTime)
    verdict: str
    answer: str


class FeedbackRow(Row, table=True):
    """What a person said of an alert; `fault` is a domain.feedback.Fault."""

    __tablename__ = "feedback"

    message_id: str = Field(primary_key=True, foreign_key="message.id")
    fault: str
    note: str
    at: dt.datetime = Field(sa_type=UtcDateTime)


channel = METADATA.tables["channel"]
message = METADATA.tables["message"]
attempt = METADATA.tables["attempt"]
feedback = METADATA.tables["feedback"]
