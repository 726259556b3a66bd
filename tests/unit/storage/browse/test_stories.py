"""Lists of stories: what a filter leaves, in which order, and that pages neither repeat nor skip."""

from dataclasses import replace
from typing import Any

import pytest

from monitor.domain.browsing import Cursor, StoryFilter
from monitor.domain.stories import Story
from monitor.domain.taxonomy import Severity, Status
from monitor.storage import polls
from monitor.storage.browse.stories import (
    StoryCount,
    StoryOrder,
    busiest_relations,
    count_stories,
    last_reported_at,
    list_stories,
)
from monitor.storage.engine import Database
from monitor.storage.events import insert_events, withdraw_events
from monitor.storage.items import insert_items
from monitor.storage.stories import save_stories
from tests.unit.storage.examples import MINUTE, NOW, news, report, source, story


def told(name: str, ago: int, **changes: Any) -> Story:
    """A story that was opened and last reported so many minutes ago."""
    return story(name, **({"opened_at": NOW - ago * MINUTE, "last_report_at": NOW - ago * MINUTE} | changes))


RAID = told("raid", 4, severity=Severity.CRITICAL, type="attack.armed", status=Status.REPORTED)
TALKS = told("talks", 3, severity=Severity.NOTABLE, type="talks.held", relation="FJI-TON", source="FJI", target="TON")
TWIN = told("twin", 3, severity=Severity.NOTABLE, type="talks.held", relation="FJI-TON", source="TON", target="FJI")
RECALL = told("recall", 2)
HALF = told("half", 1, severity=Severity.ROUTINE, relation="?-FJI", source=None, target="FJI")
GONE = told("gone", 0, merged_into="story-raid", severity=Severity.CRITICAL)
TAKEN_BACK = told("taken-back", 0, retracted_at=NOW)
EVERYTHING = StoryFilter()


@pytest.fixture
def archive(database: Database) -> Database:
    with database.write() as connection:
        save_stories(connection, [RAID, TALKS, TWIN, RECALL, HALF, GONE, TAKEN_BACK])
    return database


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (EVERYTHING, [HALF, RECALL, TALKS, TWIN, RAID]),
        (StoryFilter(sides=("FJI",)), [HALF, TALKS, TWIN]),
        (StoryFilter(sides=("TON", "FJI")), [TALKS, TWIN]),
        (StoryFilter(sides=("USA", "FJI")), []),
        (StoryFilter(kinds=frozenset({"talks.held", "attack.armed"})), [TALKS, TWIN, RAID]),
        (StoryFilter(kinds=frozenset({"talks"})), []),
        (StoryFilter(min_severity=Severity.MAJOR), [RECALL, RAID]),
        (StoryFilter(statuses=frozenset({Status.REPORTED})), [RAID]),
        (StoryFilter(since=NOW - 2 * MINUTE), [HALF, RECALL]),
        (StoryFilter(until=NOW - 2 * MINUTE), [TALKS, TWIN, RAID]),
        (StoryFilter(sides=("FJI",), min_severity=Severity.NOTABLE, since=NOW - 3 * MINUTE), [TALKS, TWIN]),
    ],
)
def test_a_filter_when_asked_for_then_each_part_narrows(
    archive: Database, wanted: StoryFilter, expected: list[Story]
) -> None:
    with archive.read() as connection:
        assert list(list_stories(connection, wanted, limit=9).rows) == expected


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (StoryOrder.LATEST, [HALF, RECALL, TALKS, TWIN, RAID]),
        (StoryOrder.GRAVEST, [RAID, RECALL, TALKS, TWIN, HALF]),
    ],
)
@pytest.mark.parametrize("limit", [1, 2, 3, 5])
def test_a_list_when_walked_page_by_page_then_every_story_comes_once_and_in_order(
    archive: Database, order: StoryOrder, limit: int, expected: list[Story]
) -> None:
    walked: list[Story] = []
    after: Cursor | None = None
    with archive.read() as connection:
        while True:
            page = list_stories(connection, EVERYTHING, order=order, limit=limit, after=after)
            walked += page.rows
            if page.next is None:
                break
            after = page.next
    assert walked == expected


@pytest.mark.parametrize(
    ("order", "after"),
    [
        (StoryOrder.LATEST, ("yesterday", "story-raid")),
        (StoryOrder.LATEST, ("2026-01-05T12:00:00", "story-raid")),
        (StoryOrder.LATEST, ("story-raid",)),
        (StoryOrder.GRAVEST, ("dreadful", NOW.isoformat(), "story-raid")),
    ],
)
def test_a_cursor_of_another_list_when_given_then_it_is_refused(
    archive: Database, order: StoryOrder, after: tuple[str, ...]
) -> None:
    with archive.read() as connection, pytest.raises(ValueError, match=r"."):
        list_stories(connection, EVERYTHING, order=order, limit=3, after=Cursor(after=after))


def test_a_story_that_goes_on_when_asked_for_a_span_within_then_it_is_there(database: Database) -> None:
    long = told("long", 60, last_report_at=NOW)
    with database.write() as connection:
        save_stories(connection, [long])
        span = StoryFilter(since=NOW - 30 * MINUTE, until=NOW - 20 * MINUTE)
        assert list_stories(connection, span, limit=9).rows == (long,)
        assert list_stories(connection, replace(span, until=NOW - 60 * MINUTE), limit=9).rows == ()


def test_a_language_when_asked_for_then_a_report_in_it_must_stand(archive: Database) -> None:
    reports = [
        report(f"in-{name}", news(name, language=language))
        for name, language in (("a", "es"), ("b", "en"), ("c", "es"))
    ]
    with archive.write() as connection:
        polls.sync_feeds(connection, [source()], NOW)
        insert_items(connection, [one.item for one in reports])
        insert_events(connection, reports, {"event-in-a": RAID.id, "event-in-b": RECALL.id, "event-in-c": HALF.id})
        withdraw_events(connection, ["event-in-c"], NOW)
        assert list_stories(connection, StoryFilter(language="es"), limit=9).rows == (RAID,)
        assert list_stories(connection, StoryFilter(language="de"), limit=9).rows == ()


def test_stories_when_counted_then_by_severity_status_and_type_under_the_filter(archive: Database) -> None:
    with archive.read() as connection:
        counted = count_stories(connection, StoryFilter(sides=("FJI",)))
        assert set(counted) == {
            StoryCount(severity=Severity.NOTABLE, status=Status.PLANNED, type="talks.held", stories=2),
            StoryCount(severity=Severity.ROUTINE, status=Status.PLANNED, type="ambassador.recalled", stories=1),
        }


def test_relations_when_ranked_then_the_busiest_is_first_and_half_known_ones_are_left_out(archive: Database) -> None:
    with archive.read() as connection:
        assert busiest_relations(connection, StoryFilter(min_severity=Severity.NOTABLE), 9) == (
            ("FJI-TON", 2),
            ("USA-VEN", 2),
        )
        assert busiest_relations(connection, EVERYTHING, 1) == (("FJI-TON", 2),)


def test_the_last_report_when_asked_for_then_merged_and_retracted_stories_do_not_count(archive: Database) -> None:
    with archive.read() as connection:
        assert last_reported_at(connection) == HALF.last_report_at


def test_the_last_report_when_there_is_none_then_nothing_is_said(database: Database) -> None:
    with database.read() as connection:
        assert last_reported_at(connection) is None
