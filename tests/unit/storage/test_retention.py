"""What is old goes, and what is needed stays, on either kind of database."""

import datetime as dt

import pytest

from monitor.domain.delivery import Delivered
from monitor.domain.digests import DigestNote
from monitor.domain.feedback import Fault, Feedback
from monitor.domain.routing import Silence, SilenceReason
from monitor.domain.stories import Stage
from monitor.storage import digests, events, feedback, items, outbox, polls, silences, stories
from monitor.storage.connection import Connection
from monitor.storage.engine import Database
from monitor.storage.retention import (
    DELIVERIES,
    EVENTS,
    ITEMS_WITHOUT_EVENTS,
    Ageing,
    count_old,
    find_old,
    remove_old,
)
from tests.unit.storage import examples

DAY = dt.timedelta(days=1)
BEFORE = examples.NOW + DAY


def shed(connection: Connection, kind: Ageing, before: dt.datetime = BEFORE) -> int:
    found = find_old(connection, kind, before, 99)
    assert len(found) == count_old(connection, kind, before)
    return remove_old(connection, kind, before, found)


def titles(connection: Connection) -> set[str]:
    return {one.guid or "" for one in items.recent_items(connection, limit=9)}


@pytest.fixture
def filled(database: Database) -> Database:
    """An old item with an event, one without, and a young one."""
    told, untold = examples.news("told"), examples.news("untold")
    young = examples.news("young", seen_at=examples.NOW + 2 * DAY)
    with database.write() as connection:
        polls.sync_feeds(connection, [examples.source()], examples.NOW)
        items.insert_items(connection, [told, untold, young])
        stories.save_stories(connection, [examples.story()])
        events.insert_events(connection, [examples.report("one", told)], {"event-one": "story-one"})
    return database


def test_an_old_item_when_nothing_was_read_in_it_then_it_goes_and_its_key_stays(filled: Database) -> None:
    with filled.write() as connection:
        assert shed(connection, ITEMS_WITHOUT_EVENTS) == 1
        assert titles(connection) == {"tag:told", "tag:young"}
        assert items.insert_items(connection, [examples.news("untold")]) == set()
        assert items.first_sight(connection, examples.digest("untold")) == ("gazette", examples.NOW)


def test_an_item_that_was_found_when_an_event_is_read_in_it_meanwhile_then_it_stays(filled: Database) -> None:
    with filled.write() as connection:
        found = find_old(connection, ITEMS_WITHOUT_EVENTS, BEFORE, 99)
        events.insert_events(connection, [examples.report("late", examples.news("untold"))], {})
        assert remove_old(connection, ITEMS_WITHOUT_EVENTS, BEFORE, found) == 0
        assert "tag:untold" in titles(connection)


def test_an_old_event_when_its_story_goes_on_then_it_stays_and_else_it_goes_with_what_names_it(
    filled: Database,
) -> None:
    note = DigestNote(
        watch_id="reef", story_id="story-one", stage=Stage.FIRST, event_id="event-one", at=examples.NOW, late=False
    )
    with filled.write() as connection:
        silences.record(
            connection,
            [Silence(event_id="event-one", watch_id="reef", reason=SilenceReason.DIGEST)],
            examples.NOW,
        )
        digests.note(connection, [note])
        stories.save_stories(connection, [examples.story(last_report_at=BEFORE)])
        assert shed(connection, EVENTS) == 0
        stories.save_stories(connection, [examples.story(last_report_at=BEFORE - DAY)])
        assert shed(connection, EVENTS) == 1
        assert events.recent_events(connection, limit=9) == ()
        (story,) = stories.recent_stories(connection, 9)
        assert story.headline == "Freedonia recalls its envoy"
        # Nothing was read in its item any more.
        assert shed(connection, ITEMS_WITHOUT_EVENTS) == 2


def test_old_messages_when_they_were_sent_then_they_go_with_their_answers_unless_somebody_said_something_of_them(
    database: Database,
) -> None:
    sent, remarked, waiting = (examples.message(name) for name in ("sent", "remarked", "waiting"))
    with database.write() as connection:
        outbox.enqueue(connection, [sent, remarked, waiting])
        for claim in outbox.claim(
            connection, owner="o", channels=["desk"], limit=2, per_channel=2, lease=examples.MINUTE
        ):
            outbox.settle(connection, claim, Delivered(answer="ok"), next_attempt_in=None)
        feedback.keep_feedback(
            connection, Feedback(message_id=remarked.id, fault=Fault.NOISE, note="", at=examples.NOW)
        )
        assert shed(connection, DELIVERIES, examples.NOW) == 0
        assert shed(connection, DELIVERIES) == 1
        assert {one.message.id for one in outbox.messages(connection)} == {remarked.id, waiting.id}
        assert outbox.attempts_of(connection, sent.id) == ()
        assert len(outbox.attempts_of(connection, remarked.id)) == 1
