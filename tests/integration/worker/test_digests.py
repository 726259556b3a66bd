"""Digests from a report to the outbox, on a clock of the tests' own: each story once, each time once, nothing lost."""

import datetime as dt
import json
from dataclasses import replace
from typing import Any

import pytest

from monitor.domain.events import DatePrecision, EventDate
from monitor.domain.feeds import FirstPoll
from monitor.domain.routing import SilenceReason, Watch
from monitor.domain.stories import StoredEvent
from monitor.domain.taxonomy import Severity, Status
from monitor.storage import digests, stories
from monitor.storage.engine import Database
from monitor.worker import putting_right
from monitor.worker.digests import FIRST_POLLS_END_AFTER, preview, tell_digests
from tests.integration.worker.archive import Archive
from tests.integration.worker.conftest import ON_BOTH_DATABASES
from tests.unit.stories.reports import EXPELLED, MEETING, NOON, SUMMIT, item, report

pytestmark = ON_BOTH_DATABASES

HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)
WATCH = Watch(
    id="andes",
    name="Andes",
    between=(),
    channels=("desk",),
    time_zone="America/Lima",
    digest=(dt.time(7, 30),),
    at_once=None,
)
# 07:30 in Lima, five hours behind UTC.
MORNING = NOON.replace(hour=12, minute=30) + DAY


def told_at(hours: float, *args: Any, outlet: str = "The Harbour Post", **fields: Any) -> StoredEvent:
    at = NOON + hours * HOUR
    return report(*args, where=item(outlet=outlet, at=at, guid=f"{outlet} {hours} {args}"), **fields)


@pytest.fixture
def archive(database: Database) -> Archive:
    opened = Archive(database)
    opened.watches = [WATCH]
    # The digest of that day is over, so that of the next one is the first.
    assert tell_digests(opened.database, opened.desk(), NOON + HOUR) == 0
    return opened


def told(archive: Archive) -> list[dict[str, Any]]:
    """What the digests in the outbox say, the latest first."""
    return [
        json.loads(one.message.rendered.body)["data"]
        for one in archive.messages()
        if one.message.dedup_key.startswith("digest:")
    ]


def test_given_a_watch_of_digests_alone_when_their_time_comes_then_one_tells_what_waited(archive: Archive) -> None:
    first = told_at(0)
    assert archive.commit(first) == 0
    assert SilenceReason.DIGEST in [one.reason for one in archive.silences(first)]
    assert tell_digests(archive.database, archive.desk(), MORNING - HOUR) == 0
    assert [tell_digests(archive.database, archive.desk(), MORNING + n * HOUR) for n in range(3)] == [1, 0, 0]
    (digest,) = told(archive)
    assert [(one["relation"], one["late"]) for one in digest["new"]] == [("CHL-VEN", False)]
    assert digest["due_at"] == "2026-03-05T12:30:00Z"


def test_given_nothing_new_when_the_next_time_comes_then_the_digest_says_so(archive: Archive) -> None:
    archive.commit(told_at(0))
    assert [tell_digests(archive.database, archive.desk(), MORNING + n * DAY) for n in range(2)] == [1, 1]
    assert [one["empty"] for one in told(archive)] == [True, False]


def test_given_a_daemon_that_was_off_when_it_is_back_then_one_digest_tells_all_that_waited(archive: Archive) -> None:
    archive.commit(told_at(0))
    back = MORNING + 3 * DAY + 5 * HOUR
    assert [tell_digests(archive.database, archive.desk(), back + n * HOUR) for n in range(2)] == [1, 0]
    (digest,) = told(archive)
    assert (digest["due_at"], len(digest["new"])) == ("2026-03-08T12:30:00Z", 1)


def test_given_two_workers_when_both_tell_the_same_time_then_one_digest_comes(archive: Archive) -> None:
    archive.commit(told_at(0))
    this = digests.LastDigest(name="2026-03-05T07:30", at=MORNING)
    with archive.database.write() as connection:
        assert digests.take(connection, "andes", this)
    with archive.database.write() as connection:
        assert not digests.take(connection, "andes", this)
    assert tell_digests(archive.database, archive.desk(), MORNING) == 0


def test_given_a_watch_that_is_new_when_the_daemon_first_looks_then_its_digests_begin_with_the_next(
    archive: Archive,
) -> None:
    archive.commit(told_at(0))
    archive.watches = [WATCH, replace(WATCH, id="late comer")]
    assert tell_digests(archive.database, archive.desk(), MORNING + HOUR) == 1
    assert tell_digests(archive.database, archive.desk(), MORNING + DAY) == 2


def test_given_news_that_was_alerted_when_the_digest_comes_then_it_tells_only_what_changed(archive: Archive) -> None:
    archive.watches = [replace(WATCH, at_once=Severity.ROUTINE)]
    assert archive.commit(told_at(0), told_at(0, EXPELLED, "PER", "BOL")) == 2
    assert archive.commit(told_at(1, EXPELLED, "PER", "BOL", status=Status.DENIED)) == 1
    tell_digests(archive.database, archive.desk(), MORNING)
    (digest,) = told(archive)
    assert digest["new"] == []
    assert [(one["relation"], one["stage"]) for one in digest["withdrawn"]] == [("BOL-PER", "denied")]


