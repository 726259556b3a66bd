"""What was read in items: relation events, and the stories that they report."""

import datetime as dt

from sqlalchemy import JSON, Index, text
from sqlmodel import Field

from monitor.storage.columns import SomeJson, UtcDateTime
from monitor.storage.tables.base import METADATA, Row, counted

_TAKEN_BACK = text("retracted_at IS NOT NULL")


class RelationRow(Row, table=True):
    """One row for each pair, locked by whoever gathers its stories (PostgreSQL; SQLite has one writer anyway)."""

    __tablename__ = "relation"

    name: str = Field(primary_key=True)


class StoryRow(Row, table=True):
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
    number: int | None = counted("story")


class EventRow(Row, table=True):
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


relation = METADATA.tables["relation"]
story = METADATA.tables["story"]
event = METADATA.tables["event"]
