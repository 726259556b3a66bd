"""All tables, as SQLModel classes, and their Core tables for the statements of this package.

The classes stay inside storage: table models don't validate, so no value travels in one. Hot statements use the Core
tables at the end of this module. A change here needs a migration; a test compares the two.
"""

import datetime as dt
from typing import Any, ClassVar

from sqlalchemy import JSON, BigInteger, Index, MetaData, Table, text
from sqlmodel import Field, SQLModel

from monitor.storage.columns import NextNumber, Sequence, SomeJson, UtcDateTime

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_TAKEN_BACK = text("retracted_at IS NOT NULL")


class _Row(SQLModel):
    metadata = METADATA


def _counted(table: str) -> Any:
    """A column that numbers the rows as they come; see NextNumber."""
    return Field(sa_type=BigInteger, sa_column_kwargs={"default": NextNumber(table)})


class FeedRow(_Row, table=True):
    """A feed: what is remembered between two polls, and who polls it now.

    A feed that left the configuration stays, inactive, for the sake of its items. `lease_token` counts the claims: a
    poller whose token is no longer the row's has lost its lease. What is learned of its ways (`rhythm_seconds` and the
    like) is explained at domain.feeds.FeedState.
    """

    __tablename__ = "feed"
    __table_args__ = (Index(None, "active", "next_poll_at"),)

    id: str = Field(primary_key=True)
    url: str
    title: str
    poll_every_seconds: float
    active: bool
    etag: str | None
    last_modified: str | None
    body_digest: bytes | None
    first_polled_at: dt.datetime | None = Field(sa_type=UtcDateTime)
    last_polled_at: dt.datetime | None = Field(sa_type=UtcDateTime)
    last_ok_at: dt.datetime | None = Field(sa_type=UtcDateTime)
    next_poll_at: dt.datetime = Field(sa_type=UtcDateTime)
    failures: int
    failing_since: dt.datetime | None = Field(sa_type=UtcDateTime)
    failure: str | None
    last_error: str | None
    baseline_done: bool
    ttl_seconds: float | None
    skip_hours: list[int] | None = Field(sa_type=JSON)
    skip_days: list[int] | None = Field(sa_type=JSON)
    rhythm_seconds: float | None
    newest_at: dt.datetime | None = Field(sa_type=UtcDateTime)
    entries: int | None
    empty_since: dt.datetime | None = Field(sa_type=UtcDateTime)
    moved_to: str | None
    moved_since: dt.datetime | None = Field(sa_type=UtcDateTime)
    told: str | None
    told_at: dt.datetime | None = Field(sa_type=UtcDateTime)
    lease_owner: str | None
    lease_token: int
    leased_until: dt.datetime | None = Field(sa_type=UtcDateTime)


class SeenKeyRow(_Row, table=True):
    """The key of every entry ever seen: 16 bytes that outlive the item (P3), and the digest that shows an edit."""

    __tablename__ = "seen_key"
    # The key is the table: no second tree beside it.
    __table_args__: ClassVar[dict[str, Any]] = {"sqlite_with_rowid": False}

    key: bytes = Field(primary_key=True)
    feed_id: str = Field(foreign_key="feed.id")
    digest: bytes
    first_seen_at: dt.datetime = Field(sa_type=UtcDateTime)


class SeenNameRow(_Row, table=True):
    """A further name (16 bytes) by which an entry is known: its link where its guid is the key, and its title."""

    __tablename__ = "seen_name"
    __table_args__: ClassVar[dict[str, Any]] = {"sqlite_with_rowid": False}

    name: bytes = Field(primary_key=True)
    key: bytes = Field(foreign_key="seen_key.key")


class FeedMemoryRow(_Row, table=True):
    """What is remembered of a feed's documents, apart from the feed: it is read only where a new document came."""

    __tablename__ = "feed_memory"

    feed_id: str = Field(primary_key=True, foreign_key="feed.id")
    segments: bytes
    habits: dict[str, Any] = Field(sa_type=JSON)


