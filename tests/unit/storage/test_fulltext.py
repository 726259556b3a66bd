"""The index of words follows whatever becomes of items and stories, on both databases."""

import datetime as dt
from contextlib import closing
from dataclasses import replace

import pytest
from sqlalchemy import delete, text, update

from monitor.domain.errors import DatabaseUnavailable
from monitor.domain.searching import read_search
from monitor.storage import items, polls, stories
from monitor.storage.engine import Database, open_database
from monitor.storage.fulltext import ITEM_TEXT, STORY_TEXT, newest_matches, require_index
from monitor.storage.soundness import damage_of
from monitor.storage.tables import item, story
from tests.unit.storage import examples

LYNX = examples.news("lynx", title="Ruritania's envoy brings a lynx to Graustark", summary="A gift, says the palace.")
OTTER = examples.news("otter", title="Graustark sends otters", summary="Señor Núñez thanked the envoy of «Ruritania».")


@pytest.fixture
def archive(database: Database) -> Database:
    with database.write() as connection:
        polls.sync_feeds(connection, [examples.source()], examples.NOW)
        # As a feed lists them, the latest first.
        items.insert_items(connection, [OTTER, LYNX])
    return database


def titles(database: Database, typed: str, before: int | None = None, limit: int = 10) -> list[str]:
    """What is found of the items, the newest first."""
    with database.read() as connection:
        numbers = newest_matches(connection, ITEM_TEXT, read_search(typed), before=before, limit=limit)
        found = {row.number: row.title for row in connection.execute(item.select())}
    return [found[number] for number in numbers]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("envoy", [OTTER, LYNX]),
        ("ENVOY ruritania", [OTTER, LYNX]),
        ("senor nunez", [OTTER]),
        ("SEÑOR NÚÑEZ", [OTTER]),
        ("lynx otters", []),
        ("gra", [OTTER, LYNX]),
        ("gra ", [OTTER, LYNX]),
        ("gra envoy", []),
        ("gra* envoy", [OTTER, LYNX]),
        ('"envoy brings"', [LYNX]),
        ('"envoy bring"', []),
        ('"brings envoy"', []),
        ("envoy -lynx", [OTTER]),
        ('envoy -"a lynx"', [OTTER]),
        ("ruritania's", [LYNX]),
        ('AND OR NOT NEAR(a, b) "', []),
        ("'; DROP TABLE item; --", []),
        ("title:lynx", []),
        ("lynx:* & !otter | (", []),
        ("\\ \" ' % _ ^ {}", None),
    ],
)
def test_what_is_typed_when_searched_for_then_words_are_words_and_nothing_is_an_error(
    archive: Database, typed: str, found: list[object] | None
) -> None:
    if found is None:
        assert read_search(typed).is_empty
    else:
        assert titles(archive, typed) == [one.title for one in found]  # type: ignore[attr-defined]


def test_an_item_when_edited_and_removed_then_its_words_go_along(archive: Database) -> None:
    with archive.write() as connection:
        items.update_items(connection, [replace(LYNX, title="Ruritania's envoy brings a badger")])
    assert titles(archive, "lynx") == []
    assert titles(archive, "badger") == ["Ruritania's envoy brings a badger"]
    # What an edit leaves as it was keeps its place.
    assert titles(archive, "envoy")[-1] == "Ruritania's envoy brings a badger"
    with archive.write() as connection:
        connection.execute(delete(item).where(item.c.key == OTTER.key))
    assert titles(archive, "envoy") == ["Ruritania's envoy brings a badger"]
    with archive.write() as connection:
        items.update_items(connection, [OTTER])
    assert titles(archive, "otters") == [OTTER.title]
    assert damage_of(archive) == ()


def test_a_summary_as_long_as_an_article_when_indexed_then_its_lead_is(archive: Database) -> None:
    long = examples.news("long", title="On a lake", summary="swans " + "and so on " * 300 + "herons")
    with archive.write() as connection:
        items.insert_items(connection, [long])
    assert titles(archive, "swans") == ["On a lake"]
    assert titles(archive, "herons") == []
    with archive.write() as connection:
        connection.execute(delete(item).where(item.c.key == long.key))
    assert titles(archive, "swans") == []


def test_many_matches_when_asked_for_in_parts_then_the_newest_come_first_and_none_twice(archive: Database) -> None:
    many = [examples.news(f"n{number}", title=f"Heron {number}") for number in range(5)]
    with archive.write() as connection:
        items.insert_items(connection, many)
        numbers = newest_matches(connection, ITEM_TEXT, read_search("heron"), before=None, limit=3)
        rest = newest_matches(connection, ITEM_TEXT, read_search("heron"), before=numbers[-1], limit=3)
    assert len({*numbers, *rest}) == 5
    assert sorted([*numbers, *rest], reverse=True) == [*numbers, *rest]


def test_a_story_when_saved_again_then_its_number_stays_and_its_headline_is_found(database: Database) -> None:
    with database.write() as connection:
        stories.save_stories(connection, [examples.story("one"), examples.story("two")])
        before = connection.execute(story.select().order_by(story.c.id)).mappings().all()
        later = examples.story("one", last_report_at=examples.NOW + dt.timedelta(hours=1), headline="Badgers at last")
        stories.save_stories(connection, [later])
        after = connection.execute(story.select().order_by(story.c.id)).mappings().all()
        assert [row["number"] for row in before] == [row["number"] for row in after]
        found = newest_matches(connection, STORY_TEXT, read_search("badger"), before=None, limit=3)
    assert list(found) == [after[0]["number"]]


def test_an_index_of_a_file_that_lost_a_row_when_it_is_checked_then_it_is_said(sqlite_url: str) -> None:
    with closing(open_database(sqlite_url)) as database:
        with database.write() as connection:
            polls.sync_feeds(connection, [examples.source()], examples.NOW)
            items.insert_items(connection, [LYNX, OTTER])
            connection.execute(text("DROP TRIGGER item_text_delete"))
            connection.execute(text("DROP TRIGGER item_text_update"))
            connection.execute(delete(item).where(item.c.key == OTTER.key))
            connection.execute(update(item).values(number=77))
        (sentence,) = damage_of(database)
    assert "misses 1 rows of item and finds 2 that are gone" in sentence
    assert "relmon db copy" in sentence


def test_a_sqlite_without_full_text_search_when_opened_then_a_sentence_says_what_to_do() -> None:
    class Bare:
        """A connection to an SQLite that was built without FTS5: there is none on this machine."""

        def execute(self, _statement: str) -> "Bare":
            return self

        def fetchone(self) -> None:
            return None

    with pytest.raises(DatabaseUnavailable, match="FTS5"):
        require_index(Bare())  # type: ignore[arg-type]
