"""Feeds, what a request for one can bring, and the items found in it."""

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum

SAMPLE_SCHEME = "sample:"


class FirstPoll(StrEnum):
    """What the entries of a feed's first poll cause."""

    BASELINE = "baseline"
    """They are stored, and nothing is sent."""
    ALERT = "alert"
    """They alert like any other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedSource:
    """A feed as the operator configured it. `id` is stable: it survives a new name or address."""

    id: str
    url: str
    title: str
    poll_every: dt.timedelta
    language: str | None = None
    home: str | None = None
    publisher: str | None = None
    group: str | None = None
    tags: frozenset[str] = frozenset()
    first_poll: FirstPoll = FirstPoll.BASELINE
    paused_until: dt.datetime | None = None
    article_text: bool = False
    """Whether the articles behind its entries are fetched and read, too."""

    def is_paused(self, now: dt.datetime) -> bool:
        """Whether the operator's pause still lasts."""
        return self.paused_until is not None and now < self.paused_until

    @property
    def is_sample(self) -> bool:
        """Whether the entries ship with the program: marked SAMPLE, console only, never mixed with real news."""
        return self.url.startswith(SAMPLE_SCHEME)


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheValidators:
    """What a server wants to hear again, and a digest of the last complete body."""

    etag: str | None = None
    last_modified: str | None = None
    body_digest: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedBody:
    """A complete 200 answer, decoded. `url` is where it was found, `moved_to` the target of permanent redirects."""

    url: str
    content: bytes = field(repr=False)
    content_type: str | None
    validators: CacheValidators
    fresh_for: dt.timedelta | None = None
    moved_to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotModified:
    """Nothing new: a 304, or a body that is the same byte for byte."""

    validators: CacheValidators
    fresh_for: dt.timedelta | None = None


class FetchFailure(StrEnum):
    """Why a feed could not be fetched."""

    REFUSED = "address refused"
    UNREACHABLE = "unreachable"
    TIMED_OUT = "timed out"
    TLS = "TLS failed"
    PROTOCOL = "broken answer"
    STATUS = "HTTP error"
    TOO_LARGE = "too large"
    REDIRECTS = "bad redirect"
    NOT_A_FEED = "not a feed"
    """It came whole, but what it holds is no feed: an HTML page, say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchFailed:
    """The feed could not be had. `detail` is a sentence for the operator; it never holds a secret."""

    reason: FetchFailure
    detail: str
    status: int | None = None
    retry_after: dt.timedelta | None = None


FetchOutcome = FeedBody | NotModified | FetchFailed


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEntry:
    """One entry as the feed has it, cleaned: plain text, http(s) links only, dates aware and in UTC."""

    guid: str | None
    link: str | None
    title: str
    summary: str
    published_at: dt.datetime | None
    outlet: str | None = None
    language: str | None = None
    """Where the entry itself says so, else the feed's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedWishes:
    """How often a publisher wants to be asked. Hours are 0 to 23 in UTC, days 0 (Monday) to 6; never all of them."""

    ttl: dt.timedelta | None = None
    skip_hours: frozenset[int] = frozenset()
    skip_days: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """What a document holds. `problems` are sentences for the operator."""

    title: str | None
    language: str | None
    entries: tuple[FeedEntry, ...]
    problems: tuple[str, ...] = ()
    wishes: FeedWishes = FeedWishes()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsItem:
    """An entry with its identity within its feed.

    `key` (16 bytes) stays for ever; `digest` (16 bytes) covers what is classified, so that an edit shows.
    `published_at` has been made plausible: never after `seen_at`.
    """

    key: bytes
    digest: bytes
    feed_id: str
    guid: str | None
    link: str | None
    title: str
    summary: str
    outlet: str
    language: str | None
    published_at: dt.datetime
    seen_at: dt.datetime
    sample: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedState:
    """What is remembered of a feed between two polls."""

    feed_id: str
    validators: CacheValidators = CacheValidators()
    first_polled_at: dt.datetime | None = None
    last_polled_at: dt.datetime | None = None
    last_ok_at: dt.datetime | None = None
    next_poll_at: dt.datetime | None = None
    failures: int = 0
    last_error: str | None = None
    baseline_done: bool = False