class ItemRow(_Row, table=True):
    """The content of an entry, which retention may remove. `ending` is the part of the title that isn't classified.

    `number` counts the items as they came; the index of words (fulltext.py) knows them by it.
    """

    __tablename__ = "item"
    __table_args__ = (Index(None, "seen_at"), Index(None, "feed_id", "seen_at"), Index(None, "number", unique=True))

    key: bytes = Field(primary_key=True, foreign_key="seen_key.key")
    feed_id: str = Field(foreign_key="feed.id")
    guid: str | None
    link: str | None
    title: str
    ending: str | None
    summary: str
    outlet: str
    language: str | None
    published_at: dt.datetime = Field(sa_type=UtcDateTime)
    seen_at: dt.datetime = Field(sa_type=UtcDateTime)
    sample: bool
    number: int | None = _counted("item")


class RelationRow(_Row, table=True):
    """One row for each pair, locked by whoever gathers its stories (PostgreSQL; SQLite has one writer anyway)."""

    __tablename__ = "relation"

    name: str = Field(primary_key=True)


class StoryRow(_Row, table=True):
    """A story, written whole at every change.

    `reached` names the stages it has been through, `lately` is [[publisher, time], ...] (domain.stories.Voice),
    `adjustments` is [[ground, step], ...] (domain.severity.Adjustment), and `number` as an item's.
    """

    __tablename__ = "story"
    __table_args__ = (
        Index(None, "relation", "last_report_at"),
        Index(None, "source", "last_report_at"),
        Index(None, "target", "last_report_at"),
        Index(None, "last_report_at"),
        Index(None, "status", "date_last"),
        Index(None, "opened_at"),
        Index(None, "severity", "last_report_at"),
        # Of the few that were: with the others in it, SQLite would take it for the way to all that stand.
        Index(None, "retracted_at", sqlite_where=_TAKEN_BACK, postgresql_where=_TAKEN_BACK),
        Index(None, "number", unique=True),
    )

    id: str = Field(primary_key=True)
    relation: str
    type: str
    source: str | None
    target: str | None
    object: str | None
    status: str
    date_first: dt.date | None
    date_last: dt.date | None
    date_precision: str | None
    severity: str
    opened_at: dt.datetime = Field(sa_type=UtcDateTime)
    last_report_at: dt.datetime = Field(sa_type=UtcDateTime)
    publishers: list[str] = Field(sa_type=JSON)
    headline: str
    sample: bool
    happened_at: dt.datetime | None = Field(sa_type=UtcDateTime)
    reached: list[str] | None = Field(sa_type=SomeJson)
    lately: list[list[str]] | None = Field(sa_type=JSON)
    retracted_at: dt.datetime | None = Field(sa_type=UtcDateTime)
    merged_into: str | None
    type_severity: str | None
    adjustments: list[list[str | int]] | None = Field(sa_type=SomeJson)
    official: bool | None
    opposition: list[str] | None = Field(sa_type=SomeJson)
    put_right_at: dt.datetime | None = Field(sa_type=UtcDateTime)
    number: int | None = _counted("story")


