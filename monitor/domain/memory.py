"""What is remembered of a feed's documents, of the names it gives its entries, and of the entries themselves (P3, P4)."""

import datetime as dt
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedHabits:
    """How a feed names its entries, learned from its documents.

    `guids_shared` and `links_shared`: one of them stands at several articles. `guid_changes` and `link_changes` count
    the polls at which articles that were known came under others. `parameters` are those of its links that change while
    the article stays. `endings` are what its titles end in, the separator included: " | World - The Desk"; where
    `outlets_at_end`, the words behind the last dash of a title name the outlet that wrote it. `replayed_at` is when it
    last sent known articles as new ones. `dates_alike`: all entries state one date, which tells nothing of any of them.
    """

    guids_shared: bool = False
    links_shared: bool = False
    guid_changes: int = 0
    link_changes: int = 0
    parameters: frozenset[str] = frozenset()
    endings: tuple[str, ...] = ()
    outlets_at_end: bool = False
    dates_alike: bool = False
    replayed_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedMemory:
    """What one poll leaves to the next: the digests of the document's entries (feeds/segments.py), and the habits."""

    segments: bytes = field(default=b"", repr=False)
    habits: FeedHabits = FeedHabits()


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownItem:
    """An item as one of its names finds it. Where retention has removed its content, there is no `title`."""

    key: bytes
    digest: bytes
    guid: str | None = None
    link: str | None = None
    title: str | None = None
    published_at: dt.datetime | None = None
