"""The first event of its type between two states for long weighs more, once the archive can tell."""

import datetime as dt

import pytest

from monitor.domain.routing import Watch
from monitor.domain.severity import Ground
from monitor.domain.stories import StoredEvent
from monitor.domain.taxonomy import Severity
from monitor.storage.engine import Database
from monitor.storage.stories import stories_between
from tests.integration.worker.archive import Archive
from tests.integration.worker.conftest import ON_BOTH_DATABASES
from tests.unit.stories.reports import MEETING, NOON, VISIT, item, report

pytestmark = ON_BOTH_DATABASES

YEAR = dt.timedelta(days=365)
DAY = dt.timedelta(days=1)
WATCH = Watch(id="reef", name="Reef", between=(), channels=("desk",), min_severity=Severity.NOTABLE)


@pytest.fixture
def archive(database: Database) -> Archive:
    opened = Archive(database)
    opened.watches = [WATCH]
    return opened


def meeting(at: dt.datetime, source: str | None = "FJI", target: str = "TON") -> StoredEvent:
    return report(MEETING, source, target, where=item(at=at))


def grounds(archive: Archive, pair: str = "FJI-TON") -> list[tuple[Ground, ...]]:
    """Of each story, the latest first."""
    with archive.database.read() as connection:
        found = stories_between(connection, limit=9, relation_name=pair)
    return [tuple(one.ground for one in story.adjustments) for story in found]


def test_given_a_young_archive_when_a_story_opens_then_nothing_is_a_first(archive: Archive) -> None:
    archive.commit(meeting(NOON))
    assert archive.commit(meeting(NOON + YEAR - DAY)) == 0
    assert grounds(archive) == [(), ()]


def test_given_an_archive_of_a_year_when_a_type_comes_for_the_first_time_then_it_weighs_more(archive: Archive) -> None:
    archive.commit(meeting(NOON))
    assert archive.commit(meeting(NOON + YEAR + 4 * DAY)) == 1
    assert archive.commit(meeting(NOON + YEAR + 9 * DAY)) == 0
    assert grounds(archive) == [(), (Ground.FIRST,), ()]


def test_given_another_type_or_pair_within_the_year_when_a_story_opens_then_it_is_a_first(archive: Archive) -> None:
    archive.commit(meeting(NOON))
    archive.commit(meeting(NOON + YEAR, "FJI", "WSM"), report(VISIT, "TON", "FJI", where=item(at=NOON + YEAR - DAY)))
    archive.commit(meeting(NOON + YEAR + 8 * DAY))
    assert grounds(archive)[0] == (Ground.FIRST,)


def test_given_a_side_that_is_named_later_when_it_is_then_the_first_is_found(archive: Archive) -> None:
    archive.commit(meeting(NOON))
    archive.commit(meeting(NOON + YEAR + 4 * DAY, source=None))
    assert grounds(archive, "?-TON") == [()]
    archive.commit(meeting(NOON + YEAR + 5 * DAY))
    assert grounds(archive)[0] == (Ground.FIRST,)


def test_given_two_firsts_in_one_poll_when_committed_then_only_the_earlier_is_one(archive: Archive) -> None:
    archive.commit(meeting(NOON))
    archive.commit(meeting(NOON + YEAR + 10 * DAY), meeting(NOON + YEAR + 20 * DAY))
    assert grounds(archive)[:2] == [(), (Ground.FIRST,)]
