"""Items come in pages, the latest seen first, each of them once."""

import datetime as dt

import pytest

from monitor.domain.browsing import Cursor, ItemFilter
from monitor.domain.feeds import NewsItem
from monitor.storage import items, polls
from monitor.storage.browse.items import list_items
from monitor.storage.engine import Database
from tests.unit.storage.examples import MINUTE, NOW, news, source

# Three of one moment, as a poll brings them, and two of others.
STORED = [
    news("first", seen_at=NOW - MINUTE),
    *(news(f"together-{number}") for number in range(3)),
    news("last", seen_at=NOW + MINUTE, feed_id="herald"),
]
IN_ORDER = sorted(sorted(STORED, key=lambda one: one.key), key=lambda one: one.seen_at, reverse=True)


@pytest.fixture
def archive(database: Database) -> Database:
    with database.write() as connection:
        polls.sync_feeds(connection, [source(), source("herald")], NOW)
        items.insert_items(connection, STORED)
    return database


def pages(database: Database, wanted: ItemFilter, limit: int) -> list[NewsItem]:
    found: list[NewsItem] = []
    after: Cursor | None = None
    with database.read() as connection:
        while True:
            page = list_items(connection, wanted, limit=limit, after=after)
            found += page.rows
            assert len(page.rows) <= limit
            after = page.next
            if after is None:
                return found


@pytest.mark.parametrize("limit", [1, 2, 5, 9])
def test_given_items_of_one_moment_when_paged_through_then_each_comes_once(archive: Database, limit: int) -> None:
    assert pages(archive, ItemFilter(), limit) == IN_ORDER


def test_given_a_filter_when_listed_then_only_what_fits_comes(archive: Database) -> None:
    assert pages(archive, ItemFilter(feed_id="herald"), 9) == [IN_ORDER[0]]
    assert pages(archive, ItemFilter(feed_id="gazette", since=NOW), 2) == IN_ORDER[1:4]
    assert pages(archive, ItemFilter(until=NOW), 2) == [IN_ORDER[4]]
    assert pages(archive, ItemFilter(feed_id="nowhere"), 2) == []


@pytest.mark.parametrize(
    "after",
    [(), ("2026-01-05T12:00:00+00:00",), ("yesterday", "00"), ("2026-01-05T12:00:00", "00"), (NOW.isoformat(), "xyz")],
)
def test_given_a_cursor_of_another_list_when_listed_then_it_is_refused(
    archive: Database, after: tuple[str, ...]
) -> None:
    with archive.read() as connection, pytest.raises(ValueError):  # noqa: PT011 - whatever was wrong with it
        list_items(connection, ItemFilter(), limit=2, after=Cursor(after=after))


def test_given_a_cursor_of_another_zone_when_listed_then_it_is_the_same_moment(archive: Database) -> None:
    elsewhere = NOW.astimezone(dt.timezone(dt.timedelta(hours=-5)))
    with archive.read() as connection:
        page = list_items(connection, ItemFilter(), limit=9, after=Cursor(after=(elsewhere.isoformat(), "ff" * 16)))
    assert page.rows == (IN_ORDER[4],)
