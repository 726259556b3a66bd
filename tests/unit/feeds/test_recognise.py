"""An archive in small: each document is identified, recognised and remembered as the worker does it."""

import datetime as dt
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given, strategies

from monitor.domain.feeds import FeedEntry, FeedSource, ParsedFeed
from monitor.domain.memory import FeedHabits, KnownItem
from monitor.feeds.identity import identify
from monitor.feeds.recognise import Recognition, names_to_ask, recognise

NOW = dt.datetime(2026, 3, 3, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
SOURCE = FeedSource(id="desk", url="https://desk.example/f", title="Desk", poll_every=dt.timedelta(minutes=5))


def entry(number: int, **changes: object) -> FeedEntry:
    return replace(
        FeedEntry(
            guid=f"urn:{number}",
            link=f"https://desk.example/news/{number}",
            title=f"Tuvalu and Nauru sign treaty number {number}",
            summary=f"The {number}th of its kind.",
            published_at=NOW - number * HOUR,
        ),
        **changes,  # type: ignore[arg-type]
    )


@dataclass
class Archive:
    """What storage would know: items by name, and the feed's habits."""

    items: dict[bytes, KnownItem] = field(default_factory=dict)
    names: dict[bytes, bytes] = field(default_factory=dict)
    habits: FeedHabits = field(default_factory=FeedHabits)
    now: dt.datetime = NOW

    def poll(self, *entries: FeedEntry, known: int = 0) -> Recognition:
        """Takes a document in; `known` entries of it were left out by the parser."""
        parsed = ParsedFeed(title="Desk", language="en", entries=entries, known=known)
        identified = identify(SOURCE, parsed, self.habits, self.now)
        asked = names_to_ask(identified)
        found = {
            name: self.items[self.names.get(name, name)] for name in asked if name in self.names or name in self.items
        }
        recognition = recognise(identified, found, self.now)
        for item in recognition.items:
            former = self.items.get(item.key)
            if former is None or former.digest != item.digest or item.key in recognition.replayed:
                self.items[item.key] = KnownItem(
                    key=item.key,
                    digest=item.digest,
                    guid=item.guid,
                    link=item.link,
                    title=item.title,
                    published_at=former.published_at if former else item.published_at,
                )
        self.names |= recognition.names
        self.habits = recognition.habits
        self.now += HOUR
        return recognition


def fresh(recognition: Recognition) -> list[str]:
    return [item.title for item in recognition.items if item.key not in recognition.known]


def edited(recognition: Recognition) -> list[str]:
    known = recognition.known
    return [item.title for item in recognition.items if item.key in known and known[item.key] != item.digest]


ENTRIES = [entry(number) for number in range(6)]


def test_new_entries_when_seen_then_they_are_new_once() -> None:
    archive = Archive()
    assert len(fresh(archive.poll(*ENTRIES))) == 6
    again = archive.poll(entry(9), *ENTRIES)
    assert fresh(again) == [entry(9).title]
    assert edited(again) == []
    assert not again.replayed
    assert not again.doubtful


def test_a_publishers_edit_when_seen_then_it_is_the_same_item() -> None:
    archive = Archive()
    archive.poll(*ENTRIES)
    for changed in (
        entry(1, title="Tuvalu and Nauru sign no treaty"),
        entry(1, title="Corrected", link="https://desk.example/news/other-slug"),
        entry(1, guid="urn:1-v2", title="Corrected once more", link="https://desk.example/news/other-slug"),
    ):
        recognition = archive.poll(changed)
        assert (fresh(recognition), len(edited(recognition))) == ([], 1)


def test_guids_that_change_at_every_poll_when_seen_then_the_links_identify_and_the_operator_hears_it_once() -> None:
    archive = Archive()
    archive.poll(*ENTRIES)
    told = []
    for turn in range(4):
        recognition = archive.poll(*[entry(number, guid=f"{turn}-{number}") for number in range(6)])
        assert (fresh(recognition), edited(recognition)) == ([], [])
        told.append(recognition.tells)
    assert told == [True, False, False, False]
    assert archive.habits.guid_changes == 2
    # From then on they are not even asked for, so that no name is stored for each poll.
    assert not archive.poll(*[entry(number, guid=f"last-{number}") for number in range(6)]).names
    assert fresh(archive.poll(entry(8, guid="x"), *ENTRIES)) == [entry(8).title]


def test_one_guid_for_all_when_seen_then_the_links_identify() -> None:
    archive = Archive()
    same = [replace(one, guid="urn:feed") for one in ENTRIES]
    assert len(fresh(archive.poll(*same))) == 6
    assert archive.habits.guids_shared
    assert fresh(archive.poll(entry(9, guid="urn:feed"), known=6)) == [entry(9).title]


def test_a_feed_that_shows_one_entry_at_a_time_under_one_guid_when_seen_then_each_is_new() -> None:
    archive = Archive()
    for number in range(4):
        assert fresh(archive.poll(entry(number, guid="urn:latest"))) == [entry(number).title]


def test_one_link_for_all_when_seen_then_the_guids_identify() -> None:
    archive = Archive()
    home = [replace(one, link="https://desk.example/") for one in ENTRIES]
    assert len(fresh(archive.poll(*home))) == 6
    assert fresh(archive.poll(entry(9, link="https://desk.example/"), known=6)) == [entry(9).title]
    bare = [replace(one, guid=None) for one in home]
    archive = Archive()
    assert len(fresh(archive.poll(*bare))) == 6
    assert fresh(archive.poll(entry(9, guid=None, link="https://desk.example/"), *bare)) == [entry(9).title]


def test_parameters_that_change_at_every_poll_when_seen_then_they_are_learned() -> None:
    archive = Archive()

    def tracked(turn: int) -> list[FeedEntry]:
        link = "https://desk.example/{}?page=2&visit={}"
        return [entry(number, guid=None, link=link.format(number, turn * 10 + number)) for number in range(6)]

    archive.poll(*tracked(1))
    second = archive.poll(*tracked(2))
    assert fresh(second) == []
    assert archive.habits.parameters == {"visit"}
    archive.poll(*tracked(3))
    last = archive.poll(*tracked(4))
    assert (fresh(last), last.replayed, dict(last.names)) == ([], frozenset(), {})


def test_parameters_that_tell_articles_apart_when_all_change_then_they_are_not_taken_for_tracking() -> None:
    archive = Archive()
    links = "https://desk.example/show?id={}"
    archive.poll(*[entry(number, link=links.format(number)) for number in range(6)])
    archive.poll(*[entry(number, guid=f"new-{number}", link=links.format(number + 500)) for number in range(6)])
    assert archive.habits.parameters == frozenset()


def test_a_replay_under_other_guids_links_and_dates_when_seen_then_nothing_is_new_and_the_operator_is_told_once() -> (
    None
):
    archive = Archive()
    archive.poll(*ENTRIES)

    def moved(turn: int) -> list[FeedEntry]:
        return [
            entry(
                number, guid=f"{turn}:{number}", link=f"https://new.example/{turn}/{number}", published_at=archive.now
            )
            for number in range(6)
        ]

    first = archive.poll(*moved(1))
    assert (fresh(first), len(first.replayed), first.tells) == ([], 6, True)
    second = archive.poll(*moved(2))
    assert (fresh(second), second.tells) == ([], False)
    archive.now += dt.timedelta(days=30)
    assert archive.poll(*moved(3)).tells


def test_a_replay_when_something_new_stands_in_it_then_that_is_new() -> None:
    archive = Archive()
    archive.poll(*ENTRIES)
    replay = [replace(one, guid=f"again-{one.guid}") for one in ENTRIES]
    recognition = archive.poll(entry(20), *replay)
    assert fresh(recognition) == [entry(20).title]
    assert len(recognition.replayed) == 6


def test_edits_that_are_numbered_in_their_guids_when_some_come_at_once_then_they_are_edits_and_no_replay() -> None:
    archive = Archive()
    many = [entry(number, guid=f"https://desk.example/news/{number}#0") for number in range(12)]
    archive.poll(*many)
    updates = [
        entry(number, guid=f"https://desk.example/news/{number}#1", title=f"Updated: treaty {number}")
        for number in range(4)
    ]
    recognition = archive.poll(*updates, *many[4:])
    assert (fresh(recognition), len(edited(recognition))) == ([], 4)
    assert (recognition.replayed, recognition.tells) == (frozenset(), False)


def test_mere_novelty_after_a_long_pause_when_seen_then_it_is_no_replay() -> None:
    archive = Archive()
    archive.poll(*ENTRIES)
    archive.now += dt.timedelta(days=60)
    recognition = archive.poll(*[entry(number) for number in range(100, 150)])
    assert (len(fresh(recognition)), recognition.replayed, recognition.tells) == (50, frozenset(), False)


def test_columns_that_share_their_titles_every_day_when_seen_then_each_is_new() -> None:
    archive = Archive()
    for day in range(3):
        columns = [
            entry(day * 10 + number, title=title, summary=f"Of day {day}.", published_at=archive.now)
            for number, title in enumerate(("Morning briefing", "Evening briefing", "The week in the islands"))
        ]
        assert len(fresh(archive.poll(*columns))) == 3
        short = [
            entry(100 + day * 10 + number, title=title, summary="", published_at=archive.now)
            for number, title in enumerate(("Weather", "Ferries", "Market prices"))
        ]
        assert len(fresh(archive.poll(*short))) == 3


def test_one_article_that_moves_when_seen_then_its_words_and_time_identify_it() -> None:
    archive = Archive()
    archive.poll(*ENTRIES)
    moved = entry(2, guid="other", link="https://other.example/2")
    assert fresh(archive.poll(moved)) == []
    assert fresh(archive.poll(replace(moved, guid="third", link="https://third.example/", published_at=None))) != []


@pytest.mark.parametrize(
    "odd",
    [
        entry(9, guid="urn:1"),
        entry(9, link="https://desk.example/news/1"),
    ],
    ids=["a guid of another", "a link of another"],
)
def test_a_name_of_another_article_when_only_a_part_was_read_then_the_whole_is_asked_for(odd: FeedEntry) -> None:
    archive = Archive()
    archive.poll(*ENTRIES)
    assert archive.poll(odd, known=6).doubtful
    whole = Archive()
    whole.poll(*ENTRIES)
    recognition = whole.poll(odd, *ENTRIES)
    assert (fresh(recognition), edited(recognition)) == ([odd.title], [])


def test_an_item_whose_content_is_gone_when_seen_again_then_it_is_known() -> None:
    archive = Archive()
    archive.poll(*ENTRIES)
    for key, item in archive.items.items():
        archive.items[key] = KnownItem(key=key, digest=item.digest)
    assert fresh(archive.poll(*ENTRIES)) == []
    assert fresh(archive.poll(*[replace(one, guid=None) for one in ENTRIES])) == []


def test_an_edit_when_the_words_before_it_stand_beside_it_then_the_edit_is_read() -> None:
    archive = Archive()
    archive.poll(*ENTRIES)
    before = entry(1, guid=None, link=None)
    for document in ((before, entry(1, title="Corrected")), (entry(1, title="Corrected twice"), before)):
        recognition = archive.poll(*document)
        assert fresh(recognition) == []
        assert edited(recognition) == [one.title for one in document if one.guid]


ODD = strategies.lists(
    strategies.builds(
        FeedEntry,
        guid=strategies.sampled_from([None, "a", "b", "c", "https://x.example/1", "https://x.example/1#2"]),
        link=strategies.sampled_from(
            [None, "https://x.example/1", "http://m.x.example/1?utm_source=y", "https://x.example/2?v=1", "https://x.example/2?v=2"]
        ),
        title=strategies.sampled_from(["t1", "t2", "Kiribati opens an embassy", "a - Desk", "b - Desk"]),
        summary=strategies.sampled_from(["", "s"]),
        published_at=strategies.sampled_from([None, NOW, NOW - HOUR, NOW + HOUR]),
        outlet=strategies.sampled_from([None, "Desk"]),
    ),
    max_size=7,
)  # fmt: skip


@given(strategies.lists(ODD, min_size=1, max_size=4))
def test_any_documents_when_seen_then_keys_stand_once_and_the_last_is_known_when_it_comes_again(
    documents: list[list[FeedEntry]],
) -> None:
    archive = Archive()
    titles: set[str] = set()
    for document in documents:
        recognition = archive.poll(*document)
        assert len({item.key for item in recognition.items}) == len(recognition.items) <= len(document)
        assert recognition.known.keys() >= recognition.replayed
        # Whoever names a title alone is there, now or before.
        titles |= {item.title for item in recognition.items}
        assert {one.title for one in document if one.guid is None and one.link is None} <= titles
    dated = [one for one in documents[-1] if one.published_at is not None]
    archive.poll(*dated)
    assert fresh(archive.poll(*dated)) == []
