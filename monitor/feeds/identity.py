"""Which entries are which: names for each that find it again at every poll, and a digest that shows an edit.

An entry is known by its guid, else by its link, else by its title and day (P4). Publishers misuse each of them: one guid
for all entries, another at every poll, links that carry the reader's session. What a document shows of that is learned
and remembered with the feed, and a name that is shared or changing is no longer asked. Comes after parse; storage says
which names it knows, and recognise.py what that means. The item's key is its surest name when it was first seen.
"""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b

from monitor.domain.feeds import FeedEntry, FeedSource, NewsItem, ParsedFeed
from monitor.domain.memory import FeedHabits
from monitor.feeds.links import canonical
from monitor.feeds.titles import end_in_outlets, ending_of, learn_endings

CHANGES_THAT_TEACH = 2
"""How many times known articles must have come under other guids or links before these count for nothing. The first time
may be a new publishing system; the second is a habit."""

_KEY_BYTES = 16
_MOSTLY_SHARED = 0.5
_FEWEST_ALIKE = 5
"""So many entries a document needs before what they have in common is its way: one second as their date, an ending."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """An entry of a document as an item, with its names (16 bytes each), the surest first.

    `item.key` is the first of `names`, as if the entry were new. `by_guid` and `by_link` are those two of them, where it
    has them. `by_title` is a weaker name: articles may share a title. `dated` says whether the document states when the
    entry was published.
    """

    item: NewsItem
    names: tuple[bytes, ...]
    by_guid: bytes | None
    by_link: bytes | None
    by_title: bytes
    dated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Identified:
    """The entries of a document, each once, and what it teaches of the feed's habits.

    `known` counts those that were left out because their bytes are known.
    """

    sightings: tuple[Sighting, ...]
    habits: FeedHabits
    known: int

    @property
    def is_whole(self) -> bool:
        """Whether the whole document was read."""
        return self.known == 0


def identify(source: FeedSource, parsed: ParsedFeed, habits: FeedHabits, seen_at: dt.datetime) -> Identified:
    """The items of a document in its order.

    Names don't depend on the order of entries. Where several entries share their surest name, the one published last
    stands for them. A missing publication time becomes `seen_at`, and so does one in the future, or one that all entries
    share (P7).
    """
    entries = [_named(entry, habits) for entry in parsed.entries]
    several_for_guid = _ambiguous(entries, by=_guid, apart=_link_or_title)
    if not parsed.known and entries:
        habits = _learned(parsed, entries, several_for_guid, habits)
    # A link of several articles names none of them, whatever their guids say.
    several_for_link = _ambiguous(entries, by=_link, apart=_guid_or_title(several_for_guid))
    trusted = _Trust(
        guids=not habits.guids_shared and habits.guid_changes < CHANGES_THAT_TEACH,
        links=not habits.links_shared and habits.link_changes < CHANGES_THAT_TEACH,
        several_for_guid=several_for_guid,
        several_for_link=several_for_link,
    )
    sightings: dict[bytes, Sighting] = {}
    for entry in entries:
        sighting = _sighting(entry, trusted, source=source, parsed=parsed, habits=habits, seen_at=seen_at)
        known = sightings.get(sighting.item.key)
        if known is None or _rank(sighting.item) > _rank(known.item):
            sightings[sighting.item.key] = sighting
    return Identified(sightings=tuple(sightings.values()), habits=habits, known=parsed.known)


def names_of_link(feed_id: str, address: str, habits: FeedHabits) -> tuple[bytes, ...]:
    """The names that an entry of this feed has by a link, for whoever looks one up; none where the address is no link."""
    try:
        return (_hash(feed_id, f"link:{canonical(address, habits.parameters)}"),)
    except ValueError:
        return ()


def names_of_title(feed_id: str, title: str, habits: FeedHabits) -> tuple[bytes, ...]:
    """The names that an entry of this feed may have by a title, whether it is given with what such titles end in or not."""
    headlines = {title, title.rpartition(" - ")[0], *(title.removesuffix(ending) for ending in habits.endings)}
    return tuple(_hash(feed_id, f"words:{headline.casefold()}") for headline in sorted(headlines) if headline)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Named:
    """An entry with its guid and link in the form in which these are compared."""

    entry: FeedEntry
    guid: str | None
    link: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trust:
    """Which names count: of the feed, and within this document."""

    guids: bool
    links: bool
    several_for_guid: Collection[str]
    several_for_link: Collection[str]


def _named(entry: FeedEntry, habits: FeedHabits) -> _Named:
    link = None if entry.link is None else f"link:{canonical(entry.link, habits.parameters)}"
    if entry.guid is None or entry.guid == entry.link:
        guid = None if entry.guid is None else link
    else:
        guid = _comparable(entry.guid, habits)
    return _Named(entry=entry, guid=guid, link=link)


def _comparable(guid: str, habits: FeedHabits) -> str:
    """A guid that is a link is compared like one, but for its fragment: some publishers count edits there."""
    if not guid.startswith(("http://", "https://")):
        return f"guid:{guid}"
    address, _, fragment = guid.partition("#")
    try:
        return f"link:{canonical(address, habits.parameters)}{'#' + fragment if fragment else ''}"
    except ValueError:  # it only looks like one
        return f"guid:{guid}"


def _learned(
    parsed: ParsedFeed, entries: Sequence[_Named], several_for_guid: Collection[str], habits: FeedHabits
) -> FeedHabits:
    """The habits after a document that was read whole."""
    several_for_link = _ambiguous(entries, by=_link, apart=_title)
    habits = replace(
        habits,
        guids_shared=habits.guids_shared or _is_habit(map(_guid, entries), several_for_guid),
        links_shared=habits.links_shared or _is_habit(map(_link, entries), several_for_link),
    )
    if len(entries) < _FEWEST_ALIKE:
        return replace(habits, endings=tuple(dict.fromkeys((*habits.endings, *learn_endings(parsed)))))
    return replace(
        habits,
        endings=learn_endings(parsed),
        outlets_at_end=end_in_outlets(parsed.entries),
        dates_alike=parsed.entries[0].published_at is not None
        and len({one.published_at for one in parsed.entries}) == 1,
    )


def _sighting(
    named: _Named, trusted: _Trust, *, source: FeedSource, parsed: ParsedFeed, habits: FeedHabits, seen_at: dt.datetime
) -> Sighting:
    entry = named.entry
    dated_at = None if habits.dates_alike else entry.published_at
    ending, outlet = ending_of(entry, habits.endings, outlets_at_end=habits.outlets_at_end)
    by_guid = by_link = None
    if trusted.guids and named.guid is not None and named.guid not in trusted.several_for_guid:
        by_guid = _hash(source.id, named.guid)
    if trusted.links and named.link is not None and named.link not in trusted.several_for_link:
        by_link = _hash(source.id, named.link)
    names = tuple(dict.fromkeys(name for name in (by_guid, by_link) if name is not None))
    if not names:
        # Without a date there is no day: the day of the poll would make the entry new each morning.
        day = dated_at.date().isoformat() if dated_at else ""
        names = (_hash(source.id, f"title:{day}:{entry.title}"),)
    item = NewsItem(
        key=names[0],
        digest=_hash(entry.title, entry.summary),
        feed_id=source.id,
        guid=entry.guid,
        link=entry.link,
        title=entry.title,
        summary=entry.summary,
        outlet=entry.outlet or outlet or source.publisher or parsed.title or source.title,
        language=entry.language or source.language or parsed.language,
        published_at=min(dated_at or seen_at, seen_at),
        seen_at=seen_at,
        sample=source.is_sample,
        ending=ending,
    )
    return Sighting(
        item=item,
        names=names,
        by_guid=by_guid,
        by_link=by_link,
        by_title=_hash(source.id, f"words:{item.headline.casefold()}"),
        dated=dated_at is not None,
    )


def _ambiguous(
    entries: Iterable[_Named], *, by: Callable[[_Named], str | None], apart: Callable[[_Named], str]
) -> frozenset[str]:
    """What `by` gives for entries that `apart` tells from each other."""
    first: dict[str, str] = {}
    found: set[str] = set()
    for entry in entries:
        name = by(entry)
        if name is not None and first.setdefault(name, apart(entry)) != apart(entry):
            found.add(name)
    return frozenset(found)


def _is_habit(names: Iterable[str | None], shared: Collection[str]) -> bool:
    """Whether half of the entries that have such a name share it with others."""
    given = [name for name in names if name is not None]
    return bool(shared) and sum(name in shared for name in given) >= _MOSTLY_SHARED * len(given)


def _guid(named: _Named) -> str | None:
    return named.guid


def _link(named: _Named) -> str | None:
    return named.link


def _title(named: _Named) -> str:
    return named.entry.title


def _link_or_title(named: _Named) -> str:
    """What tells two entries with one guid apart.

    An edited title under one guid and link is one article; without links the title is all there is to go by.
    """
    return named.link or f"title:{named.entry.title}"


def _guid_or_title(several_for_guid: Collection[str]) -> Callable[[_Named], str]:
    """What tells two entries with one link apart: their guids where these can, else their titles."""

    def apart(named: _Named) -> str:
        sound = named.guid is not None and named.guid not in several_for_guid
        return str(named.guid) if sound else f"title:{named.entry.title}"

    return apart


def _rank(item: NewsItem) -> tuple[dt.datetime, bytes, str, str, str]:
    """An order in which two readings of one entry compare the same way wherever they stand in the document."""
    return item.published_at, item.digest, item.link or "", item.guid or "", item.outlet


def _hash(*parts: str) -> bytes:
    # The length before each part keeps ("ab", "c") and ("a", "bc") apart.
    encoded = [part.encode("utf-8", "surrogatepass") for part in parts]
    joined = b"".join(len(part).to_bytes(8) + part for part in encoded)
    return blake2b(joined, digest_size=_KEY_BYTES).digest()
