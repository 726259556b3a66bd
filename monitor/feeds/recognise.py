"""Which sighted entries are known articles: under which key they are stored, and whether a feed repeats itself.

Names that the database knows decide, the surest first. One name is no proof where everything else about two articles
differs. Where most of what looks new turns out to be known by its link or title, the feed replays old news (P6): those
entries renew their items, and nothing of them alerts. Comes after identify and a look into storage, before
classification. Pure.
"""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b

from monitor.domain.feeds import NewsItem
from monitor.domain.memory import FeedHabits, KnownItem
from monitor.feeds.identity import Identified, Sighting
from monitor.feeds.links import canonical, differing_parameters

_FEWEST_REPLAYED = 3
"""So many known articles must come back as new ones before it is called a replay."""
_TELLING_TITLE_WORDS = 4
"""How many words a title without a text needs so that two articles don't share it by chance ("Weather")."""
_TELL_AGAIN_AFTER = dt.timedelta(days=7)
_FEWEST_FOR_A_PARAMETER = 2
_ENTRIES_COMPARED = 200
_MOST_PARAMETERS = 8
"""More than these change in no publisher's links, but in an attacker's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognition:
    """What a document's entries are to the archive.

    `items` are the entries, each once and under the key by which it is or will be stored; `known` has the stored digests
    of those that are stored. `names` are to be stored with the keys that they lead to. `replayed` are the keys of known
    items that came back as new ones; `tells` says whether the operator hears of that now. `doubtful` asks for the whole
    document where only a part of it was read: what a name is worth shows when its other entries are seen.
    """

    items: tuple[NewsItem, ...]
    known: Mapping[bytes, bytes]
    names: Mapping[bytes, bytes]
    replayed: frozenset[bytes]
    habits: FeedHabits
    tells: bool
    doubtful: bool


def names_to_ask(identified: Identified) -> tuple[bytes, ...]:
    """All names by which the sighted entries might be known."""
    return tuple(
        dict.fromkeys(name for sighting in identified.sightings for name in (*sighting.names, sighting.by_title))
    )


def recognise(identified: Identified, known: Mapping[bytes, KnownItem], now: dt.datetime) -> Recognition:
    """Recognises the sighted entries among the items `known` by the names of `names_to_ask`."""
    sightings = identified.sightings
    found = [_match(sighting, known) for sighting in sightings]
    seem_new = [number for number, match in enumerate(found) if not match or not _is_sure(sightings[number], known)]
    retold = {number: _retold(sightings[number], known) for number in seem_new if not found[number]}
    again = {number: match for number in seem_new if (match := found[number] or retold[number])}
    replays = _is_replay(identified, seem_new, again)
    if replays:
        found = [match or retold.get(number) for number, match in enumerate(found)]
    stored = {match.key: match.digest for match in found if match}
    before = identified.habits
    return Recognition(
        items=_each_once(
            [_stored_as(sighting, match, known) for sighting, match in zip(sightings, found, strict=True)], stored
        ),
        known=stored,
        names=_new_names(sightings, found, known),
        replayed=frozenset(match.key for match in again.values()) if replays else frozenset(),
        habits=replace(_learned(identified, found, known), replayed_at=now if replays else before.replayed_at),
        tells=replays and (before.replayed_at is None or now - before.replayed_at > _TELL_AGAIN_AFTER),
        doubtful=not identified.is_whole and any(_is_doubtful(sighting, known) for sighting in sightings),
    )


def _is_replay(identified: Identified, seem_new: Sequence[int], again: Mapping[int, KnownItem]) -> bool:
    """Whether most of what seems new is old news.

    Known articles that come under other guids with other words may as well be edits, which some publishers number so:
    it takes most of the document to make a replay of them.
    """
    # Counted by items: a name that many entries share says nothing of them.
    come_again = {match.key for match in again.values()}
    if len(come_again) < _FEWEST_REPLAYED or len(come_again) * 2 <= len(seem_new):
        return False
    unchanged = {
        match.key for number, match in again.items() if match.digest == identified.sightings[number].item.digest
    }
    return len(unchanged) * 2 >= len(come_again) or len(seem_new) * 2 > len(identified.sightings) + identified.known


def _match(sighting: Sighting, known: Mapping[bytes, KnownItem]) -> KnownItem | None:
    """The item that an entry is, taken by itself."""
    for name in sighting.names:
        item = known.get(name)
        if item is not None and not _is_another(sighting, item, name, known):
            return item
    item = known.get(sighting.by_title)
    same = item is not None and item.digest == sighting.item.digest and item.published_at == sighting.item.published_at
    # The same words of the same moment are the same article, wherever it stands by now.
    return item if same and sighting.dated else None


def _is_another(sighting: Sighting, item: KnownItem, name: bytes, known: Mapping[bytes, KnownItem]) -> bool:
    """Whether an item shares this one name with the entry, and nothing else: a guid or link that is used again."""
    here = sighting.item
    if item.title is None or here.title == item.title:
        return False
    if sighting.dated and here.published_at == item.published_at:
        return False
    if name == sighting.by_guid:
        return item.link is not None and _leads_elsewhere(sighting.by_link, item, known)
    return name == sighting.by_link and item.guid is not None and _leads_elsewhere(sighting.by_guid, item, known)


def _leads_elsewhere(name: bytes | None, item: KnownItem, known: Mapping[bytes, KnownItem]) -> bool:
    """Whether an entry has this name, and the item has it not."""
    return name is not None and (name not in known or known[name].key != item.key)


def _retold(sighting: Sighting, known: Mapping[bytes, KnownItem]) -> KnownItem | None:
    """The item that an entry is if many others of its document come again, too: by its link, else by its title.

    A title alone may be that of a column; it counts where the text below it is the same, or the time.
    """
    item = None if sighting.by_link is None else known.get(sighting.by_link)
    if item is not None:
        return item
    item = known.get(sighting.by_title)
    if item is None:
        return None
    here = sighting.item
    telling = bool(here.summary) or len(here.headline.split()) >= _TELLING_TITLE_WORDS
    same_words = item.digest == here.digest and telling
    same_time = sighting.dated and item.published_at == here.published_at
    return item if same_words or same_time else None


def _is_sure(sighting: Sighting, known: Mapping[bytes, KnownItem]) -> bool:
    """Whether an entry is known by its surest name, so that it doesn't even seem to be new."""
    item = known.get(sighting.names[0])
    return item is not None and not _is_another(sighting, item, sighting.names[0], known)


