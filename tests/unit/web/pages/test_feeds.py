"""The page Feeds says whether all is well, and how each feed does; a feed's own page what it brought."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from monitor.domain.delivery import GaveUp
from monitor.domain.feeds import CronTimes, FeedSource, FeedTrouble, FetchFailure
from monitor.storage import outbox, polls
from monitor.storage.connection import Connection
from monitor.storage.engine import Database
from monitor.storage.events import insert_events
from monitor.storage.items import insert_items
from monitor.storage.stories import save_stories
from tests.unit.storage.examples import message, news, report, source, story
from tests.unit.web.exhibits import NOW, Visitor, a_site, empty_database, visiting
from tests.unit.web.reading import main_of, read

MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)


def poll(connection: Connection, feed_id: str, **changes: Any) -> None:
    (claim,) = polls.claim_due(connection, owner="me", limit=1, lease=MINUTE, due_by=None, only=[feed_id])
    well = replace(claim.state, last_polled_at=NOW - MINUTE, last_ok_at=NOW - MINUTE, next_poll_at=NOW + 4 * MINUTE)
    assert polls.finish(connection, claim, replace(well, **changes))


@contextmanager
def newsroom(folder: Path, *sources: FeedSource, paused: tuple[str, ...] = ()) -> Iterator[tuple[Visitor, Database]]:
    """A visitor to a site with these feeds, and the database that it shows."""
    with empty_database(folder) as database:
        site = replace(
            a_site(database),
            feeds={one.id: one for one in sources},
            paused=frozenset(paused),
            channels={"desk": "slack"},
        )
        with database.write() as connection:
            polls.sync_feeds(connection, [one for one in sources if one.id not in paused], NOW - HOUR)
        with visiting(lambda: site) as visitor:
            yield visitor, database


def test_given_feeds_that_are_well_when_looked_at_then_all_is_well(tmp_path: Path) -> None:
    with newsroom(tmp_path, source("gazette"), source("star")) as (visitor, database):
        with database.write() as connection:
            poll(connection, "gazette", newest_at=NOW - 3 * HOUR)
            poll(connection, "star")
        main = main_of(visitor, "/feeds")
    (verdict,) = main.find("p", class_="verdict")
    assert verdict.words == "All is well."
    facts = main.facts()
    assert facts["Feeds"] == "2 are well"
    assert facts["Last poll of any"] == "a minute ago"
    assert facts["Messages"] == "none waits; 0 dead letters"
    assert facts["Channels"] == "1 is open"
    assert "% of the disk is free" in facts["Database"]
    gazette, _ = main.rows()[1:]
    assert gazette == [
        "Gazette", "well", "", "0", "0", "a minute ago", "3 hours ago", "every 5 minutes", "in 4 minutes",
    ]  # fmt: skip


def test_given_trouble_when_looked_at_then_it_stands_at_the_head_with_links_and_each_feed_says_what_it_is(
    tmp_path: Path,
) -> None:
    feeds = [source(name) for name in ("dispatch", "gazette", "herald", "mirror", "star")]
    with newsroom(tmp_path, *feeds, paused=("mirror",)) as (visitor, database):
        with database.write() as connection:
            poll(connection, "dispatch")
            poll(
                connection, "gazette",
                failures=3, failing_since=NOW - HOUR, failure=FetchFailure.STATUS, last_error="answered 503 <busy>",
            )  # fmt: skip
            poll(connection, "herald")
            polls.tell(connection, {"herald": FeedTrouble.SILENT}, NOW)
            outbox.enqueue(connection, [message()])
            (claim,) = outbox.claim(connection, owner="me", channels=["desk"], limit=1, per_channel=1, lease=MINUTE)
            outbox.settle(connection, claim, GaveUp(reason="answered 410"), next_attempt_in=None)
        main = main_of(visitor, "/feeds")
        failing = main_of(visitor, "/feeds?show=failing")
        named = main_of(visitor, "/feeds?name=HER")
        nothing = main_of(visitor, "/feeds?show=failing&name=HER")
    (verdict,) = main.find("p", class_="verdict")
    assert verdict.words == "This needs a look."
    links = main.links()
    assert links["A message could not be delivered."] == "/deliveries?state=dead"
    assert links["A feed fails."] == "/feeds?show=failing"
    assert main.facts()["Feeds"] == "1 is well, 1 fails, 1 is silent, 1 is new, 1 is paused"
    assert {row[0]: row[1] for row in main.rows()[1:]} == {
        "Dispatch": "well",
        "Gazette": "failing answered 503 <busy>",
        "Herald": "silent",
        "Mirror": "paused",
        "Star": "new",
    }
    assert [row[0] for row in failing.rows()[1:]] == ["Gazette"]
    assert [row[0] for row in named.rows()[1:]] == ["Herald"]
    assert nothing.rows() == []
    assert nothing.links()["See all feeds"] == "/feeds"


def test_given_more_feeds_than_a_page_holds_when_followed_then_each_is_shown_once(tmp_path: Path) -> None:
    feeds = [source(f"feed-{number:03}") for number in range(130)]
    with newsroom(tmp_path, *feeds) as (visitor, _):
        first = main_of(visitor, "/feeds?name=feed")
        second = main_of(visitor, first.links()["More feeds"])
    names = [row[0] for row in (*first.rows()[1:], *second.rows()[1:])]
    assert names == [one.title for one in feeds]
    assert "More feeds" not in second.links()


def test_given_a_feed_when_its_page_is_opened_then_it_says_how_it_does_and_what_was_read_in_it(tmp_path: Path) -> None:
    gazette = source(
        url="https://desk:sesame@news.example/gazette", publisher="The Gazette & Sons", group="Andes", language="en",
        at=CronTimes(expression="0 6 * * *", zone="America/Lima"),
    )  # fmt: skip
    with newsroom(tmp_path, gazette) as (visitor, database):
        with database.write() as connection:
            poll(connection, "gazette", rhythm=90 * MINUTE)
            told, mute = news("told", seen_at=NOW - HOUR), news("mute", seen_at=NOW - 3 * HOUR, link=None)
            insert_items(connection, [told, mute])
            save_stories(connection, [story()])
            insert_events(connection, [report(item=told)], {"event-one": "story-one"})
        answer = visitor.get("/feeds/gazette")
    main = read(answer.text).find("main")[0]
    assert "sesame" not in answer.text
    facts = main.facts()
    assert facts["Address"] == "https://news.example/gazette"
    assert (facts["Publisher"], facts["Group"]) == ("The Gazette & Sons", "Andes")
    assert facts["Polled"] == "at 0 6 * * * (America/Lima)"
    assert facts["Usually"] == "a new entry every 90 minutes"
    assert main.rows()[1][1:] == ["2", "1"]
    first, second = main.find("li")[0], main.find("ol")[0].find("li")[-1]
    assert first.links()[told.title] == told.link
    assert first.links()["ambassador recalled"] == "/stories/story-one"
    assert second.links() == {}
    assert mute.title in second.words


def test_given_a_feed_that_left_the_configuration_when_opened_then_what_it_brought_is_still_there(
    tmp_path: Path,
) -> None:
    with newsroom(tmp_path) as (visitor, database):
        with database.write() as connection:
            polls.sync_feeds(connection, [source()], NOW)
            polls.sync_feeds(connection, [], NOW)
            insert_items(connection, [news(seen_at=NOW)])
        main = main_of(visitor, "/feeds/gazette")
        empty = main_of(visitor, "/feeds")
    assert "It is no longer in the configuration" in main.words
    assert news().title in main.words
    assert "relmon feeds add" in empty.words


def test_given_a_feed_that_was_paused_before_its_first_poll_when_opened_then_it_is_paused(tmp_path: Path) -> None:
    for_now = source("herald", paused_until=NOW + HOUR)
    with newsroom(tmp_path, source("mirror"), for_now, paused=("mirror",)) as (visitor, _):
        mirror, herald = main_of(visitor, "/feeds/mirror"), main_of(visitor, "/feeds/herald")
        paused = main_of(visitor, "/feeds?show=paused")
    assert "It is paused in the configuration." in mirror.words
    assert herald.facts()["Paused until"] == "14 March 2026, 09:00 -04"
    assert paused.facts()["Feeds"] == "0 are well, 2 are paused"
    assert [row[:2] for row in paused.rows()[1:]] == [["Herald", "paused"], ["Mirror", "paused"]]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/feeds/nowhere", 404),
        ("/feeds?show=purple", 400),
        ("/feeds?after=%21", 400),
        ("/feeds?after=WyIxIiwiMiJd", 400),
        ("/feeds/gazette?after=WyIxIiwiMiJd", 400),
    ],
)
def test_given_nonsense_in_an_address_when_asked_then_a_page_says_so(tmp_path: Path, path: str, status: int) -> None:
    with newsroom(tmp_path, source()) as (visitor, _):
        answer = visitor.get(path)
    assert answer.status == status
    (heading,) = read(answer.text).find("h1")
    assert heading.words.endswith(".")


def test_given_spanish_when_asked_for_then_the_page_is_in_spanish(tmp_path: Path) -> None:
    with newsroom(tmp_path, source()) as (visitor, _):
        page = read(visitor.get("/feeds", accept_language="es").text)
        one = read(visitor.get("/feeds/gazette?lang=es").text)
    assert page.find("h1")[0].words == "Fuentes"
    assert page.find("main")[0].rows()[1][1] == "nueva"
    assert "Todavía no se ha consultado." in one.words
