"""Stories are found by whoever may report them, whole, and written as they have become."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from monitor.domain.severity import Adjustment, Ground
from monitor.domain.taxonomy import Severity, Status
from monitor.storage.engine import Database
from monitor.storage.stories import lock_relations, recent_stories, save_stories, standing_stories, stories_before
from monitor.storage.tables import relation
from tests.unit.storage.examples import MINUTE, NOW, story

PAIR = story(
    "pair",
    type_severity=Severity.CRITICAL,
    adjustments=(Adjustment(ground=Ground.POSSIBLE, step=-1),),
    official=True,
    opposition=frozenset({"VEN"}),
)
HALF = story("half", relation="?-VEN", source=None, date=None, object="the mission", last_report_at=NOW - MINUTE)
OTHER = story("other", relation="CUB-VEN", source="VEN", target="CUB", sample=True, last_report_at=NOW - 2 * MINUTE)
FAR = story("far", relation="BRA-PER", source="BRA", target="PER", last_report_at=NOW - 3 * MINUTE)


@pytest.fixture
def archive(database: Database) -> Database:
    with database.write() as connection:
        save_stories(connection, [OTHER, FAR, HALF, PAIR])
    return database


def test_stories_when_read_back_then_they_are_whole_and_the_latest_first(archive: Database) -> None:
    with archive.read() as connection:
        assert recent_stories(connection, 9) == (PAIR, HALF, OTHER, FAR)
        assert recent_stories(connection, 2) == (PAIR, HALF)


@pytest.mark.parametrize(
    ("relations", "expected"),
    [
        (["USA-VEN"], (PAIR, HALF)),
        (["?-VEN"], (PAIR, HALF, OTHER)),
        (["BRA-PER", "CUB-VEN"], (HALF, OTHER, FAR)),
        (["COL-PER"], ()),
        ([], ()),
    ],
)
def test_a_relation_when_asked_for_its_stories_then_an_unknown_side_fits_any(
    relations: list[str], expected: tuple[object, ...], archive: Database
) -> None:
    with archive.read() as connection:
        assert standing_stories(connection, relations, NOW - 9 * MINUTE) == expected


def test_stories_when_their_last_report_is_old_then_they_stand_no_longer(archive: Database) -> None:
    with archive.read() as connection:
        assert standing_stories(connection, ["?-VEN"], NOW - MINUTE) == (PAIR, HALF)


def test_a_story_when_asked_what_came_before_then_it_is_of_the_same_two_and_no_later(database: Database) -> None:
    news = story("news", opened_at=NOW)
    older = story("older", opened_at=NOW - 2 * MINUTE, last_report_at=NOW - MINUTE)
    oldest = story("oldest", opened_at=NOW - 3 * MINUTE, last_report_at=NOW - 2 * MINUTE)
    strangers = [
        story("later", opened_at=NOW + MINUTE),
        story("sample", opened_at=NOW - MINUTE, sample=True),
        story("others", relation="BRA-PER", source="BRA", target="PER", opened_at=NOW - MINUTE),
    ]
    with database.write() as connection:
        save_stories(connection, [news, older, oldest, *strangers])
        assert stories_before(connection, news, 9) == (older, oldest)
        assert stories_before(connection, news, 1) == (older,)


def test_a_story_when_saved_again_then_it_is_as_it_has_become(archive: Database) -> None:
    known = replace(
        HALF, relation="COL-VEN", source="COL", status=Status.REPORTED, publishers=HALF.publishers | {"the mail"}
    )
    with archive.write() as connection:
        save_stories(connection, [HALF, known])
        save_stories(connection, [])
        assert standing_stories(connection, ["COL-VEN"], NOW - 9 * MINUTE) == (known,)


def test_relations_when_locked_then_their_half_known_ones_are_too_and_a_repeat_is_harmless(database: Database) -> None:
    with database.write() as connection:
        lock_relations(connection, ["USA-VEN", "?-CUB"])
        lock_relations(connection, ["USA-VEN"])
        lock_relations(connection, [])
        names = set(connection.scalars(select(relation.c.name)))
    assert names == {"USA-VEN", "?-USA", "?-VEN", "?-CUB"}
