"""Situations come back as they were saved, and count as told."""

import datetime as dt

from monitor.domain.situations import Situation, SituationEntry
from monitor.domain.stories import Stage
from monitor.domain.taxonomy import Severity
from monitor.storage import outbox
from monitor.storage.engine import Database
from monitor.storage.situations import open_situations, save_situations, told_lately
from monitor.storage.stories import save_stories
from monitor.storage.told import channels_told
from tests.unit.storage.examples import MINUTE, NOW, message, story


def entry(name: str, summary: int | None = None, at: dt.datetime = NOW) -> SituationEntry:
    return SituationEntry(
        story_id=f"story-{name}",
        stage=Stage.FIRST,
        type="visit",
        severity=Severity.MAJOR,
        at=at,
        line=f"line {name}",
        watches=("envoys",),
        summary=summary,
    )


def situation(*entries: SituationEntry, id_: str = "s", closed_at: dt.datetime | None = None) -> Situation:
    return Situation(
        id=id_,
        relation="USA-VEN",
        channel_id="desk",
        opened_at=NOW,
        last_at=NOW,
        told_at=NOW,
        entries=entries,
        closed_at=closed_at,
    )


def test_situations_when_saved_and_changed_then_the_open_ones_come_back(database: Database) -> None:
    first = situation(entry("one", summary=0), entry("two", at=NOW + MINUTE))
    later = situation(entry("one", summary=0), entry("two", summary=1, at=NOW + MINUTE))
    with database.write() as connection:
        save_stories(connection, [story("one"), story("two")])
        save_situations(connection, [first, situation(id_="over", closed_at=NOW)])
        assert open_situations(connection) == (first,)
        save_situations(connection, [later])
        assert open_situations(connection, "USA-VEN") == (later,)
        assert open_situations(connection, "CHL-PER") == ()


def test_stories_in_a_situation_when_asked_who_was_told_then_its_channel_is_named(database: Database) -> None:
    with database.write() as connection:
        save_stories(connection, [story("one"), story("two")])
        save_situations(connection, [situation(entry("one"))])
        outbox.enqueue(connection, [message("1", "web", story_id="story-one")])
        assert channels_told(connection, {"story-one", "story-two"}) == {"story-one": {"desk", "web"}}


def test_alerts_of_a_pair_when_asked_for_then_the_late_ones_of_the_channel_are_told(database: Database) -> None:
    with database.write() as connection:
        save_stories(connection, [story("one"), story("two", relation="CHL-PER")])
        outbox.enqueue(
            connection,
            [
                message("1", story_id="story-one", title="A line"),
                message("2", story_id="story-one", created_at=NOW - 2 * MINUTE),
                message("3", "web", story_id="story-one"),
                message("4", story_id="story-two"),
            ],
        )
        (found,) = told_lately(connection, relation="USA-VEN", channel_id="desk", since=NOW - MINUTE)
    assert (found.story_id, found.stage, found.summary) == ("story-one", Stage.FIRST, 0)
    assert found.line == "A line: Freedonia recalls its envoy"
