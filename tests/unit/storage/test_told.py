"""Which channels were told of a story is read from the outbox: alerts count, notices don't."""

from monitor.domain.delivery import MessageKind
from monitor.storage import outbox
from monitor.storage.engine import Database
from monitor.storage.stories import save_stories
from monitor.storage.told import channels_told
from tests.unit.storage.examples import message, story


def test_stories_when_asked_who_was_told_then_channels_with_alerts_are_named(database: Database) -> None:
    with database.write() as connection:
        save_stories(connection, [story("one"), story("two"), story("three")])
        outbox.enqueue(
            connection,
            [
                message("1", "desk", story_id="story-one"),
                message("2", "desk", story_id="story-one"),
                message("3", "web", story_id="story-one"),
                message("4", "web", story_id="story-two"),
                message("5", "web", story_id="story-three", kind=MessageKind.NOTICE),
            ],
        )
        assert channels_told(connection, {"story-one", "story-three", "story-none"}) == {"story-one": {"desk", "web"}}
        assert channels_told(connection, []) == {}
