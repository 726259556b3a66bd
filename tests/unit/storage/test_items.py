"""Items are stored once; their keys are never forgotten; an edit changes the content, not the first sight."""

import pytest

from monitor.storage import polls
from monitor.storage.engine import Database
from monitor.storage.items import insert_items, recent_items, update_items
from monitor.storage.memory import known_items
from monitor.storage.tables import item
from tests.unit.storage.examples import MINUTE, NOW, digest, news, source


@pytest.fixture
def archive(database: Database) -> Database:
    with database.write() as connection:
        polls.sync_feeds(connection, [source(), source("star")], NOW)
    return database


def test_new_items_when_stored_then_their_keys_come_back_and_a_repeat_is_harmless(archive: Database) -> None:
    one, two = news("one"), news("two", guid=None, link=None, language=None, sample=True, seen_at=NOW + MINUTE)
    with archive.write() as connection:
        assert insert_items(connection, [one]) == {one.key}
        assert insert_items(connection, [one, two]) == {two.key}
        assert insert_items(connection, [one, two]) == set()
        assert insert_items(connection, []) == set()
    with archive.read() as connection:
        assert recent_items(connection, limit=9) == (two, one)


def test_two_items_with_one_key_when_stored_together_then_the_first_counts(archive: Database) -> None:
    one, same = news("one"), news("one", title="Sylvania answers the recall")
    with archive.write() as connection:
        assert insert_items(connection, [one, same]) == {one.key}
        assert recent_items(connection, limit=9) == (one,)


def test_thousands_of_keys_when_looked_up_then_the_known_ones_are_found(archive: Database) -> None:
    known = [news(str(number)) for number in range(2_500)]
    keys = [digest(str(number)) for number in range(5_000)]
    with archive.write() as connection:
        assert len(insert_items(connection, known)) == 2_500
        found = known_items(connection, keys)
        assert {key: one.digest for key, one in found.items()} == {one.key: one.digest for one in known}
        assert known_items(connection, []) == {}


def test_an_edited_item_when_updated_then_its_content_is_new_and_its_times_stay(archive: Database) -> None:
    first = news("one")
    edited = news(
        "one",
        digest=digest("second thoughts"),
        title="Freedonia denies a recall",
        seen_at=NOW + MINUTE,
        published_at=NOW + MINUTE,
    )
    with archive.write() as connection:
        insert_items(connection, [first])
        update_items(connection, [edited])
        update_items(connection, [])
        (stored,) = recent_items(connection, limit=9)
        assert known_items(connection, [first.key])[first.key].digest == edited.digest
    assert (stored.title, stored.digest) == (edited.title, edited.digest)
    assert (stored.seen_at, stored.published_at) == (first.seen_at, first.published_at)


def test_an_item_whose_content_was_pruned_when_it_is_seen_again_then_it_is_known(archive: Database) -> None:
    one = news("one")
    with archive.write() as connection:
        insert_items(connection, [one])
        connection.execute(item.delete())
        assert known_items(connection, [one.key])[one.key].digest == one.digest
        assert insert_items(connection, [one]) == set()
        assert recent_items(connection, limit=9) == ()
        update_items(connection, [one])
        assert recent_items(connection, limit=9) == (one,)


def test_recent_items_when_bounded_then_only_those_are_given(archive: Database) -> None:
    old, new = news("old", seen_at=NOW - MINUTE), news("new")
    other = news("other", feed_id="star")
    with archive.write() as connection:
        insert_items(connection, [old, new, other])
        assert recent_items(connection, limit=1) in {(new,), (other,)}
        assert set(recent_items(connection, limit=9, since=NOW)) == {new, other}
        assert recent_items(connection, limit=9, feed_id="star") == (other,)


def test_recent_items_when_read_page_by_page_then_each_comes_once_though_one_is_pruned_meanwhile(
    archive: Database,
) -> None:
    stored = [news(str(number), seen_at=NOW - number // 3 * MINUTE) for number in range(8)]
    with archive.write() as connection:
        insert_items(connection, stored)
        everything = recent_items(connection, limit=9)
        first = recent_items(connection, limit=3)
        connection.execute(item.delete().where(item.c.key == first[-1].key))
        insert_items(connection, [news("later", seen_at=NOW + MINUTE)])
        second = recent_items(connection, limit=3, behind=first[-1])
        third = recent_items(connection, limit=3, behind=second[-1])
        assert recent_items(connection, limit=3, behind=third[-1]) == ()
    assert first + second + third == everything
