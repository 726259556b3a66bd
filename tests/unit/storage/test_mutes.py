"""Mutes are kept as they were made, and end when they are told to."""

import datetime as dt

from monitor.domain.routing import Mute
from monitor.storage import mutes
from monitor.storage.engine import Database
from monitor.storage.stories import save_stories
from tests.unit.storage.examples import NOW, story

HOUR = dt.timedelta(hours=1)
PAIR = Mute(
    id="ab12",
    reason="the summit is covered by hand",
    begins_at=NOW,
    ends_at=NOW + HOUR,
    between=(frozenset({"FJI", "TON"}), frozenset({"WSM"})),
    type="meeting",
)
STORY = Mute(id="cd34", reason="", begins_at=NOW + HOUR, ends_at=NOW + 3 * HOUR, story_id="story-one", watch_id="reef")


def test_mutes_when_read_back_then_they_are_whole_the_first_begun_first(database: Database) -> None:
    with database.write() as connection:
        save_stories(connection, [story()])
        mutes.add(connection, STORY)
        mutes.add(connection, PAIR)
        assert mutes.ended_after(connection) == (PAIR, STORY)
        assert mutes.ended_after(connection, NOW + HOUR) == (STORY,)
        assert mutes.with_id(connection, "cd") == (STORY,)
        assert mutes.with_id(connection, "a%") == ()


def test_a_mute_of_a_story_when_it_is_merged_into_another_then_that_one_is_silent(database: Database) -> None:
    with database.write() as connection:
        save_stories(connection, [story(), story("other")])
        mutes.add(connection, STORY)
        mutes.move(connection, "story-one", "story-other")
        assert [one.story_id for one in mutes.ended_after(connection)] == ["story-other"]


def test_a_mute_when_ended_early_then_it_holds_no_longer(database: Database) -> None:
    with database.write() as connection:
        mutes.add(connection, PAIR)
        mutes.end(connection, PAIR.id, NOW + HOUR / 2)
        (ended,) = mutes.ended_after(connection, NOW)
    assert ended.holds_at(NOW)
    assert not ended.holds_at(NOW + HOUR / 2)
