"""Which entries are which: a key for each, the same at every poll, and a digest that shows an edit.

An entry is known by its guid, else by its link, else by its title and day. Publishers misuse each of them, so a guid or
link that stands at different articles within one document identifies none of them. Comes after parse; storage asks
which keys it knows, and only what is new or edited goes on to the classifier.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from hashlib import blake2b

from monitor.domain.feeds import FeedEntry, FeedSource, NewsItem, ParsedFeed
from monitor.feeds.links import canonical

_KEY_BYTES = 16


def identify(source: FeedSource, parsed: ParsedFeed, seen_at: dt.datetime) -> tuple[NewsItem, ...]:
    """The items of a document in its order, each once.

    Keys don't depend on the order of entries. Where several entries share a key, the one published last stands for
    them. A missing publication time becomes `seen_at`, and so does one in the future.
    """
    several_for_guid = _ambiguous(parsed.entries, by=_guid, apart=_link_or_title)
    several_for_link = _ambiguous(
        (entry for entry in parsed.entries if entry.guid is None or entry.guid in several_for_guid),
        by=_link,
        apart=_title,
    )
    items: dict[bytes, NewsItem] = {}
    for entry in parsed.entries:
        if entry.guid is not None and entry.guid not in several_for_guid:
            identity = f"guid:{entry.guid}"
        elif entry.link is not None and _link(entry) not in several_for_link:
            identity = f"link:{_link(entry)}"
        else:
            # Without a date there is no day: the day of the poll would make the entry new each morning.
            day = entry.published_at.date().isoformat() if entry.published_at else ""
            identity = f"title:{day}:{entry.title}"
        item = _item(source, parsed, entry, _hash(source.id, identity), seen_at)
        known = items.get(item.key)
        if known is None or _rank(item) > _rank(known):
            items[item.key] = item
    return tuple(items.values())


def _item(source: FeedSource, parsed: ParsedFeed, entry: FeedEntry, key: bytes, seen_at: dt.datetime) -> NewsItem:
    return NewsItem(
        key=key,
        digest=_hash(entry.title, entry.summary),
        feed_id=source.id,
        guid=entry.guid,
        link=entry.link,
        title=entry.title,
        summary=entry.summary,
        outlet=entry.outlet or source.publisher or parsed.title or source.title,
        language=entry.language or source.language or parsed.language,
        published_at=min(entry.published_at or seen_at, seen_at),
        seen_at=seen_at,
        sample=source.is_sample,
    )


def _ambiguous(
    entries: Iterable[FeedEntry],
    *,
    by: Callable[[FeedEntry], str | None],
    apart: Callable[[FeedEntry], str],
) -> frozenset[str]:
    """What `by` gives for entries that `apart` tells from each other."""
    first: dict[str, str] = {}
    found: set[str] = set()
    for entry in entries:
        name = by(entry)
        if name is not None and first.setdefault(name, apart(entry)) != apart(entry):
            found.add(name)
    return frozenset(found)


def _guid(entry: FeedEntry) -> str | None:
    return entry.guid


def _link(entry: FeedEntry) -> str | None:
    return None if entry.link is None else canonical(entry.link)


def _title(entry: FeedEntry) -> str:
    return entry.title


def _link_or_title(entry: FeedEntry) -> str:
    # An edited title under one guid and link is one article; without links the title is all there is to go by.
    return _link(entry) or f"title:{entry.title}"


def _rank(item: NewsItem) -> tuple[dt.datetime, bytes, str, str, str]:
    """An order in which two readings of one entry compare the same way wherever they stand in the document."""
    return item.published_at, item.digest, item.link or "", item.guid or "", item.outlet


def _hash(*parts: str) -> bytes:
    # The length before each part keeps ("ab", "c") and ("a", "bc") apart.
    encoded = [part.encode("utf-8", "surrogatepass") for part in parts]
    joined = b"".join(len(part).to_bytes(8) + part for part in encoded)
    return blake2b(joined, digest_size=_KEY_BYTES).digest()
