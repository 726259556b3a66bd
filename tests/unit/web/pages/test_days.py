"""A page for each day, and what is planned for days to come."""

import datetime as dt
from pathlib import Path

import pytest

from monitor.domain.events import DatePrecision, EventDate
from monitor.domain.stories import Story
from monitor.domain.taxonomy import Severity, Status
from monitor.storage import polls
from monitor.storage.events import insert_events
from monitor.storage.items import insert_items
from monitor.storage.stories import save_stories
from tests.unit.storage.examples import news, report, source, story
from tests.unit.web.exhibits import NOW, a_site, empty_database, visiting
from tests.unit.web.pages.test_now import DAY, HOUR, RAID, TALKS, page_of, shown, told
from tests.unit.web.reading import Element

TODAY = NOW.date()


def plan(name: str, first: dt.date, last: dt.date | None = None) -> Story:
    precision = DatePrecision.MONTH if last else DatePrecision.DAY
    date = EventDate(first=first, last=last or first, precision=precision)
    return story(name, date=date, status=Status.PLANNED, opened_at=NOW - 9 * DAY, last_report_at=NOW - 9 * DAY)


def ids_in(page: Element, section: str) -> list[str]:
    """The ids of the stories under a heading with this id."""
    found = page.find("section", **{"aria-labelledby": section})
    rows = found[0].find("li", class_="story") if found else []
    return [one.find("a")[0].attributes["href"].removeprefix("/stories/story-") for one in rows]


def test_given_a_day_when_asked_for_then_what_began_and_what_went_on_stand_apart(tmp_path: Path) -> None:
    # Midnight in Caracas is four o'clock in UTC.
    late, early = told("late", 9 * HOUR), told("early", 2 * HOUR, severity=Severity.NOTABLE)
    again = story("again", opened_at=NOW - 2 * DAY, last_report_at=NOW - HOUR)
    heard = report("again", news("again", published_at=NOW - HOUR, seen_at=NOW - HOUR))
    with empty_database(tmp_path) as database:
        with database.write() as connection:
            polls.sync_feeds(connection, [source()], NOW)
            save_stories(connection, [RAID, late, early, again])
            insert_items(connection, [heard.item])
            insert_events(connection, [heard], {heard.id: again.id})
        with visiting(lambda: a_site(database)) as visitor:
            page = page_of(visitor, "/days/2026-03-14")
            before = page_of(visitor, "/days/2026-03-13")
    assert ids_in(page, "begun") == ["raid", "early"]
    assert ids_in(page, "going-on") == ["again"]
    assert ids_in(before, "begun") == ["late"]
    assert [one.words for one in page.find("h1")] == ["Saturday, 14 March 2026"]
    assert page.links()["The day before"] == "/days/2026-03-13"
    assert "The day after" not in page.links()
    assert before.links()["The day after"] == "/days/2026-03-14"


def test_given_a_filter_on_a_day_when_moving_on_then_it_goes_along(tmp_path: Path) -> None:
    with shown(tmp_path, RAID, TALKS) as visitor:
        page = page_of(visitor, "/days/2026-03-14?between=FJI,TON&days=3")
    assert ids_in(page, "begun") == ["talks"]
    assert page.links()["The day before"] == "/days/2026-03-13?between=FJI,TON"
    assert page.links()["Fiji – Tonga ×, remove"] == "/days/2026-03-14"


def test_given_a_day_to_come_when_asked_for_then_its_plans_are_shown(tmp_path: Path) -> None:
    tomorrow = TODAY + dt.timedelta(days=1)
    with shown(tmp_path, plan("summit", tomorrow), plan("some-day", TODAY, tomorrow)) as visitor:
        assert ids_in(page_of(visitor, f"/days/{tomorrow}"), "planned") == ["summit"]
        (empty,) = page_of(visitor, f"/days/{tomorrow + dt.timedelta(days=1)}").find("p", class_="empty")
    assert empty.links() == {"Upcoming": "/upcoming"}


@pytest.mark.parametrize(
    ("path", "to"),
    [("/days", "/days/2026-03-14"), ("/days?day=2026-01-03", "/days/2026-01-03"), ("/days?day=", "/days/2026-03-14")],
)
def test_given_a_form_when_a_day_is_chosen_then_it_leads_there(tmp_path: Path, path: str, to: str) -> None:
    with shown(tmp_path) as visitor:
        answer = visitor.get(path)
    assert (answer.status, answer.headers["Location"]) == (303, to)


@pytest.mark.parametrize("day", ["2026-02-30", "tomorrow", "0001-01-01", "9999-12-31"])
def test_given_no_day_when_asked_for_then_a_sentence_says_so(tmp_path: Path, day: str) -> None:
    with shown(tmp_path) as visitor:
        assert visitor.get(f"/days/{day}").status == 400


def test_given_a_day_of_many_stories_when_walked_then_each_is_shown_once(tmp_path: Path) -> None:
    stories = [told(f"{number:03}", dt.timedelta(minutes=number)) for number in range(70)]
    with shown(tmp_path, *stories) as visitor:
        first = page_of(visitor, "/days/2026-03-14")
        second = page_of(visitor, first.find("a", rel="next")[0].attributes["href"])
    assert "70 stories in all" in first.find("main")[0].words
    assert [*ids_in(first, "begun"), *ids_in(second, "begun")] == [f"{number:03}" for number in reversed(range(70))]


def test_given_plans_when_asked_for_then_day_by_day_and_those_overdue_apart(tmp_path: Path) -> None:
    plans = [
        plan("today", TODAY),
        plan("friday", TODAY + dt.timedelta(days=6)),
        plan("in-march", TODAY.replace(day=1), TODAY.replace(day=31)),
        plan("missed", TODAY - dt.timedelta(days=2)),
        plan("forgotten", TODAY - dt.timedelta(days=40)),
    ]
    with shown(tmp_path, *plans) as visitor:
        page = page_of(visitor, "/upcoming")
    assert ids_in(page, "soon-1") == ["today", "friday"]
    assert ids_in(page, "soon-2") == ["in-march"]
    assert ids_in(page, "overdue") == ["missed"]
    assert [one.words for one in page.find("h3")] == [
        "Saturday, 14 March 2026",
        "Friday, 20 March 2026",
        "Tuesday, 31 March 2026",
    ]


def test_given_nothing_planned_when_asked_for_then_it_is_said_what_would_stand_there(tmp_path: Path) -> None:
    with shown(tmp_path, RAID) as visitor:
        (empty,) = page_of(visitor, "/upcoming").find("p", class_="empty")
        assert empty.words.startswith("Nothing with a date is planned")
        assert visitor.get("/upcoming?after=nonsense").status == 400


def test_given_more_plans_than_a_page_when_walked_then_each_is_shown_once_and_overdue_ones_only_at_the_head(
    tmp_path: Path,
) -> None:
    plans = [plan(f"{number:03}", TODAY + dt.timedelta(days=number)) for number in range(65)]
    with shown(tmp_path, *plans, plan("missed", TODAY - dt.timedelta(days=2))) as visitor:
        first = page_of(visitor, "/upcoming")
        second = page_of(visitor, first.find("a", rel="next")[0].attributes["href"])
    found = [*ids_in(first, "soon-1"), *ids_in(first, "soon-2"), *ids_in(second, "soon-1")]
    assert found == [f"{number:03}" for number in range(65)]
    assert ids_in(second, "overdue") == []
