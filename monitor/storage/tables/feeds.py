"""Feeds and their items: what is remembered between two polls, and what was ever seen."""

import datetime as dt
from typing import Any, ClassVar

from sqlalchemy import JSON, Index
from sqlmodel import Field

from monitor.storage.columns import UtcDateTime
from monitor.storage.tables.base import METADATA, Row, counted


class FeedRow(Row, table=True):
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


class FeedMemoryRow(Row, table=True):
    """What is remembered of a feed's documents, apart from the feed: it is read only where a new document came."""

    __tablename__ = "feed_memory"

    feed_id: str = Field(primary_key=True, foreign_key="feed.id")
    segments: bytes
    habits: dict[str, Any] = Field(sa_type=JSON)


class SeenKeyRow(Row, table=True):
    """The key of every entry ever seen: 16 bytes that outlive the item (P3), and the digest that shows an edit."""

    __tablename__ = "seen_key"
    # The key is the table: no second tree beside it.
    __table_args__: ClassVar[dict[str, Any]] = {"sqlite_with_rowid": False}

    key: bytes = Field(primary_key=True)
    feed_id: str = Field(foreign_key="feed.id")
    digest: bytes
    first_seen_at: dt.datetime = Field(sa_type=UtcDateTime)


class SeenNameRow(Row, table=True):
    """A further name (16 bytes) by which an entry is known: its link where its guid is the key, and its title."""

    __tablename__ = "seen_name"
    __table_args__: ClassVar[dict[str, Any]] = {"sqlite_with_rowid": False}

    name: bytes = Field(primary_key=True)
    key: bytes = Field(foreign_key="seen_key.key")


class ItemRow(Row, table=True):
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
    number: int | None = counted("item")


feed = METADATA.tables["feed"]
feed_memory = METADATA.tables["feed_memory"]
seen_key = METADATA.tables["seen_key"]
seen_name = METADATA.tables["seen_name"]
item = METADATA.tables["item"]