class EventRow(_Row, table=True):
    """A relation event, with the item it was read in and the story it reports.

    `seen_at` is when the item was seen, or the edit that the event was read in; it finds the latest events. `step` is what
    the report did to its story and `stage` where that took it (storage.events.ArchivedEvent), `withdrawn_at` when it ceased
    to stand, and `withdrawn_by` why (domain.stories.Withdrawal; rows of an earlier version: its publisher).
    """

    __tablename__ = "event"
    __table_args__ = (
        Index(None, "item_key"),
        Index(None, "story_id"),
        Index(None, "seen_at"),
        Index(None, "type", "seen_at"),
        Index(None, "source_code", "seen_at"),
        Index(None, "target_code", "seen_at"),
        Index(None, "source_code", "target_code", "seen_at"),
    )

    id: str = Field(primary_key=True)
    item_key: bytes = Field(foreign_key="item.key")
    story_id: str | None = Field(foreign_key="story.id")
    seen_at: dt.datetime = Field(sa_type=UtcDateTime)
    type: str
    plover: str
    source_code: str | None
    source_name: str | None
    source_role: str | None
    source_part: str | None
    target_code: str | None
    target_name: str | None
    target_role: str | None
    target_part: str | None
    speaker_code: str | None
    speaker_name: str | None
    speaker_role: str | None
    speaker_part: str | None
    object: str | None
    status: str
    date_first: dt.date | None
    date_last: dt.date | None
    date_precision: str | None
    confidence: float
    mention: bool
    told: str | None
    evidence_sentence: str
    evidence_start: int
    evidence_end: int
    evidence_pattern: str
    step: str | None
    stage: str | None
    withdrawn_at: dt.datetime | None = Field(sa_type=UtcDateTime)
    withdrawn_by: str | None


class SituationRow(_Row, table=True):
    """A burst of stories of one pair, as one channel hears of it; see domain.situations.Situation."""

    __tablename__ = "situation"
    __table_args__ = (Index(None, "closed_at", "relation", "channel_id"),)

    id: str = Field(primary_key=True)
    relation: str
    channel_id: str
    opened_at: dt.datetime = Field(sa_type=UtcDateTime)
    last_at: dt.datetime = Field(sa_type=UtcDateTime)
    told_at: dt.datetime = Field(sa_type=UtcDateTime)
    summaries: int
    closed_at: dt.datetime | None = Field(sa_type=UtcDateTime)


class SituationEntryRow(_Row, table=True):
    """A step of a story that was told in a situation, or waits for its next summary."""

    __tablename__ = "situation_entry"
    __table_args__ = (Index(None, "story_id"),)

    situation_id: str = Field(primary_key=True, foreign_key="situation.id")
    story_id: str = Field(primary_key=True, foreign_key="story.id")
    stage: str = Field(primary_key=True)
    type: str
    severity: str
    at: dt.datetime = Field(sa_type=UtcDateTime)
    line: str
    watches: list[str] = Field(sa_type=JSON)
    summary: int | None


class DigestNoteRow(_Row, table=True):
    """A step of a story that waits for the digest of a watch, or was told in one: `told_in` is that one's key."""

    __tablename__ = "digest_note"
    __table_args__ = (Index(None, "told_in", "watch_id"),)

    watch_id: str = Field(primary_key=True)
    story_id: str = Field(primary_key=True, foreign_key="story.id")
    stage: str = Field(primary_key=True)
    event_id: str = Field(foreign_key="event.id")
    at: dt.datetime = Field(sa_type=UtcDateTime)
    late: bool
    told_in: str | None


class DigestTimeRow(_Row, table=True):
    """The last time of a watch's digest that was looked at: its name (the local date and time), and its moment."""

    __tablename__ = "digest_time"

    watch_id: str = Field(primary_key=True)
    name: str
    at: dt.datetime = Field(sa_type=UtcDateTime)


class HeldAlertRow(_Row, table=True):
    """An alert that waits until quiet hours are over or an hour has room; `told_in` is the message that told it."""

    __tablename__ = "held_alert"
    __table_args__ = (Index(None, "told_in", "until"), Index(None, "story_id"))

    channel_id: str = Field(primary_key=True)
    story_id: str = Field(primary_key=True, foreign_key="story.id")
    stage: str = Field(primary_key=True)
    event_id: str = Field(foreign_key="event.id")
    watches: list[str] = Field(sa_type=JSON)
    cause: str
    held_at: dt.datetime = Field(sa_type=UtcDateTime)
    until: dt.datetime = Field(sa_type=UtcDateTime)
    told_in: str | None


