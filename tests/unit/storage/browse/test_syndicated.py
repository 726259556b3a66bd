"""What subscribers are told: the last stories with their last step, and those that were taken back of late."""

import datetime as dt

import pytest
from sqlalchemy import select, text
from sqlalchemy.dialects import sqlite

from monitor.domain.browsing import StoryFilter
from monitor.domain.stories import Stage
from monitor.domain.taxonomy import Severity
from monitor.storage.browse import stories as browsing
from monitor.storage.browse.syndicated import told_stories
from monitor.storage.engine import Database, open_database
from monitor.storage.events import insert_events
from monitor.storage.items import insert_items
from monitor.storage.polls import sync_feeds
from monitor.storage.stories import save_stories
from monitor.storage.tables import story as story_table
from tests.unit.storage.examples import MINUTE, NOW, news, report, source, story

DAY = dt.timedelta(days=1)
PLAIN = story("plain", opened_at=NOW - 3 * MINUTE)
MOVED = story("moved", opened_at=NOW - 2 * DAY, severity=Severity.CRITICAL)
MENDED = story("mended", opened_at=NOW - 2 * DAY, put_right_at=NOW - 2 * MINUTE)
GONE = story("gone", opened_at=NOW - 2 * DAY, last_report_at=NOW - DAY, retracted_at=NOW - MINUTE)
LONG_GONE = story("long-gone", opened_at=NOW - 9 * DAY, last_report_at=NOW - 9 * DAY, retracted_at=NOW - 8 * DAY)
MERGED = story("merged", opened_at=NOW, merged_into="story-plain")


@pytest.fixture
def archive(database: Database) -> Database:
    reports = [report("first"), report("then", news("then", seen_at=NOW + MINUTE)), report("mention")]
    with database.write() as connection:
        sync_feeds(connection, [source()], NOW)
        insert_items(connection, [one.item for one in reports])
        save_stories(connection, [PLAIN, MOVED, MENDED, GONE, LONG_GONE, MERGED])
        stages = {reports[0].id: Stage.FIRST, reports[1].id: Stage.HAPPENED}
        insert_events(connection, reports, dict.fromkeys([one.id for one in reports], MOVED.id), stages=stages)
    return database


def told(database: Database, wanted: StoryFilter, limit: int = 9) -> list[tuple[str, Stage | None, dt.datetime]]:
    with database.read() as connection:
        found = told_stories(connection, wanted, taken_back_since=NOW - 7 * DAY, limit=limit)
    return [(one.story.id, one.stage, one.changed_at) for one in found]


def test_given_stories_when_told_then_those_that_changed_last_stand_first_and_what_was_taken_back_is_among_them(
    archive: Database,
) -> None:
    assert told(archive, StoryFilter()) == [
        (MOVED.id, Stage.HAPPENED, NOW + MINUTE),
        (GONE.id, None, GONE.retracted_at),
        (MENDED.id, None, MENDED.put_right_at),
        (PLAIN.id, None, PLAIN.opened_at),
    ]


def test_given_a_filter_or_a_limit_when_told_then_both_hold_for_what_was_taken_back_as_well(archive: Database) -> None:
    assert [one for one, *_ in told(archive, StoryFilter(min_severity=Severity.CRITICAL))] == [MOVED.id]
    assert [one for one, *_ in told(archive, StoryFilter(), limit=2)] == [MOVED.id, GONE.id]
    assert told(archive, StoryFilter(sides=("FJI",))) == []


@pytest.mark.parametrize(
    "wanted",
    [
        StoryFilter(),
        StoryFilter(sides=("FJI",)),
        StoryFilter(sides=("FJI",), min_severity=Severity.MAJOR),
        StoryFilter(sides=("FJI", "TON"), min_severity=Severity.MAJOR),
        StoryFilter(language="es", since=NOW),
    ],
)
def test_given_a_filter_when_its_list_is_planned_then_an_index_gives_the_order(
    sqlite_url: str, wanted: StoryFilter
) -> None:
    opened = open_database(sqlite_url)
    with opened.read() as connection:
        for walk in browsing._walks(wanted):
            query = select(story_table).where(*walk).order_by(story_table.c.last_report_at.desc()).limit(9)
            sql = str(query.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True}))
            plan = " ".join(row[3] for row in connection.execute(text(f"EXPLAIN QUERY PLAN {sql}")))
            # Not by the index of what was taken back, which would be no way to all that stand.
            assert "last_report_at" in plan
            assert "TEMP B-TREE" not in plan
    opened.close()
