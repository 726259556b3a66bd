"""What becomes of a report before there is a message: situations, digests, what waits, and why nothing was sent."""

import datetime as dt

from sqlalchemy import JSON, Index
from sqlmodel import Field

from monitor.storage.columns import UtcDateTime
from monitor.storage.tables.base import METADATA, Row


class SituationRow(Row, table=True):
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


class SituationEntryRow(Row, table=True):
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


class DigestNoteRow(Row, table=True):
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


class DigestTimeRow(Row, table=True):
    """The last time of a watch's digest that was looked at: its name (the local date and time), and its moment."""

    __tablename__ = "digest_time"

    watch_id: str = Field(primary_key=True)
    name: str
    at: dt.datetime = Field(sa_type=UtcDateTime)


class HeldAlertRow(Row, table=True):
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


class SilenceRow(Row, table=True):
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


class MuteRow(Row, table=True):
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


situation = METADATA.tables["situation"]
situation_entry = METADATA.tables["situation_entry"]
digest_note = METADATA.tables["digest_note"]
digest_time = METADATA.tables["digest_time"]
held_alert = METADATA.tables["held_alert"]
silence = METADATA.tables["silence"]
mute = METADATA.tables["mute"]