class SilenceRow(_Row, table=True):
    """Why a report sent nothing. `watch_id` is empty where the reason holds for every watch; `reason` is a name.

    `detail` is explained at domain.routing.Silence.
    """

    __tablename__ = "silence"
    __table_args__ = (Index(None, "at"),)

    event_id: str = Field(primary_key=True, foreign_key="event.id")
    watch_id: str = Field(primary_key=True)
    reason: str = Field(primary_key=True)
    at: dt.datetime = Field(sa_type=UtcDateTime)
    detail: str | None


class MuteRow(_Row, table=True):
    """What an operator silenced for a time; `sides` is [[code, ...], ...] as in domain.routing.Mute.between."""

    __tablename__ = "mute"

    id: str = Field(primary_key=True)
    reason: str
    begins_at: dt.datetime = Field(sa_type=UtcDateTime)
    ends_at: dt.datetime = Field(sa_type=UtcDateTime)
    sides: list[list[str]] = Field(sa_type=JSON)
    type: str | None
    story_id: str | None = Field(foreign_key="story.id")
    watch_id: str | None


class ChannelRow(_Row, table=True):
    """What is known of a destination: paused, broken, how often it failed in a row, when its pace allows the next send."""

    __tablename__ = "channel"

    id: str = Field(primary_key=True)
    paused_until: dt.datetime | None = Field(sa_type=UtcDateTime)
    broken_at: dt.datetime | None = Field(sa_type=UtcDateTime)
    broken_reason: str | None
    failures: int | None
    free_at: dt.datetime | None = Field(sa_type=UtcDateTime)


class MessageRow(_Row, table=True):
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


class AttemptRow(_Row, table=True):
    """What a destination answered to one attempt."""

    __tablename__ = "attempt"

    message_id: str = Field(primary_key=True, foreign_key="message.id")
    attempt: int = Field(primary_key=True)
    at: dt.datetime = Field(sa_type=UtcDateTime)
    verdict: str
    answer: str


class FeedbackRow(_Row, table=True):
    """What a person said of an alert; `fault` is a domain.feedback.Fault."""

    __tablename__ = "feedback"

    message_id: str = Field(primary_key=True, foreign_key="message.id")
    fault: str
    note: str
    at: dt.datetime = Field(sa_type=UtcDateTime)


class WorkerRow(_Row, table=True):
    """A daemon that shares the database (PostgreSQL), and when it last showed itself."""

    __tablename__ = "worker"

    owner: str = Field(primary_key=True)
    duties: list[str] = Field(sa_type=JSON)
    configuration: str
    version: str
    configured_at: dt.datetime = Field(sa_type=UtcDateTime)
    seen_at: dt.datetime = Field(sa_type=UtcDateTime)


class HostTurnRow(_Row, table=True):
    """When the next request to a host may start, where several daemons ask it (PostgreSQL)."""

    __tablename__ = "host_turn"

    host: str = Field(primary_key=True)
    next_at: dt.datetime = Field(sa_type=UtcDateTime)


class NoteRow(_Row, table=True):
    """A fact about this installation, such as when it first started."""

    __tablename__ = "note"

    key: str = Field(primary_key=True)
    value: str


def _core(name: str) -> Table:
    return METADATA.tables[name]


feed = _core("feed")
seen_key = _core("seen_key")
seen_name = _core("seen_name")
feed_memory = _core("feed_memory")
item = _core("item")
relation = _core("relation")
story = _core("story")
event = _core("event")
situation = _core("situation")
situation_entry = _core("situation_entry")
digest_note = _core("digest_note")
digest_time = _core("digest_time")
held_alert = _core("held_alert")
silence = _core("silence")
mute = _core("mute")
channel = _core("channel")
message = _core("message")
attempt = _core("attempt")
feedback = _core("feedback")
worker = _core("worker")
host_turn = _core("host_turn")
note = _core("note")
