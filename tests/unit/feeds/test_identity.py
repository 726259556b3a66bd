import datetime as dt
from dataclasses import replace
from random import Random

from hypothesis import given, strategies

from monitor.domain.feeds import FeedEntry, FeedSource, NewsItem, ParsedFeed
from monitor.domain.memory import FeedHabits
from monitor.feeds.identity import identify

SEEN = dt.datetime(2026, 3, 3, 12, tzinfo=dt.UTC)
SOURCE = FeedSource(id="desk", url="https://desk.example/feed", title="Desk", poll_every=dt.timedelta(minutes=5))
ENTRY = FeedEntry(
    guid="urn:1",
    link="https://desk.example/1",
    title="Ruritania recalls its envoy",
    summary="He left.",
    published_at=SEEN - dt.timedelta(hours=1),
)


def feed(*entries: FeedEntry, title: str | None = "The Desk", language: str | None = "en") -> ParsedFeed:
    return ParsedFeed(title=title, language=language, entries=entries)


def identified(source: FeedSource, parsed: ParsedFeed, seen_at: dt.datetime = SEEN) -> list[NewsItem]:
    return [sighting.item for sighting in identify(source, parsed, FeedHabits(), seen_at).sightings]


def keys(*entries: FeedEntry, seen_at: dt.datetime = SEEN) -> list[bytes]:
    return [item.key for item in identified(SOURCE, feed(*entries), seen_at)]


def test_an_entry_when_identified_then_the_item_carries_what_later_stages_need() -> None:
    (item,) = identified(SOURCE, feed(ENTRY), SEEN)
    assert (len(item.key), len(item.digest), item.feed_id) == (16, 16, "desk")
    assert (item.guid, item.link, item.title, item.summary) == (ENTRY.guid, ENTRY.link, ENTRY.title, ENTRY.summary)
    assert (item.outlet, item.language, item.sample) == ("The Desk", "en", False)
    assert (item.published_at, item.seen_at) == (ENTRY.published_at, SEEN)


def test_an_outlet_when_several_are_named_then_the_nearest_to_the_entry_counts() -> None:
    from_wire = replace(ENTRY, outlet="Wire")
    publisher = replace(SOURCE, publisher="Desk Media", language="es")
    assert identified(publisher, feed(from_wire), SEEN)[0].outlet == "Wire"
    assert identified(publisher, feed(ENTRY), SEEN)[0].outlet == "Desk Media"
    assert identified(publisher, feed(ENTRY), SEEN)[0].language == "es"
    assert identified(SOURCE, feed(ENTRY, title=None), SEEN)[0].outlet == "Desk"


def test_a_time_when_missing_or_in_the_future_then_the_time_of_the_fetch_counts() -> None:
    for published_at in (None, SEEN + dt.timedelta(days=400)):
        (item,) = identified(SOURCE, feed(replace(ENTRY, published_at=published_at)), SEEN)
        assert item.published_at == SEEN


def test_a_time_when_all_entries_share_it_then_the_time_of_the_fetch_counts() -> None:
    long_ago = SEEN - dt.timedelta(days=900)
    entries = [replace(ENTRY, guid=f"urn:{number}", link=None, published_at=long_ago) for number in range(5)]
    assert {item.published_at for item in identified(SOURCE, feed(*entries))} == {SEEN}
    assert {item.published_at for item in identified(SOURCE, feed(*entries[:4]))} == {long_ago}


def test_what_titles_end_in_when_a_later_document_is_short_then_it_is_not_forgotten() -> None:
    def titled(number: int) -> FeedEntry:
        return replace(ENTRY, guid=f"urn:{number}", link=None, title=f"Treaty number {number} - The Wire")

    habits = identify(SOURCE, feed(*map(titled, range(6))), FeedHabits(), SEEN).habits
    later = identify(SOURCE, feed(titled(9)), habits, SEEN)
    assert later.habits == habits
    assert [(one.item.title, one.item.headline) for one in later.sightings] == [
        ("Treaty number 9 - The Wire", "Treaty number 9")
    ]


