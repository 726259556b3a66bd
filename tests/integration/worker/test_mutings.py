"""What an operator silenced is stored and gathered, and neither sent then nor afterwards."""

import datetime as dt
from dataclasses import replace

import pytest

from monitor.domain.routing import Mute, Silence, SilenceReason, Watch
from monitor.domain.stories import StoredEvent
from monitor.domain.taxonomy import Status
from monitor.storage import mutes
from monitor.storage.engine import Database
from tests.integration.worker.archive import Archive
from tests.integration.worker.conftest import ON_BOTH_DATABASES
from tests.unit.stories.reports import NOON, item, report

pytestmark = ON_BOTH_DATABASES

HOUR = dt.timedelta(hours=1)
MUTE = Mute(
    id="ab12",
    reason="",
    begins_at=NOON - HOUR,
    ends_at=NOON + 2 * HOUR,
    between=(frozenset({"CHL"}), frozenset({"VEN"})),
)
WATCH = Watch(id="andes", name="Andes", between=(), channels=("desk",))


def told_by(outlet: str, hours: int, status: Status = Status.REPORTED) -> StoredEvent:
    return report(where=item(outlet=outlet, at=NOON + hours * HOUR), status=status)


FIRST, SECOND, THIRD = told_by("The Harbour Post", 0), told_by("Reef Radio", 3), told_by("Cape Wire", 4)
DENIAL = told_by("Cape Wire", 4, Status.DENIED)


@pytest.fixture
def archive(database: Database) -> Archive:
    opened = Archive(database)
    opened.watches = [WATCH]
    with opened.database.write() as connection:
        mutes.add(connection, MUTE)
    return opened


def test_given_a_mute_when_a_story_opens_under_it_then_it_is_not_told_once_the_mute_is_over(archive: Archive) -> None:
    assert [archive.commit(one) for one in (FIRST, SECOND, THIRD)] == [0, 0, 0]
    assert archive.silences(FIRST, SECOND) == [
        Silence(event_id=FIRST.id, watch_id="andes", reason=SilenceReason.SILENCED, detail="ab12"),
        Silence(event_id=SECOND.id, watch_id="andes", reason=SilenceReason.FOLLOW_UP),
    ]


def test_given_a_silenced_story_when_its_case_changes_afterwards_then_that_is_told(archive: Archive) -> None:
    assert [archive.commit(one) for one in (FIRST, DENIAL)] == [0, 1]
    (alert,) = archive.messages()
    assert ":denied:" in alert.message.dedup_key


def test_given_a_mute_that_was_ended_when_a_story_opens_then_it_is_told(archive: Archive) -> None:
    with archive.database.write() as connection:
        mutes.end(connection, MUTE.id, NOON)
    assert archive.commit(FIRST) == 1


def test_given_two_watches_when_one_is_muted_then_the_other_is_told_and_its_readers_are_not_told_twice(
    archive: Archive,
) -> None:
    other = replace(MUTE, id="cd34", between=(), watch_id="other")
    with archive.database.write() as connection:
        mutes.end(connection, MUTE.id, NOON - HOUR / 2)
        mutes.add(connection, other)
    archive.channels = ("desk", "hall")
    archive.watches = [WATCH, replace(WATCH, id="other", channels=("desk", "hall"))]
    assert [archive.commit(one) for one in (FIRST, SECOND)] == [1, 0]
    (alert,) = archive.messages()
    assert (alert.message.channel_id, alert.message.watches) == ("desk", ("andes",))
