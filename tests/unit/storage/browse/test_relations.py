"""What is read of pairs is what the index counts, on both databases."""

import datetime as dt
from dataclasses import replace

import pytest

from monitor.domain.events import DatePrecision, EventDate
from monitor.domain.relations import CountedStory, DeedCount
from monitor.domain.taxonomy import Severity, Status
from monitor.storage.browse.relations import (
    counted_stories,
    counted_stories_of,
    counted_stories_of_each,
    deeds_between,
    openings,
)
from monitor.storage.engine import Database
from monitor.storage.stories import save_stories
from tests.unit.storage.examples import NOW, story

DAY = dt.timedelta(days=1)
SINCE = NOW - 9 * DAY
MONTH = EventDate(first=dt.date(2026, 1, 1), last=dt.date(2026, 1, 31), precision=DatePrecision.MONTH)

RECALL = story("recall", status=Status.REPORTED)
LATE = replace(
    story("late", status=Status.REPORTED, severity=Severity.NOTABLE, publishers=frozenset({"the gazette"})),
    # A minute before midnight in UTC, when it is tomorrow already further east.
    opened_at=dt.datetime(2026, 1, 4, 23, 59, tzinfo=dt.UTC),
    date=MONTH,
)
RETURNED = story("returned", status=Status.REPORTED, source="VEN", target="USA", type="ambassador.returned", date=None)
PLAN = story("plan", status=Status.PLANNED, severity=Severity.CRITICAL)
ELSEWHERE = story("elsewhere", relation="BRA-PER", source="BRA", target="PER")
HALF_KNOWN = story("half", relation="?-VEN", source=None, target="VEN")
NOT_COUNTED = (
    story("old", opened_at=SINCE - DAY, last_report_at=NOW),
    story("sample", sample=True),
    story("taken-back", retracted_at=NOW),
    story("merged", merged_into=RECALL.id),
)


@pytest.fixture
def archive(database: Database) -> Database:
    with database.write() as connection:
        save_stories(connection, [RECALL, LATE, RETURNED, PLAN, ELSEWHERE, HALF_KNOWN, *NOT_COUNTED])
    return database


def test_stories_when_counted_then_days_are_those_of_utc_and_an_imprecise_date_is_none(archive: Database) -> None:
    with archive.read() as connection:
        found = counted_stories_of(connection, "USA-VEN", SINCE)
    day = NOW.date()
    assert set(found) == {
        CountedStory("USA-VEN", "ambassador.recalled", Status.REPORTED, day, day, 2),
        CountedStory("USA-VEN", "ambassador.recalled", Status.PLANNED, day, day, 2),
        CountedStory("USA-VEN", "ambassador.returned", Status.REPORTED, day, None, 2),
        CountedStory("USA-VEN", "ambassador.recalled", Status.REPORTED, day - DAY, None, 1),
    }


def test_all_pairs_when_counted_then_both_sides_are_known(archive: Database) -> None:
    with archive.read() as connection:
        relations = [one.relation for one in counted_stories(connection, SINCE)]
    assert sorted(relations) == ["BRA-PER", "USA-VEN", "USA-VEN", "USA-VEN", "USA-VEN"]


def test_several_pairs_when_counted_then_each_is_told_up_to_that_moment(archive: Database) -> None:
    with archive.read() as connection:
        found = counted_stories_of_each(connection, ["USA-VEN", "BRA-PER", "FJI-TON"], SINCE, NOW)
        before_midnight = counted_stories_of_each(connection, ["USA-VEN", "BRA-PER"], SINCE, LATE.opened_at)
        after_it = counted_stories_of_each(connection, ["USA-VEN"], LATE.opened_at, NOW)
        assert set(found["USA-VEN"]) == set(counted_stories_of(connection, "USA-VEN", SINCE))
    assert ([len(stories) for stories in found.values()], found["FJI-TON"]) == ([4, 1, 0], ())
    assert [len(stories) for stories in before_midnight.values()] == [1, 0]
    assert len(after_it["USA-VEN"]) == 3


def test_openings_when_counted_then_pairs_with_an_unknown_side_and_what_came_later_are_left_out(
    archive: Database,
) -> None:
    with archive.read() as connection:
        assert openings(connection, SINCE, NOW) == {"USA-VEN": 4, "BRA-PER": 1}
        assert openings(connection, SINCE, LATE.opened_at) == {"USA-VEN": 1}


def test_deeds_when_counted_then_each_direction_stands_apart_and_plans_do_not_count(archive: Database) -> None:
    with archive.read() as connection:
        assert deeds_between(connection, "USA-VEN", SINCE) == (
            DeedCount(source="USA", target="VEN", type="ambassador.recalled", count=2),
            DeedCount(source="VEN", target="USA", type="ambassador.returned", count=1),
        )
        assert deeds_between(connection, "?-VEN", SINCE) == ()
