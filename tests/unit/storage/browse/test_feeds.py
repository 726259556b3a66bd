"""The list of feeds is read a page at a time, by what each does, with what it brought in the last days."""

import datetime as dt
from dataclasses import replace
from typing import Any

from monitor.domain.browsing import Cursor
from monitor.domain.feeds import FeedTrouble
from monitor.storage import polls
from monitor.storage.browse.feeds import (
    Brought,
    FeedChoice,
    FeedTally,
    ListedFeed,
    brought,
    list_feeds,
    one_feed,
    tally,
)
from monitor.storage.connection import Connection
from monitor.storage.engine import Database
from monitor.storage.events import insert_events, withdraw_events
from monitor.storage.items import insert_items
from tests.unit.storage.examples import MINUTE, NOW, news, report, source

DAY = dt.timedelta(days=1)
DAYS = [NOW - 2 * DAY, NOW - DAY, NOW]


def poll(connection: Connection, feed_id: str, **changes: Any) -> None:
    """One poll of this feed, at NOW."""
    (claim,) = polls.claim_due(connection, owner="me", limit=1, lease=MINUTE, due_by=None, only=[feed_id])
    polled = replace(claim.state, last_polled_at=NOW, next_poll_at=NOW + MINUTE)
    assert polls.finish(connection, claim, replace(polled, **changes))


def names(listed: tuple[ListedFeed, ...]) -> list[str]:
    return [one.state.feed_id for one in listed]


def newsroom(connection: Connection) -> None:
    """Four feeds: one is well, one fails, one is silent, one is new; and a fifth that has left the configuration."""
    feeds = [source(name) for name in ("dispatch", "gazette", "herald", "star")]
    polls.sync_feeds(connection, [*feeds, source("tribune")], NOW)
    polls.sync_feeds(connection, feeds, NOW)
    poll(connection, "dispatch")
    poll(connection, "gazette", failures=2, last_error="answered 503")
    poll(connection, "herald")
    polls.tell(connection, {"herald": FeedTrouble.SILENT}, NOW)


def test_given_feeds_of_every_kind_when_one_kind_is_asked_for_then_it_alone_is_listed(database: Database) -> None:
    with database.write() as connection:
        newsroom(connection)
        found = {choice: names(list_feeds(connection, choice=choice, limit=9).rows) for choice in FeedChoice}
        counted = tally(connection)
    assert found == {
        FeedChoice.ALL: ["dispatch", "gazette", "herald", "star"],
        FeedChoice.FAILING: ["gazette"],
        FeedChoice.SILENT: ["herald"],
        FeedChoice.NEW: ["star"],
        FeedChoice.PAUSED: [],
    }
    assert counted == FeedTally(well=1, failing=1, silent=1, new=1, paused=0, last_polled_at=NOW)
    assert counted.all == 4


def test_given_paused_feeds_when_listed_then_they_are_nothing_else_whatever_they_did_before(database: Database) -> None:
    paused = ["gazette", "never-polled", "star", "tribune"]
    with database.write() as connection:
        newsroom(connection)
        found = {
            choice: names(list_feeds(connection, choice=choice, paused=paused, limit=9).rows) for choice in FeedChoice
        }
        counted = tally(connection, paused=paused)
    assert found[FeedChoice.PAUSED] == ["gazette", "star", "tribune"]
    assert found[FeedChoice.ALL] == ["dispatch", "gazette", "herald", "star", "tribune"]
    assert (found[FeedChoice.FAILING], found[FeedChoice.NEW]) == ([], [])
    assert counted == FeedTally(well=1, failing=0, silent=1, new=0, paused=4, last_polled_at=NOW)


def test_given_more_feeds_than_a_page_holds_when_paged_then_each_comes_once(database: Database) -> None:
    with database.write() as connection:
        polls.sync_feeds(connection, [source(f"feed-{number}") for number in range(5)], NOW)
        seen, after = [], None
        while True:
            page = list_feeds(connection, limit=2, after=after)
            seen.append(names(page.rows))
            if page.next is None:
                break
            after = page.next
        behind_all = list_feeds(connection, limit=2, after=Cursor(after=("~",)))
    assert seen == [["feed-0", "feed-1"], ["feed-2", "feed-3"], ["feed-4"]]
    assert behind_all.rows == ()


def test_given_a_part_of_a_name_when_searched_then_ids_and_titles_fit_and_no_letter_is_a_wildcard(
    database: Database,
) -> None:
    with database.write() as connection:
        polls.sync_feeds(
            connection, [source("a", title="Evening Star"), source("b_star"), source("c", title="100% News")], NOW
        )
        found = {
            name: names(list_feeds(connection, name=name, limit=9).rows) for name in ("STAR", "b_", "0%", "%", "_")
        }
    assert found == {"STAR": ["a", "b_star"], "b_": ["b_star"], "0%": ["c"], "%": ["c"], "_": ["b_star"]}


def test_given_a_feed_when_asked_for_then_its_address_holds_no_password_and_an_unknown_one_is_none(
    database: Database,
) -> None:
    with database.write() as connection:
        polls.sync_feeds(connection, [source(url="https://desk:sesame@news.example/feed")], NOW)
        found, none = one_feed(connection, "gazette"), one_feed(connection, "nowhere")
    assert none is None
    assert found is not None
    assert (found.title, found.url, found.poll_every) == ("Gazette", "https://news.example/feed", 5 * MINUTE)
    assert found.state.last_polled_at is None


def test_given_items_of_some_days_when_counted_then_each_counts_on_its_day_with_what_stands_in_it(
    database: Database,
) -> None:
    with database.write() as connection:
        polls.sync_feeds(connection, [source(), source("star")], NOW)
        times = {"old": NOW - 9 * DAY, "first": NOW - 2 * DAY, "second": NOW - DAY - MINUTE, "last": NOW + MINUTE}
        items = {name: news(name, seen_at=at) for name, at in times.items()}
        insert_items(connection, list(items.values()))
        read = [report("1", items["first"]), report("2", items["first"]), report("3", items["last"])]
        insert_events(connection, [*read, report("4", items["old"]), report("5", items["second"])], {})
        withdraw_events(connection, ["event-5"], NOW)
        found = brought(connection, ["gazette", "star"], DAYS)
    assert found == {
        "gazette": Brought(items=(2, 0, 1), events=(2, 0, 1)),
        "star": Brought(items=(0, 0, 0), events=(0, 0, 0)),
    }
