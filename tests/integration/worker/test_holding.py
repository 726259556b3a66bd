"""Quiet hours and hourly limits from a report to the outbox: delivery waits, evaluation doesn't, nothing is lost."""

import datetime as dt
import json
from dataclasses import replace
from typing import Any

import pytest

from monitor.domain.events import DatePrecision, EventDate, Evidence
from monitor.domain.routing import QuietHours, SilenceReason, Watch
from monitor.domain.stories import StoredEvent
from monitor.domain.taxonomy import Severity, Status
from monitor.storage import stories
from monitor.storage.engine import Database
from monitor.stories.situation import SUMMARY_EVERY
from monitor.worker.due import due_after, tell_due
from monitor.worker.holding import release_held
from monitor.worker.upkeep import REASONS_KEPT_FOR, Retention, shed
from tests.integration.worker.archive import Archive
from tests.integration.worker.conftest import ON_BOTH_DATABASES
from tests.unit.stories.reports import EXPELLED, NOON, SUMMIT, item, report

pytestmark = ON_BOTH_DATABASES

HOUR = dt.timedelta(hours=1)
MINUTE = dt.timedelta(minutes=1)
QUIET = Watch(
    id="night",
    name="Night",
    between=(),
    channels=("desk",),
    time_zone="Europe/Madrid",
    quiet=QuietHours(begin=dt.time(22), end=dt.time(7)),
)
LIMITED = Watch(id="few", name="Few", between=(), channels=("desk",), at_most_per_hour=2)
# Madrid is an hour ahead of UTC.
NIGHT = NOON.replace(hour=22)
MORNING = NIGHT.replace(hour=6) + dt.timedelta(days=1)
OTHERS = ("BOL", "COL", "ECU", "PER", "PRY", "URY")


def news(target: str, at: dt.datetime, *, outlet: str = "The Harbour Post", **fields: Any) -> StoredEvent:
    kind = fields.pop("kind", SUMMIT)
    return report(kind, "CHL", target, where=item(outlet=outlet, at=at, guid=f"{outlet} {target} {at}"), **fields)


@pytest.fixture
def archive(database: Database) -> Archive:
    opened = Archive(database)
    opened.watches = [QUIET]
    return opened


def release(archive: Archive, now: dt.datetime) -> int:
    return release_held(archive.database, archive.desk(), now)


def bodies(archive: Archive) -> list[dict[str, Any]]:
    return [json.loads(one.message.rendered.body) for one in archive.messages()]


def test_given_news_at_night_when_quiet_hours_end_then_a_few_alerts_come_each_for_itself(archive: Archive) -> None:
    first = news("BOL", NIGHT)
    assert [archive.commit(first), archive.commit(news("PER", NIGHT + HOUR))] == [0, 0]
    assert [one.reason for one in archive.silences(first)] == [SilenceReason.QUIET]
    assert [release(archive, MORNING + n * MINUTE) for n in (-1, 0, 1)] == [0, 2, 0]
    assert {body["type"] for body in bodies(archive)} == {"relation.alert"}


def test_given_much_news_at_night_when_quiet_hours_end_then_one_message_tells_it(archive: Archive) -> None:
    for number, target in enumerate(OTHERS):
        archive.commit(news(target, NIGHT + number * MINUTE))
    assert release(archive, MORNING) == 1
    (body,) = bodies(archive)
    assert (body["type"], body["data"]["cause"]) == ("relation.summary", "quiet hours")
    assert len(body["data"]["new"]) == len(OTHERS)


def test_given_critical_news_at_night_when_it_comes_then_it_breaks_through(archive: Archive) -> None:
    assert archive.commit(news("BOL", NIGHT, kind=EXPELLED)) == 1


def test_given_another_watch_without_quiet_hours_when_it_wants_the_same_then_the_channel_hears_once(
    archive: Archive,
) -> None:
    assert archive.commit(news("BOL", NIGHT)) == 0
    archive.watches = [QUIET, replace(QUIET, id="awake", quiet=None)]
    assert archive.commit(news("BOL", NIGHT + HOUR, outlet="Reef Radio")) == 1
    assert release(archive, MORNING) == 0


def test_given_a_story_that_goes_on_at_night_when_released_then_one_alert_tells_how_it_stands(archive: Archive) -> None:
    archive.commit(news("BOL", NIGHT, status=Status.PLANNED))
    archive.commit(news("BOL", NIGHT + HOUR, outlet="Reef Radio"))
    assert release(archive, MORNING) == 1
    (body,) = bodies(archive)
    assert (body["data"]["stage"], body["data"]["event"]["status"]) == ("first", "reported")
    again = news("BOL", MORNING + HOUR, outlet="Cape Wire")
    assert archive.commit(again) == 0


def test_given_a_story_that_is_taken_back_at_night_when_released_then_nobody_is_told(archive: Archive) -> None:
    archive.commit(news("BOL", NIGHT))
    with archive.database.write() as connection:
        (story,) = stories.recent_stories(connection, 5)
        stories.save_stories(connection, [replace(story, retracted_at=NIGHT + HOUR)])
    assert [release(archive, MORNING) for _ in range(2)] == [0, 0]


