"""Events come back as they were read, with their items and stories."""

import pytest

from monitor.domain.events import EventActor, Evidence, Part
from monitor.domain.stories import StoredEvent
from monitor.domain.taxonomy import Status
from monitor.storage import items, polls, stories
from monitor.storage.engine import Database
from monitor.storage.events import ArchivedEvent, events_of_item, insert_events, recent_events
from tests.unit.storage.examples import MINUTE, NOW, news, report, source, story

ONE = news("one")
LATER = news("later", seen_at=NOW + MINUTE)
RECALL = report("recall", ONE)
BARE = report(
    "bare",
    LATER,
    source=None,
    target=EventActor(code="CUB", name="Havana", part=Part.OPPOSITION),
    type="embassy.closed",
    status=Status.POSSIBLE,
    date=None,
    object="the old mission",
    speaker=EventActor(code="VEN", name="Caracas", role="minister"),
    mention=True,
)


@pytest.fixture
def archive(database: Database) -> Database:
    with database.write() as connection:
        polls.sync_feeds(connection, [source()], NOW)
        items.insert_items(connection, [ONE, LATER])
        stories.save_stories(connection, [story("one")])
        assert insert_events(connection, [RECALL, BARE], {RECALL.id: "story-one"}) == {RECALL.id, BARE.id}
    return database


def found(database: Database, **bounds: object) -> list[StoredEvent]:
    with database.read() as connection:
        return [one.stored for one in recent_events(connection, limit=9, **bounds)]  # type: ignore[arg-type]


def test_events_when_read_back_then_they_are_whole_and_the_latest_first(archive: Database) -> None:
    with archive.read() as connection:
        assert recent_events(connection, limit=9) == (
            ArchivedEvent(stored=BARE, story_id=None, read_at=BARE.item.seen_at),
            ArchivedEvent(stored=RECALL, story_id="story-one", read_at=RECALL.item.seen_at),
        )
        assert recent_events(connection, limit=1) == (
            ArchivedEvent(stored=BARE, story_id=None, read_at=BARE.item.seen_at),
        )


def test_events_when_stored_again_then_nothing_changes(archive: Database) -> None:
    with archive.write() as connection:
        assert insert_events(connection, [RECALL, BARE], {BARE.id: "story-one"}) == set()
        assert insert_events(connection, [], {}) == set()
    assert found(archive) == [BARE, RECALL]


def test_recent_events_when_bounded_then_only_those_are_given(archive: Database) -> None:
    assert found(archive, since=NOW + MINUTE) == [BARE]


def test_an_item_when_asked_for_its_events_then_they_come_in_the_order_of_the_text(archive: Database) -> None:
    further_on = Evidence(sentence="Talks had ended", start=40, end=55, pattern="talks-1")
    later_in_text = report("second", ONE, evidence=further_on)
    with archive.write() as connection:
        insert_events(connection, [later_in_text], {})
        assert [one.stored for one in events_of_item(connection, ONE.key)] == [RECALL, later_in_text]
        assert events_of_item(connection, b"?" * 16) == ()
