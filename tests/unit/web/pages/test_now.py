"""The first page: the latest stories, what may narrow them, and how one comes to older ones."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from monitor.domain.stories import Story
from monitor.domain.taxonomy import Severity, Status
from monitor.storage.stories import save_stories
from tests.unit.storage.examples import story
from tests.unit.web.exhibits import NOW, Visitor, a_site, empty_database, visiting
from tests.unit.web.reading import Element, read

HOUR = dt.timedelta(hours=1)
DAY = 24 * HOUR


def told(name: str, ago: dt.timedelta, **changes: Any) -> Story:
    given = {
        "opened_at": NOW - ago,
        "last_report_at": NOW - ago,
        "status": Status.REPORTED,
        "headline": f"Headline {name}",
    }
    return story(name, **(given | changes))


@contextmanager
def shown(folder: Path, *stories: Story) -> Iterator[Visitor]:
    with empty_database(folder) as database:
        with database.write() as connection:
            save_stories(connection, stories)
        with visiting(lambda: a_site(database)) as visitor:
            yield visitor


def page_of(visitor: Visitor, path: str = "/", **headers: str) -> Element:
    answer = visitor.get(path, **headers)
    assert answer.status == 200, answer.text
    return read(answer.text)


def stories_on(page: Element) -> list[str]:
    """The ids of the stories in the list, in order."""
    (place,) = page.find("div", id="stories")
    return [
        one.find("a")[0].attributes["href"].removeprefix("/stories/story-") for one in place.find("li", class_="story")
    ]


RAID = told("raid", 3 * HOUR, type="attack.armed", severity=Severity.CRITICAL)
TALKS = told("talks", HOUR, type="meeting", severity=Severity.ROUTINE, relation="FJI-TON", source="FJI", target="TON")
RECALL = told("recall", 2 * HOUR)
OLD = told("old", 5 * DAY)


def test_given_stories_when_the_first_page_is_asked_for_then_the_most_severe_of_two_days_stand_first(
    tmp_path: Path,
) -> None:
    with shown(tmp_path, RAID, TALKS, RECALL, OLD) as visitor:
        page = page_of(visitor)
    assert stories_on(page) == ["raid", "recall", "talks"]
    assert [one.words for one in page.find("h1")] == ["Now"]
    (main,) = page.find("main")
    assert "Reported in the last 2 days, the most severe first." in main.words
    (state,) = page.find("p", id="state")
    assert state.words == "3 stories · as of 08:00"


def test_given_a_filter_when_followed_then_the_list_is_narrowed_and_each_part_can_be_taken_away(tmp_path: Path) -> None:
    with shown(tmp_path, RAID, TALKS, RECALL, OLD) as visitor:
        links = page_of(visitor).links()
        assert links["Major or worse 2"] == "/?severity=major"
        assert links["Fiji – Tonga 1"] == "/?between=FJI,TON"
        assert links["30 days"] == "/?days=30"
        assert stories_on(page_of(visitor, "/?severity=major")) == ["raid", "recall"]
        assert stories_on(page_of(visitor, "/?between=FJI,TON")) == ["talks"]
        assert stories_on(page_of(visitor, "/?severity=major&days=30")) == ["raid", "recall", "old"]
        both = page_of(visitor, "/?between=FJI,TON&severity=major&days=7")
    (chosen,) = both.find("p", class_="chosen")
    assert chosen.links() == {
        "Fiji – Tonga ×, remove": "/?severity=major&days=7",
        "Major or worse ×, remove": "/?between=FJI,TON&days=7",
    }
    assert [one.words for one in both.find("a", **{"aria-current": "true"})] == [
        "7 days",
        "Fiji – Tonga",
        "Major or worse 0",
        "All",
    ]
    (empty,) = both.find("p", class_="empty")
    assert empty.words.startswith("No story fits that.")


def test_given_days_in_the_address_when_asked_for_then_they_are_chosen_and_can_be_taken_away(tmp_path: Path) -> None:
    with shown(tmp_path, RAID, OLD) as visitor:
        page = page_of(visitor, "/?from=2026-03-08&to=2026-03-10&severity=major")
        one_day = page_of(visitor, "/?day=2026-03-14")
    assert stories_on(page) == ["old"]
    assert page.find("p", class_="chosen")[0].links() == {
        "Major or worse ×, remove": "/?from=2026-03-08&to=2026-03-10",
        "8 March 2026 – 10 March 2026 ×, remove": "/?severity=major",
    }
    assert stories_on(one_day) == ["raid"]
    assert one_day.find("p", class_="chosen")[0].links() == {"14 March 2026 ×, remove": "/"}


def test_given_a_filter_when_read_by_programs_then_the_same_list_is_offered_to_them(tmp_path: Path) -> None:
    with shown(tmp_path, RAID) as visitor:
        page = page_of(visitor, "/?severity=major")
    feeds = [one.attributes["href"] for one in page.find("link", rel="alternate")]
    assert feeds == ["/stories.atom?severity=major", "/stories.json?severity=major"]
    (live,) = page.find("div", class_="live")
    assert live.attributes["data-live"] == "/live?severity=major"


def test_given_more_than_a_page_when_walked_by_its_links_then_every_story_is_shown_once(tmp_path: Path) -> None:
    stories = [
        told(f"{number:03}", number * dt.timedelta(minutes=1), severity=list(Severity)[number % 4])
        for number in range(90)
    ]
    walked: list[str] = []
    with shown(tmp_path, *stories) as visitor:
        link = "/"
        while True:
            page = page_of(visitor, link)
            walked += stories_on(page)
            following = page.find("a", rel="next")
            if not following:
                break
            link = following[0].attributes["href"]
    ranked = sorted(stories, key=lambda one: (-one.severity.rank, -one.last_report_at.timestamp()))
    assert walked == [one.id.removeprefix("story-") for one in ranked]


def test_given_no_news_for_days_when_the_first_page_is_asked_for_then_it_goes_back_to_the_last_there_was(
    tmp_path: Path,
) -> None:
    with shown(tmp_path, OLD, told("older", 6 * DAY), told("oldest", 9 * DAY)) as visitor:
        page = page_of(visitor)
        assert stories_on(page) == ["old", "older"]
        (main,) = page.find("main")
        assert "Nothing was reported in the last 2 days." in main.words
        assert stories_on(page_of(visitor, "/?days=2")) == []


def test_given_an_empty_archive_when_looked_at_then_it_is_said_why_and_what_to_do(tmp_path: Path) -> None:
    with shown(tmp_path) as visitor:
        (empty,) = page_of(visitor).find("p", class_="empty")
        assert empty.words.startswith("No stories yet.")
        assert empty.links() == {"Feeds": "/feeds"}
        spanish = page_of(visitor, accept_language="es")
    assert [one.words for one in spanish.find("h1")] == ["Ahora"]


@pytest.mark.parametrize("path", ["/?severity=dreadful", "/?after=nonsense", "/?after=WyJ4Il0", "/?days=0"])
def test_given_nonsense_in_the_address_when_asked_for_then_a_sentence_says_what_is_wrong(
    tmp_path: Path, path: str
) -> None:
    with shown(tmp_path, RAID) as visitor:
        answer = visitor.get(path)
    assert answer.status == 400
    assert len(read(answer.text).find("h1")) == 1


def test_given_the_last_days_when_listed_then_each_says_how_many_stories_began_on_it(tmp_path: Path) -> None:
    with shown(tmp_path, RAID, TALKS, OLD) as visitor:
        (days,) = page_of(visitor).find("ul", class_="days")
    counted = [(one.find("a")[0].attributes["href"], one.words) for one in days.find("li")]
    assert counted[0] == ("/days/2026-03-14", "Saturday, 14 March 2026 2 stories")
    assert counted[5] == ("/days/2026-03-09", "Monday, 9 March 2026 1 story")
    assert len(counted) == 8