def test_an_edit_when_polled_again_then_the_key_stays_and_the_digest_changes() -> None:
    (before,) = identified(SOURCE, feed(ENTRY), SEEN)
    (after,) = identified(SOURCE, feed(replace(ENTRY, title="Ruritania recalls two envoys")), SEEN)
    (moved,) = identified(SOURCE, feed(replace(ENTRY, link="https://desk.example/1?session=2")), SEEN)
    assert before.key == after.key == moved.key
    assert before.digest != after.digest
    assert before.digest == moved.digest


def test_one_guid_for_all_when_links_differ_then_the_links_identify() -> None:
    entries = [replace(ENTRY, link=f"https://desk.example/{number}", title=f"t{number}") for number in range(3)]
    assert len(set(keys(*entries))) == 3
    tracked = [replace(entry, link=f"{entry.link}?utm_source=rss") for entry in entries]
    assert keys(*entries) == keys(*tracked)


def test_one_guid_and_one_link_for_all_when_titles_differ_then_title_and_day_identify() -> None:
    entries = [replace(ENTRY, guid=None, title=f"t{number}") for number in range(3)]
    assert len(set(keys(*entries))) == 3
    bare = [replace(ENTRY, link=None, title=f"t{number}") for number in range(3)]
    assert len(set(keys(*bare))) == 3


def test_an_entry_with_nothing_but_a_title_when_polled_the_next_day_then_it_is_known() -> None:
    bare = replace(ENTRY, guid=None, link=None, published_at=None)
    assert keys(bare) == keys(bare, seen_at=SEEN + dt.timedelta(days=1))
    dated = replace(bare, published_at=SEEN)
    assert keys(dated) != keys(replace(dated, published_at=SEEN - dt.timedelta(days=1)))


def test_an_entry_that_stands_there_twice_when_identified_then_the_last_edit_is_kept() -> None:
    later = replace(ENTRY, title="Corrected", published_at=SEEN)
    for order in ((ENTRY, later, ENTRY), (later, ENTRY)):
        (item,) = identified(SOURCE, feed(*order), SEEN)
        assert item.title == "Corrected"


def test_the_same_entry_when_two_feeds_have_it_then_their_keys_differ() -> None:
    (other,) = identified(replace(SOURCE, id="other"), feed(ENTRY), SEEN)
    assert [other.key] != keys(ENTRY)


ENTRIES = strategies.lists(
    strategies.builds(
        FeedEntry,
        guid=strategies.sampled_from([None, "a", "b", "title::t1"]),
        link=strategies.sampled_from([None, "https://x.example/1", "http://x.example/1/#x", "https://x.example/2"]),
        title=strategies.sampled_from(["t1", "t2", "a"]),
        summary=strategies.sampled_from(["", "s"]),
        published_at=strategies.sampled_from([None, SEEN, SEEN - dt.timedelta(days=2), SEEN + dt.timedelta(days=2)]),
        outlet=strategies.sampled_from([None, "Wire"]),
    ),
    max_size=8,
)


@given(ENTRIES, strategies.randoms(use_true_random=False))
def test_any_document_when_its_entries_change_places_then_the_items_are_the_same(
    entries: list[FeedEntry], random: Random
) -> None:
    shuffled = entries.copy()
    random.shuffle(shuffled)
    items = identified(SOURCE, feed(*entries), SEEN)
    again = identified(SOURCE, feed(*shuffled), SEEN)
    assert {item.key: item for item in items} == {item.key: item for item in again}


@given(ENTRIES)
def test_any_document_when_identified_then_each_key_stands_once_and_joins_only_what_shares_a_name(
    entries: list[FeedEntry],
) -> None:
    items = identified(SOURCE, feed(*entries), SEEN)
    assert len({item.key for item in items}) == len(items) <= len(entries)
    # Entries that share nothing are never taken for one another: at least one item for each title without guid and link.
    assert {entry.title for entry in entries if entry.guid is None and entry.link is None} <= {
        item.title for item in items
    }
    for entry in entries:
        assert any(
            (entry.guid is not None and entry.guid == item.guid)
            or (entry.link is not None and item.link is not None)
            or entry.title == item.title
            for item in items
        )
    assert all(item.published_at <= item.seen_at for item in items)