def _is_doubtful(sighting: Sighting, known: Mapping[bytes, KnownItem]) -> bool:
    return not _is_sure(sighting, known) and any(name in known for name in sighting.names)


def _stored_as(sighting: Sighting, match: KnownItem | None, known: Mapping[bytes, KnownItem]) -> NewsItem:
    key = match.key if match else _new_key(sighting, known)
    return sighting.item if key == sighting.item.key else replace(sighting.item, key=key)


def _new_key(sighting: Sighting, known: Mapping[bytes, KnownItem]) -> bytes:
    """The surest name that is not another item's; where all are taken, one of its own."""
    for name in sighting.names:
        if name not in known:
            return name
    return blake2b(sighting.names[0] + sighting.item.digest, digest_size=len(sighting.names[0])).digest()


def _each_once(items: Sequence[NewsItem], stored: Mapping[bytes, bytes]) -> tuple[NewsItem, ...]:
    """Of two entries that are one stored item, an edit stands for both, else the one published last."""
    kept: dict[bytes, NewsItem] = {}
    for item in sorted(items, key=lambda item: (item.digest != stored.get(item.key), item.published_at, item.digest)):
        kept[item.key] = item
    return tuple(kept[key] for key in dict.fromkeys(item.key for item in items))


def _new_names(
    sightings: Sequence[Sighting], found: Sequence[KnownItem | None], known: Mapping[bytes, KnownItem]
) -> dict[bytes, bytes]:
    """Names that lead nowhere yet; a new item takes its title over from an older one."""
    names: dict[bytes, bytes] = {}
    for sighting, match in zip(sightings, found, strict=True):
        key = match.key if match else _new_key(sighting, known)
        taken = [name for name in sighting.names if name not in known and name != key]
        if match is None or sighting.by_title not in known:
            taken.append(sighting.by_title)
        names |= dict.fromkeys(taken, key)
    return names


def _learned(identified: Identified, found: Sequence[KnownItem | None], known: Mapping[bytes, KnownItem]) -> FeedHabits:
    """The habits after known articles were seen under other guids and links; a part of a document teaches nothing."""
    habits = identified.habits
    if not identified.is_whole:
        return habits
    pairs = [(sighting, match) for sighting, match in zip(identified.sightings, found, strict=True) if match]
    other_guid = [sighting for sighting, _ in pairs if sighting.by_guid is not None and sighting.by_guid not in known]
    other_link = [pair for pair in pairs if pair[0].by_link is not None and pair[0].by_link not in known]
    parameters = _parameters(identified, other_link)
    moved = [sighting for sighting, item in other_link if not _differing(sighting, item) & parameters]
    mostly = len(identified.sightings) / 2
    return replace(
        habits,
        parameters=habits.parameters | parameters,
        guid_changes=habits.guid_changes + (len(other_guid) > mostly),
        link_changes=habits.link_changes + (len(moved) > mostly),
    )


def _parameters(identified: Identified, other_link: Sequence[tuple[Sighting, KnownItem]]) -> frozenset[str]:
    """The parameters of links that changed while their articles stayed, unless they tell other articles apart."""
    counted = Counter(name for sighting, item in other_link for name in _differing(sighting, item))
    changing = {name for name, count in counted.most_common(_MOST_PARAMETERS) if count >= _FEWEST_FOR_A_PARAMETER}
    links = {sighting.item.link for sighting in identified.sightings[:_ENTRIES_COMPARED] if sighting.item.link}
    ignored = identified.habits.parameters
    if len(ignored) >= _MOST_PARAMETERS:
        return frozenset()
    apart = len({canonical(link, ignored) for link in links})
    return frozenset(name for name in changing if len({canonical(link, {*ignored, name}) for link in links}) == apart)


def _differing(sighting: Sighting, item: KnownItem) -> frozenset[str]:
    here, there = sighting.item.link, item.link
    return differing_parameters(here, there) if here and there else frozenset()
