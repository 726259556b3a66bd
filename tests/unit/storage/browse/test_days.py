"""The archive day by day, and what lies ahead."""

import datetime as dt
from typing import Any

from monitor.domain.browsing import Cursor, StoryFilter
from monitor.domain.events import DatePrecision, EventDate
from monitor.domain.stories import Story
from monitor.domain.taxonomy import Severity, Status
from monitor.storage import polls
from monitor.storage.browse.days import count_begun, overdue, planned, stories_begun, stories_going_on
from monitor.storage.engine import Database
from monitor.storage.events import insert_events
from monitor.storage.items import insert_items
from monitor.storage.stories import save_stories
from tests.unit.storage.examples import MINUTE, NOW, news, report, source, story

DAY = dt.timedelta(days=1)
BEGIN = NOW.replace(hour=0)
EVERYTHING = StoryFilter()


def opened(name: str, at: dt.datetime, severity: Severity = Severity.MAJOR) -> Story:
    return story(name, opened_at=at, last_report_at=at, severity=severity)


def plan(name: str, first: dt.date, last: dt.date | None = None, **changes: Any) -> Story:
    date = EventDate(first=first, last=last or first, precision=DatePrecision.DAY)
    return story(name, **({"date": date, "status": Status.PLANNED} | changes))


def test_a_day_when_asked_for_then_what_began_on_it_is_there_the_gravest_first(database: Database) -> None:
    first = opened("first", BEGIN)
    second = opened("second", BEGIN + MINUTE)
    grave = opened("grave", BEGIN + 2 * MINUTE, Severity.CRITICAL)
    others = [opened("before", BEGIN - MINUTE), opened("after", BEGIN + DAY)]
    with database.write() as connection:
        save_stories(connection, [second, first, grave, *others])
        walked: list[Story] = []
        after: Cursor | None = None
        for _ in range(3):
            page = stories_begun(connection, EVERYTHING, BEGIN, BEGIN + DAY, limit=1, after=after)
            walked += page.rows
            after = page.next
        assert walked == [grave, first, second]
        assert after is None
        only_grave = StoryFilter(min_severity=Severity.CRITICAL)
        assert stories_begun(connection, only_grave, BEGIN, BEGIN + DAY, limit=9).rows == (grave,)


def test_an_earlier_story_when_reported_again_on_a_day_then_it_goes_on(database: Database) -> None:
    earlier = story("earlier", opened_at=BEGIN - DAY, last_report_at=BEGIN + MINUTE)
    quiet = opened("quiet", BEGIN - DAY)
    began = opened("began", BEGIN)
    reports = [
        report("again", news("again", published_at=BEGIN + MINUTE, seen_at=BEGIN + DAY - MINUTE)),
        report("aside", news("aside", published_at=BEGIN + MINUTE, seen_at=BEGIN + MINUTE), mention=True),
        report("late", news("late", published_at=BEGIN - MINUTE, seen_at=BEGIN + MINUTE)),
        report("own", news("own", published_at=BEGIN, seen_at=BEGIN)),
    ]
    with database.write() as connection:
        polls.sync_feeds(connection, [source()], NOW)
        save_stories(connection, [earlier, quiet, began])
        insert_items(connection, [one.item for one in reports])
        insert_events(
            connection,
            reports,
            {"event-again": earlier.id, "event-aside": quiet.id, "event-late": quiet.id, "event-own": began.id},
        )
        assert stories_going_on(connection, EVERYTHING, BEGIN, BEGIN + DAY, limit=9) == (earlier,)


def test_days_when_counted_then_each_story_counts_on_the_day_it_began(database: Database) -> None:
    with database.write() as connection:
        save_stories(
            connection,
            [
                opened("one", BEGIN - DAY),
                opened("two", BEGIN - MINUTE),
                opened("three", BEGIN),
                story("merged", opened_at=BEGIN, merged_into="story-three"),
            ],
        )
        assert count_begun(connection, [BEGIN - 2 * DAY, BEGIN - DAY, BEGIN, BEGIN + DAY]) == (0, 2, 1)
        assert count_begun(connection, [BEGIN]) == ()


def test_plans_when_listed_then_in_the_order_of_their_days_and_page_by_page(database: Database) -> None:
    today = NOW.date()
    month = plan("month", today, today + 20 * DAY)
    soon, sooner, same_day = plan("soon", today + DAY), plan("sooner", today), plan("soon-2", today + DAY)
    strangers = [
        plan("passed", today - DAY),
        plan("done", today + DAY, status=Status.REPORTED),
        plan("merged", today + DAY, merged_into="story-soon"),
        story("undated", status=Status.PLANNED, date=None),
    ]
    with database.write() as connection:
        save_stories(connection, [month, soon, sooner, same_day, *strangers])
        first = planned(connection, today, limit=2)
        assert first.rows == (sooner, soon)
        assert first.next is not None
        second = planned(connection, today, limit=2, after=first.next)
        assert (second.rows, second.next) == ((same_day, month), None)


def test_plans_when_their_day_has_passed_without_news_then_they_are_overdue_for_a_while(database: Database) -> None:
    today = NOW.date()
    passed, longer, long_ago = (plan(name, today - days * DAY) for name, days in (("a", 1), ("b", 3), ("c", 40)))
    with database.write() as connection:
        save_stories(connection, [passed, longer, long_ago, plan("today", today)])
        assert overdue(connection, today - 30 * DAY, today, limit=9) == (passed, longer)
        assert overdue(connection, today - 30 * DAY, today, limit=1) == (passed,)
