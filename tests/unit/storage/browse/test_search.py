"""What was looked for is found, the newest first, in pages, on both databases."""

import datetime as dt

import pytest

from monitor.domain.browsing import Cursor, Page, StoryFilter
from monitor.domain.searching import read_search
from monitor.domain.taxonomy import Severity
from monitor.storage import events, items, polls, stories
from monitor.storage.browse import search as searching
from monitor.storage.browse.search import FoundItem, search_items, search_stories
from monitor.storage.engine import Database
from tests.unit.storage import examples

DAY = dt.timedelta(days=1)
EVERYTHING = StoryFilter()


def find_items(
    database: Database, typed: str, wanted: StoryFilter = EVERYTHING, *, limit: int = 10, after: Cursor | None = None
) -> Page[FoundItem]:
    with database.read() as connection:
        return search_items(connection, read_search(typed), wanted, now=examples.NOW, limit=limit, after=after)


def titles(page: Page[FoundItem]) -> list[str]:
    return [found.item.title for found in page.rows]


@pytest.fixture
def archive(database: Database) -> Database:
    """Three items on herons, one of which two reports of a story were read in."""
    told = examples.news("told", title="Heron lands in the harbour", language="es")
    below = examples.news("below", title="News of the harbour", summary="A heron, at last.", seen_at=examples.NOW - DAY)
    old = examples.news("old", title="Heron seen", seen_at=examples.NOW - 90 * DAY)
    story = examples.story("heron", headline="A heron comes", severity=Severity.MAJOR)
    reports = [examples.report(name, told) for name in ("one", "two")]
    with database.write() as connection:
        polls.sync_feeds(connection, [examples.source()], examples.NOW)
        for one in (old, below, told):
            items.insert_items(connection, [one])
        stories.save_stories(connection, [story])
        events.insert_events(connection, reports, {report.id: story.id for report in reports}, {})
    return database


def test_items_when_searched_then_words_in_the_title_and_new_ones_come_first(archive: Database) -> None:
    assert titles(find_items(archive, "heron")) == ["Heron lands in the harbour", "News of the harbour", "Heron seen"]
    assert titles(find_items(archive, "harbour heron")) == ["Heron lands in the harbour", "News of the harbour"]


def test_an_item_when_found_then_it_names_its_stories_once(archive: Database) -> None:
    first, second, _ = find_items(archive, "heron").rows
    assert [story.headline for story in first.stories] == ["A heron comes"]
    assert second.stories == ()


@pytest.mark.parametrize(
    ("wanted", "left"),
    [
        (StoryFilter(language="es"), ["Heron lands in the harbour"]),
        (StoryFilter(since=examples.NOW - 2 * DAY), ["Heron lands in the harbour", "News of the harbour"]),
        (StoryFilter(until=examples.NOW - 2 * DAY), ["Heron seen"]),
        (StoryFilter(min_severity=Severity.MAJOR), ["Heron lands in the harbour"]),
        (StoryFilter(min_severity=Severity.CRITICAL), []),
        (StoryFilter(sides=("VEN",)), ["Heron lands in the harbour"]),
        (StoryFilter(sides=("ELB",)), []),
    ],
)
def test_items_when_filtered_then_those_are_left(archive: Database, wanted: StoryFilter, left: list[str]) -> None:
    assert titles(find_items(archive, "heron", wanted)) == left


def test_stories_when_searched_then_those_that_were_merged_away_are_not_found(archive: Database) -> None:
    with archive.write() as connection:
        stories.save_stories(connection, [examples.story("part", headline="Heron too", merged_into="heron")])
        found = search_stories(connection, read_search("heron"), EVERYTHING, limit=5)
        none = search_stories(connection, read_search("heron"), StoryFilter(kinds=frozenset({"war"})), limit=5)
    assert [story.headline for story in found.rows] == ["A heron comes"]
    assert none == Page(rows=())


def test_nothing_typed_when_searched_then_nothing_is_found(archive: Database) -> None:
    assert find_items(archive, " - ") == Page(rows=())
    assert find_items(archive, "-heron") == Page(rows=())


def test_many_matches_when_paged_through_then_each_is_shown_once(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Windows smaller than what is stored, so that pages go over their ends.
    monkeypatch.setattr(searching, "_WINDOW", 7)
    many = [examples.news(f"n{number}", title=f"Heron {number}", language="en") for number in range(20)]
    with database.write() as connection:
        polls.sync_feeds(connection, [examples.source()], examples.NOW)
        items.insert_items(connection, many)
    shown: list[str] = []
    after: Cursor | None = None
    while True:
        page = find_items(database, "heron", limit=3, after=after)
        shown += titles(page)
        after = page.next
        if after is None:
            break
    assert sorted(shown) == sorted(one.title for one in many)


def test_a_filter_that_leaves_nothing_when_there_is_more_then_older_ones_may_be_asked_for(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "_WINDOW", 2)
    with database.write() as connection:
        polls.sync_feeds(connection, [examples.source()], examples.NOW)
        items.insert_items(connection, [examples.news("es", title="Heron one of old", language="es")])
        items.insert_items(connection, [examples.news(f"n{one}", title=f"Heron {one}") for one in range(20)])
    page = find_items(database, "heron", StoryFilter(language="es"))
    assert page.rows == ()
    assert page.next is not None
    assert titles(find_items(database, "heron", StoryFilter(language="es"), after=page.next)) == ["Heron one of old"]


@pytest.mark.parametrize("after", [(), ("1",), ("x", "1"), ("-1", "0"), ("9" * 40, "0"), ("1", "2", "3")])
def test_a_cursor_of_another_list_when_given_then_it_is_refused(database: Database, after: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        find_items(database, "heron", after=Cursor(after=after))
