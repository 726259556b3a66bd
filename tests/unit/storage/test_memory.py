from dataclasses import replace

import pytest

from monitor.domain.memory import FeedHabits, FeedMemory, KnownItem
from monitor.storage.engine import Database
from monitor.storage.items import insert_items
from monitor.storage.memory import add_names, known_items, recall, remember
from monitor.storage.polls import sync_feeds
from monitor.storage.tables import item
from tests.unit.storage.examples import NOW, news, source


@pytest.fixture
def feeds(database: Database) -> Database:
    with database.write() as connection:
        sync_feeds(connection, [source("gazette"), source("wire")], NOW)
    return database


MEMORY = FeedMemory(
    segments=b"\x00" * 8 + b"\xff" * 8,
    habits=FeedHabits(
        guids_shared=True,
        link_changes=1,
        parameters=frozenset({"b", "a"}),
        endings=(" - The Desk", " | World"),
        outlets_at_end=True,
        replayed_at=NOW,
    ),
)


def test_a_memory_when_remembered_then_it_is_recalled_as_it_was(feeds: Database) -> None:
    with feeds.write() as connection:
        assert recall(connection, "gazette") == FeedMemory()
        remember(connection, "gazette", MEMORY)
        assert recall(connection, "gazette") == MEMORY
        remember(connection, "gazette", FeedMemory())
        assert recall(connection, "gazette") == FeedMemory()
        assert recall(connection, "wire") == FeedMemory()


def test_a_name_when_added_then_the_item_is_found_by_it_and_by_its_key(feeds: Database) -> None:
    one, two = news("one"), replace(news("two"), link=None)
    with feeds.write() as connection:
        insert_items(connection, [one, two])
        add_names(connection, {b"link-of-one": one.key, b"title-of-both": one.key})
        add_names(connection, {b"title-of-both": two.key})
        add_names(connection, {})
        found = known_items(connection, [b"link-of-one", b"title-of-both", one.key, b"nobody's"])
        assert found.keys() == {b"link-of-one", b"title-of-both", one.key}
        assert (
            found[b"link-of-one"]
            == found[one.key]
            == KnownItem(
                key=one.key,
                digest=one.digest,
                guid=one.guid,
                link=one.link,
                title=one.title,
                published_at=one.published_at,
            )
        )
        assert found[b"title-of-both"].key == two.key


def test_an_item_when_its_content_is_gone_then_its_names_still_find_it(feeds: Database) -> None:
    one = news("one")
    with feeds.write() as connection:
        insert_items(connection, [one])
        add_names(connection, {b"link": one.key})
        connection.execute(item.delete())
        assert known_items(connection, [b"link"]) == {b"link": KnownItem(key=one.key, digest=one.digest)}


def test_many_names_when_asked_for_then_all_are_found(feeds: Database) -> None:
    many = [news(str(number)) for number in range(1_000)]
    with feeds.write() as connection:
        insert_items(connection, many)
        assert len(known_items(connection, [one.key for one in many])) == 1_000
