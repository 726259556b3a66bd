"""Feeds, what a request for one can bring, and the items found in it."""

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum

from monitor.domain.delivery import Secret

SAMPLE_SCHEME = "sample:"


class FirstPoll(StrEnum):
    """What the entries of a feed's first poll cause."""

    BASELINE = "baseline"
    """They are stored, and nothing is sent."""
    DIGEST = "digest"
    """Those of the last day are told in one digest to each watch that asks for them."""
    ALERT = "alert"
    """They alert like any other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CronTimes:
    """Polls at set times, as crontab(5) writes them in five fields, by the clock of an IANA zone."""

    expression: str
    zone: str = "UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedSource:
    """A feed as the operator configured it. `id` is stable: it survives a new name or address.

    `stretch_to` is how rarely a feed may be polled that publishes rarely, and that its publisher's wishes count; None
    where the operator named this feed's rhythm. With `at`, the feed is polled at these times, and `poll_every` is only
    the first pause after a failure. `headers` are sent to the feed's own origin alone.
    """

    id: str
    url: str = field(repr=False)
    title: str
    poll_every: dt.timedelta
    stretch_to: dt.timedelta | None = None
    at: CronTimes | None = None
    headers: tuple[tuple[str, Secret], ...] = ()
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
    def shown_url(self) -> str:
        """The address without user name and password: for logs, messages and the database."""
        scheme, separator, rest = self.url.partition("://")
        place, slash, path = rest.partition("/")
        return f"{scheme}{separator}{place.rpartition('@')[2]}{slash}{path}"

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
    """Nothing new: a 304, or a body that is the same byte for byte. `moved_to` as in FeedBody."""

    validators: CacheValidators
    fresh_for: dt.timedelta | None = None
    moved_to: str | None = None


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
    GONE = "gone"
    """410: the publisher says that the feed has ended."""
    NOT_A_FEED = "not a feed"
    """It came whole, but what it holds is no feed: an HTML page, say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedOffer:
    """A feed that a web page names, not yet asked for: its address, and its title where the page gives one."""

    url: str
    title: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchFailed:
    """The feed could not be had. `detail` is a sentence for the operator; it never holds a secret.

    Where a web page came instead, `offers` are the feeds that it names, the likeliest first.
    """

    reason: FetchFailure
    detail: str
    status: int | None = None
    retry_after: dt.timedelta | None = None
    offers: tuple[FeedOffer, ...] = ()


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
    """What a document holds. `problems` are sentences for the operator.

    `known` counts the entries that were left out because their bytes stood in the document before; where it is 0, the
    whole document was read. `segments` are the digests by which the next document is compared with this one (see
    feeds/segments.py), empty where they don't add up. Where every entry was known, title and language aren't read.
    """

    title: str | None
    language: str | None
    entries: tuple[FeedEntry, ...]
    problems: tuple[str, ...] = ()
    wishes: FeedWishes = FeedWishes()
    segments: bytes = field(default=b"", repr=False)
    known: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsItem:
    """An entry with its identity within its feed.

    `key` (16 bytes) stays for ever; `digest` (16 bytes) covers what is classified, so that an edit shows.
    `published_at` has been made plausible: never after `seen_at`. `ending` is the part of the title that says where the
    entry stands rather than what it tells (" - The Desk"); it is shown, and not classified.
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
    ending: str = ""

    @property
    def headline(self) -> str:
        """The title without its ending, so that places in it are places in the title, too."""
        return self.title.removesuffix(self.ending)

    @property
    def text(self) -> str:
        """What is classified, and where the places of evidence count: the headline, a blank line, the summary."""
        return f"{self.headline}\n\n{self.summary}" if self.summary else self.headline


class FeedTrouble(StrEnum):
    """What an operator is told about a feed, once, until it is over (P14)."""

    FAILING = "failing"
    GONE = "gone"
    WEB_PAGE = "web page"
    """A page stands where the feed was: it has moved, or a login or consent page stands before it."""
    EMPTY = "empty"
    SILENT = "silent"
    """It answers, but nothing new has come for far longer than its own rhythm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedState:
    """What is remembered of a feed between two polls.

    `failing_since` is when the first failure of the present row was met, `failure` the reason of its last. `rhythm` is
    the usual time between two new entries and `newest_at` when the latest was published, both learned. `entries` counts
    the last document that was read, `empty_since` is when it began to hold none. `moved_to` is where permanent redirects have led since `moved_since`. `told` is
    the trouble that the operator knows of.
    """

    feed_id: str
    validators: CacheValidators = CacheValidators()
    first_polled_at: dt.datetime | None = None
    last_polled_at: dt.datetime | None = None
    last_ok_at: dt.datetime | None = None
    next_poll_at: dt.datetime | None = None
    failures: int = 0
    failing_since: dt.datetime | None = None
    failure: FetchFailure | None = None
    last_error: str | None = None
    baseline_done: bool = False
    wishes: FeedWishes = FeedWishes()
    rhythm: dt.timedelta | None = None
    newest_at: dt.datetime | None = None
    entries: int | None = None
    empty_since: dt.datetime | None = None
    moved_to: str | None = field(default=None, repr=False)
    moved_since: dt.datetime | None = None
    told: FeedTrouble | None = None
    told_at: dt.datetime | None = None
