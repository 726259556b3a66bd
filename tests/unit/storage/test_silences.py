"""Each silence keeps its reason, once."""

from monitor.domain.routing import Silence, SilenceReason
from monitor.storage import items, polls
from monitor.storage.engine import Database
from monitor.storage.events import insert_events
from monitor.storage.silences import forget, record, silences_of, uncorroborated, watches_silenced
from monitor.storage.stories import save_stories
from tests.unit.storage.examples import MINUTE, NOW, news, report, source, story

OLD = Silence(event_id="event-one", watch_id=None, reason=SilenceReason.TOO_OLD)
OTHERS = Silence(event_id="event-one", watch_id="region", reason=SilenceReason.SEVERITY)
SECOND = Silence(event_id="event-two", watch_id="region", reason=SilenceReason.TYPE)


def test_silences_when_recorded_again_then_they_stand_once_in_the_order_given(database: Database) -> None:
    with database.write() as connection:
        polls.sync_feeds(connection, [source()], NOW)
        items.insert_items(connection, [news()])
        insert_events(connection, [report("one"), report("two")], {})
        record(connection, [OTHERS], NOW)
        record(connection, [OLD, SECOND, OTHERS], NOW + MINUTE)
        record(connection, [], NOW)
        assert silences_of(connection, ["event-two", "event-one"]) == (OTHERS, OLD, SECOND)
        assert silences_of(connection, {"event-two"}) == (SECOND,)
        assert silences_of(connection, []) == ()


def test_silences_of_a_story_when_asked_for_by_reason_then_they_name_its_watches(database: Database) -> None:
    muted = Silence(event_id="event-one", watch_id="region", reason=SilenceReason.SILENCED, detail="ab12")
    alone = Silence(event_id="event-two", watch_id="envoys", reason=SilenceReason.UNCORROBORATED, detail="1 of 2")
    told = [story("told"), story("untold")]
    with database.write() as connection:
        polls.sync_feeds(connection, [source()], NOW)
        items.insert_items(connection, [news()])
        save_stories(connection, told)
        insert_events(
            connection, [report("one"), report("two")], {"event-one": "story-told", "event-two": "story-told"}
        )
        record(connection, [muted, alone, SECOND], NOW)
        assert silences_of(connection, ["event-one"]) == (muted,)
        assert watches_silenced(connection, [one.id for one in told]) == {"story-told": {"region"}}
        assert uncorroborated(connection, "story-told") == {"envoys": ["event-two"]}
        assert uncorroborated(connection, "story-untold") == {}


def test_silences_when_old_ones_are_forgotten_then_the_oldest_go_first_and_the_others_stay(database: Database) -> None:
    with database.write() as connection:
        polls.sync_feeds(connection, [source()], NOW)
        items.insert_items(connection, [news()])
        insert_events(connection, [report("one"), report("two")], {})
        for minute, silence in enumerate((OLD, OTHERS, SECOND)):
            record(connection, [silence], NOW + minute * MINUTE)
        ids = ["event-one", "event-two"]
        assert forget(connection, NOW, 5) == 0
        assert forget(connection, NOW + 2 * MINUTE, 1) == 1
        assert silences_of(connection, ids) == (OTHERS, SECOND)
        assert forget(connection, NOW + 2 * MINUTE, 5) == 1
        assert silences_of(connection, ids) == (SECOND,)