def test_given_a_report_that_its_publisher_corrects_at_night_when_released_then_what_holds_is_told_alone(
    archive: Archive,
) -> None:
    wrong = news("BOL", NIGHT)
    said = Evidence(sentence="Chile holds a summit with Peru", start=0, end=30, pattern="en/summit#1")
    right = news("PER", NIGHT)
    right = replace(right, item=wrong.item, event=replace(right.event, evidence=said))
    archive.commit(
        replace(wrong, event=replace(wrong.event, evidence=replace(said, sentence="Chile holds a summit with Bolivia")))
    )
    assert archive.edit(right, NIGHT + HOUR) == 0
    assert [release(archive, MORNING) for _ in range(2)] == [1, 0]
    (body,) = bodies(archive)
    assert (body["type"], body["data"]["event"]["target"]["code"]) == ("relation.alert", "PER")
    assert body["data"]["event"]["evidence"]["sentence"] == said.sentence


def test_given_a_watch_that_is_gone_when_released_then_nobody_is_told(archive: Archive) -> None:
    archive.commit(news("BOL", NIGHT))
    archive.watches = []
    assert release(archive, MORNING) == 0


def test_given_two_watches_when_a_few_alerts_are_released_then_each_names_the_watch_that_asked(
    archive: Archive,
) -> None:
    archive.watches = [
        replace(QUIET, id=code.lower(), between=(frozenset({"CHL"}), frozenset({code}))) for code in ("BOL", "PER")
    ]
    archive.commit(news("BOL", NIGHT), news("PER", NIGHT))
    assert release(archive, MORNING) == 2
    assert sorted(one.message.watches for one in archive.messages()) == [("bol",), ("per",)]


def test_given_a_limit_when_an_hour_has_had_its_messages_then_a_summary_comes_when_there_is_room(
    archive: Archive,
) -> None:
    archive.watches = [LIMITED]
    sent = [archive.commit(news(target, NOON + 5 * n * MINUTE)) for n, target in enumerate(OTHERS)]
    assert sent == [1, 1, 0, 0, 0, 0]
    # An item is seen three minutes after it was published.
    room_at = NOON + HOUR + 3 * MINUTE
    assert [release(archive, room_at + n * MINUTE) for n in (-1, 0, 1)] == [0, 1, 0]
    latest = bodies(archive)[0]["data"]
    assert (latest["cause"], len(latest["new"])) == ("limit", len(OTHERS) - 2)
    # The summary has taken the room of that hour; the next message goes when the second alert is an hour old.
    assert archive.commit(news("ARG", room_at)) == 0


def test_given_a_limit_when_a_story_goes_on_in_the_poll_that_fills_the_hour_then_its_next_step_waits(
    archive: Archive,
) -> None:
    archive.watches = [replace(LIMITED, at_most_per_hour=1)]
    assert archive.commit(news("BOL", NOON), news("BOL", NOON + MINUTE, status=Status.DENIED), now=NOON + HOUR) == 1
    assert release(archive, NOON + 2 * HOUR) == 1
    assert [body["data"]["stage"] for body in bodies(archive)] == ["denied", "first"]


def test_given_a_limit_when_first_reports_are_critical_then_they_all_pass(archive: Archive) -> None:
    archive.watches = [replace(LIMITED, min_severity=Severity.CRITICAL)]
    assert archive.commit(*(news(target, NOON, kind=EXPELLED) for target in OTHERS)) == len(OTHERS)


def test_given_one_poll_with_more_than_the_limit_when_committed_then_the_rest_waits(archive: Archive) -> None:
    archive.watches = [LIMITED]
    assert archive.commit(*(news(target, NOON) for target in OTHERS)) == LIMITED.at_most_per_hour


def test_given_a_situation_when_quiet_hours_begin_then_its_summary_waits_for_the_morning(archive: Archive) -> None:
    evening = NIGHT - 70 * MINUTE  # ten minutes before they begin
    days = [dt.date(2026, 2, number) for number in range(1, 25, 3)]
    for day in days:
        date = EventDate(first=day, last=day, precision=DatePrecision.DAY)
        archive.commit(news("BOL", evening, outlet=f"Outlet {day}", date=date))
    summaries = [body for body in bodies(archive) if body["type"] == "relation.summary"]
    assert len(summaries) == 1
    seen_at = evening + 3 * MINUTE
    assert tell_due(archive.database, archive.desk(), seen_at + SUMMARY_EVERY) == 0
    with archive.database.read() as connection:
        assert due_after(connection, archive.desk(), seen_at) == MORNING
    assert [tell_due(archive.database, archive.desk(), MORNING + n * MINUTE) for n in (-1, 0, 1)] == [0, 1, 0]


def test_given_what_was_held_when_a_month_has_passed_then_it_is_let_go(archive: Archive) -> None:
    archive.commit(news("BOL", NIGHT))
    release(archive, MORNING)
    assert shed(archive.database, Retention(), NIGHT + REASONS_KEPT_FOR) == {}
    # The reason for the silence, and the alert that was held.
    assert sum(shed(archive.database, Retention(), MORNING + REASONS_KEPT_FOR).values()) == 2