def test_given_a_severity_for_alerts_when_news_is_below_it_then_the_digest_tells_it_and_counts_what_is_routine(
    archive: Archive,
) -> None:
    archive.watches = [replace(WATCH, at_once=Severity.CRITICAL)]
    assert archive.commit(told_at(0), told_at(0, SUMMIT, "PER", "BOL"), told_at(0, MEETING, "PER", "ECU")) == 1
    tell_digests(archive.database, archive.desk(), MORNING)
    (digest,) = told(archive)
    assert [one["relation"] for one in digest["new"]] == ["BOL-PER"]
    assert digest["routine"] == {"ECU-PER": 1}


def test_given_news_older_than_the_age_gate_when_it_comes_then_the_digest_tells_it_as_late(archive: Archive) -> None:
    archive.watches = [replace(WATCH, at_once=Severity.ROUTINE)]
    assert archive.commit(told_at(-60), now=NOON) == 0
    tell_digests(archive.database, archive.desk(), MORNING)
    assert [one["late"] for one in told(archive)[0]["new"]] == [True]


def test_given_a_plan_with_a_date_when_later_digests_come_then_each_names_it_until_its_day(archive: Archive) -> None:
    day = dt.date(2026, 3, 6)
    plan = EventDate(first=day, last=day, precision=DatePrecision.DAY)
    archive.commit(told_at(0, SUMMIT, "PER", "BOL", status=Status.PLANNED, date=plan))
    for number in range(4):
        tell_digests(archive.database, archive.desk(), MORNING + number * DAY)
    assert [[len(one["new"]), len(one["ahead"])] for one in reversed(told(archive))] == [[1, 0], [0, 1], [0, 0], [0, 0]]


def test_given_a_story_that_is_taken_back_when_the_digest_comes_then_it_is_left_out(archive: Archive) -> None:
    archive.commit(told_at(0))
    with archive.database.write() as connection:
        (story,) = stories.recent_stories(connection, 5)
        stories.save_stories(connection, [replace(story, retracted_at=NOON)])
    tell_digests(archive.database, archive.desk(), MORNING)
    assert told(archive)[0]["empty"]


def test_given_a_first_poll_for_the_digest_when_a_watch_has_no_times_then_one_message_tells_the_last_day(
    archive: Archive,
) -> None:
    archive.watches = [replace(WATCH, digest=(), at_once=Severity.ROUTINE)]
    archive.source = replace(archive.source, first_poll=FirstPoll.DIGEST)
    first = (told_at(0), told_at(-2, SUMMIT, "PER", "BOL"), told_at(-30, SUMMIT, "PER", "ECU"))
    assert archive.commit(*first, baseline=True, now=NOON) == 0
    assert tell_digests(archive.database, archive.desk(), NOON) == 0
    later = NOON + FIRST_POLLS_END_AFTER
    assert [tell_digests(archive.database, archive.desk(), later + n * HOUR) for n in range(2)] == [1, 0]
    (digest,) = told(archive)
    assert (digest["cause"], {one["relation"] for one in digest["new"]}) == ("first poll", {"CHL-VEN", "BOL-PER"})


def test_given_what_waits_when_previewed_then_it_is_shown_and_still_told_later(archive: Archive) -> None:
    archive.commit(told_at(0))
    with archive.database.read() as connection:
        shown = preview(connection, archive.desk(), WATCH, "desk", NOON + HOUR)
    assert [line.story.relation for line in shown.new] == ["CHL-VEN"]
    assert tell_digests(archive.database, archive.desk(), MORNING) == 1
    assert len(told(archive)[0]["new"]) == 1


def test_given_alerts_that_moved_the_index_when_the_digest_comes_then_it_says_how_far(archive: Archive) -> None:
    archive.watches = [replace(WATCH, at_once=Severity.ROUTINE)]
    archive.commit(told_at(2), told_at(2, EXPELLED, "PER", "BOL"))
    tell_digests(archive.database, archive.desk(), MORNING)
    (digest,) = told(archive)
    assert digest["new"] == []
    assert {one["relation"]: (one["before"], one["index"]) for one in digest["index"]} == {
        "CHL-VEN": (0.0, -12.0),
        "BOL-PER": (0.0, -12.0),
    }


def test_given_a_story_that_a_digest_told_when_it_is_taken_back_then_its_channel_hears_of_it(archive: Archive) -> None:
    archive.commit(told_at(0), told_at(0, EXPELLED, "PER", "BOL"))
    tell_digests(archive.database, archive.desk(), MORNING)
    with archive.database.write() as connection:
        story, _ = stories.recent_stories(connection, 5)
        assert putting_right.retract(connection, story, "misread", archive.desk().channels, MORNING + HOUR) == 1


def test_given_two_watches_on_a_channel_when_their_digests_come_then_a_story_stands_in_one(archive: Archive) -> None:
    archive.watches = [WATCH, replace(WATCH, id="both", channels=("desk", "web"))]
    archive.channels = ("desk", "web")
    tell_digests(archive.database, archive.desk(), NOON + HOUR)
    archive.commit(told_at(2))
    assert tell_digests(archive.database, archive.desk(), MORNING) == 3
    assert sorted(len(one["new"]) for one in told(archive)) == [0, 1, 1]
