"""One story whole: its reports, its life and its neighbours; and what has just been heard."""

from typing import Any

import pytest

from monitor.domain.browsing import Cursor
from monitor.domain.stories import Stage, Step, Story
from monitor.storage import polls
from monitor.storage.browse.heard import heard_since
from monitor.storage.browse.story import (
    StoryTally,
    find_story,
    life_of,
    neighbours_of,
    reports_of,
    tally_of,
)
from monitor.storage.engine import Database
from monitor.storage.events import events_by_id, insert_events, move_events, withdraw_events
from monitor.storage.items import insert_items
from monitor.storage.stories import save_stories
from tests.unit.storage.examples import MINUTE, NOW, news, report, source, story

STORY = story(
    "one",
    opened_at=NOW - 5 * MINUTE,
    reached=frozenset({Stage.HAPPENED, Stage.CORROBORATED, Stage.ESTABLISHED}),
)
REPORTS = [
    report(
        name, news(name, published_at=NOW - ago * MINUTE, seen_at=NOW - ago * MINUTE, language=language), mention=aside
    )
    for name, ago, language, aside in (
        ("first", 5, "en", False),
        ("second", 4, "es", False),
        ("aside", 3, "fr", True),
        ("third", 3, "es", False),
        ("wrong", 2, "es", False),
        ("last", 1, None, False),
    )
]
NAMES = ["event-first", "event-second", "event-aside", "event-third", "event-wrong", "event-last"]


@pytest.fixture
def archive(database: Database) -> Database:
    with database.write() as connection:
        polls.sync_feeds(connection, [source()], NOW)
        save_stories(connection, [STORY])
        insert_items(connection, [one.item for one in REPORTS])
        insert_events(
            connection,
            REPORTS,
            {one.id: STORY.id for one in REPORTS},
            {
                "event-first": Step.OPENED,
                "event-second": Step.ADVANCED,
                "event-third": Step.REPORTED,
                "event-last": Step.ADVANCED,
            },
            {"event-first": Stage.FIRST, "event-second": Stage.HAPPENED},
        )
        withdraw_events(connection, ["event-wrong"], NOW)
    return database


def test_reports_when_walked_page_by_page_then_each_comes_once_in_the_order_of_publication(archive: Database) -> None:
    walked: list[str] = []
    after: Cursor | None = None
    with archive.read() as connection:
        for _ in range(3):
            page = reports_of(connection, STORY.id, limit=2, after=after)
            walked += [one.stored.id for one in page.rows]
            after = page.next
        assert after is None
        assert walked == NAMES
        in_spanish = reports_of(connection, STORY.id, limit=9, language="es").rows
        assert [one.stored.id for one in in_spanish] == ["event-second", "event-third", "event-wrong"]
        assert reports_of(connection, "none", limit=2).rows == ()


def test_a_cursor_when_it_is_of_another_list_then_it_is_refused(archive: Database) -> None:
    with archive.read() as connection, pytest.raises(ValueError, match=r"."):
        reports_of(connection, STORY.id, limit=2, after=Cursor(after=("here",)))


def test_a_story_when_counted_then_reports_mentions_and_withdrawn_ones_apart(archive: Database) -> None:
    with archive.read() as connection:
        assert tally_of(connection, STORY.id) == StoryTally(reports=4, mentions=1, withdrawn=1, languages=("es", "en"))


def test_a_life_when_read_then_the_stages_stand_where_the_reports_that_brought_them_do(archive: Database) -> None:
    with archive.read() as connection:
        steps = life_of(connection, STORY)
        assert [(step.stage, step.report.stored.id) for step in steps] == [
            (Stage.FIRST, "event-first"),
            (Stage.HAPPENED, "event-second"),
            (None, "event-last"),
        ]
        assert events_by_id(connection, ["event-first"])["event-first"] == steps[0].report.stored


def test_a_life_when_two_stories_were_merged_then_the_earlier_opening_is_the_first_report(database: Database) -> None:
    late = report("late", news("late", published_at=NOW - 9 * MINUTE, seen_at=NOW - MINUTE))
    early = report("early", news("early", published_at=NOW - 2 * MINUTE, seen_at=NOW - 2 * MINUTE))
    second, third = (report(name, news(name, published_at=NOW - 8 * MINUTE, seen_at=NOW - 2 * MINUTE)) for name in "cb")
    told = [late, early, second, third]
    with database.write() as connection:
        polls.sync_feeds(connection, [source()], NOW)
        save_stories(connection, [STORY])
        insert_items(connection, [one.item for one in told])
        insert_events(
            connection,
            told,
            {one.id: STORY.id for one in told},
            {late.id: Step.OPENED, early.id: Step.OPENED, second.id: Step.ADVANCED, third.id: Step.ADVANCED},
            {second.id: Stage.CORROBORATED, third.id: Stage.ESTABLISHED},
        )
        steps = life_of(connection, STORY)
    assert [(step.stage, step.report.stored) for step in steps] == [
        (Stage.FIRST, early),
        (Stage.CORROBORATED, second),
        (Stage.ESTABLISHED, third),
        (None, late),
    ]
    assert [step.has_joined for step in steps] == [False, False, False, True]


def test_a_life_when_a_story_was_split_off_then_it_has_no_stage_of_its_former_one(archive: Database) -> None:
    with archive.write() as connection:
        apart = story("apart")
        save_stories(connection, [apart])
        move_events(connection, ["event-second", "event-third"], apart.id)
        steps = life_of(connection, apart)
    assert [(step.stage, step.report.stored.id) for step in steps] == [(Stage.FIRST, "event-second")]


def test_a_story_when_looked_up_then_by_its_id_or_the_beginning_of_it(database: Database) -> None:
    stories = [story("abcdefgh"), story("abcdxxxx")]
    with database.write() as connection:
        save_stories(connection, stories)
        assert find_story(connection, "story-abcdefgh") == stories[0]
        assert find_story(connection, "story-abcde") == stories[0]
        assert find_story(connection, "story-abcd") is None
        assert find_story(connection, "story-a") is None
        for unheard_of in ("unheard-of", "story-\0", "s" * 300, "%"):
            assert find_story(connection, unheard_of) is None


def test_neighbours_when_asked_for_then_they_are_of_the_same_two_before_and_after(database: Database) -> None:
    def told(name: str, ago: int, **changes: Any) -> Story:
        return story(name, opened_at=NOW - ago * MINUTE, last_report_at=NOW - ago * MINUTE, **changes)

    it, older, oldest, newer, newest = (told(n, a) for n, a in (("it", 5), ("b", 6), ("c", 7), ("d", 4), ("e", 3)))
    strangers = [told("sample", 6, sample=True), told("gone", 6, merged_into="x"), told("far", 6, relation="FJI-TON")]
    with database.write() as connection:
        save_stories(connection, [it, older, oldest, newer, newest, *strangers])
        found = neighbours_of(connection, it, 9)
        assert (found.before, found.after) == ((older, oldest), (newer, newest))
        found = neighbours_of(connection, it, 1)
        assert (found.before, found.after) == ((older,), (newer,))


def test_reports_when_they_come_in_then_they_are_heard_with_their_stories_and_no_mentions(archive: Database) -> None:
    with archive.read() as connection:
        heard = heard_since(connection, NOW - 4 * MINUTE, limit=9)
        assert [(one.event_id, one.language) for one in heard] == [
            ("event-last", None),
            ("event-third", "es"),
            ("event-second", "es"),
        ]
        assert {one.story for one in heard} == {STORY}
        assert len(heard_since(connection, NOW - 4 * MINUTE, limit=1)) == 1
