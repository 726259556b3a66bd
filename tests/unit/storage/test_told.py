"""Which channels were told of a story is read from the outbox: alerts count, notices don't."""

from sqlalchemy import event

from monitor.domain.delivery import MessageKind
from monitor.storage import outbox
from monitor.storage.engine import Database, open_database
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


def test_stories_when_asked_who_was_told_then_sqlite_walks_their_messages_alone(sqlite_url: str) -> None:
    opened, asked = open_database(sqlite_url), list[str]()
    event.listen(opened.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    with opened.read() as connection:
        channels_told(connection, {"story-one", "story-two"})
        (sql,) = [one for one in asked if "FROM message" in one]
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", tuple("?" * sql.count("?"))).all()
    opened.close()
    assert plan[0][3] == "SEARCH message USING INDEX ix_message_story_id (story_id=?)"
