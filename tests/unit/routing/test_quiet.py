"""Quiet hours and hourly limits: when an alert waits, until when, and what breaks through."""

import datetime as dt
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.digests import DigestCause
from monitor.domain.routing import Alert, QuietHours, Watch
from monitor.domain.stories import Stage
from monitor.domain.taxonomy import Severity
from monitor.routing.quiet import AN_HOUR, held_for_limit, held_for_quiet, quiet_until
from tests.unit.stories.reports import EXPELLED, GATHERER, NOON, report

MINUTE = dt.timedelta(minutes=1)
NIGHT = Watch(
    id="night",
    name="Night",
    between=(),
    channels=("desk",),
    time_zone="America/Santiago",
    quiet=QuietHours(begin=dt.time(22), end=dt.time(7)),
)
LIMITED = Watch(id="few", name="Few", between=(), channels=("desk",), at_most_per_hour=2)


def alert(*watches: Watch, severity: Severity = Severity.NOTABLE, stage: Stage = Stage.FIRST) -> Alert:
    said = report()
    story = GATHERER.gather(said, ()).story
    assert story is not None
    return Alert(
        story=replace(story, severity=severity),
        stage=stage,
        report=said,
        kind=EXPELLED,
        channel_id="desk",
        watches=tuple(watch.id for watch in watches),
        matched=watches,
    )


def local(text: str, zone: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(dt.UTC)


@pytest.mark.parametrize(
    ("zone", "hours", "now", "until"),
    [
        ("America/Santiago", (22, 7), "2026-03-04T23:10", "2026-03-05T07:00"),
        ("America/Santiago", (22, 7), "2026-03-05T06:59", "2026-03-05T07:00"),
        ("America/Santiago", (22, 7), "2026-03-05T07:00", None),
        ("America/Santiago", (22, 7), "2026-03-05T21:59", None),
        ("Europe/Madrid", (13, 15), "2026-03-05T14:00", "2026-03-05T15:00"),
        # Clocks go from two to three, and back from three to two: the morning is the morning by the clock.
        ("Europe/Madrid", (22, 7), "2026-03-28T23:00", "2026-03-29T07:00"),
        ("Europe/Madrid", (22, 7), "2026-10-24T23:00", "2026-10-25T07:00"),
        # In Santiago they go back from midnight to eleven.
        ("America/Santiago", (22, 7), "2026-04-04T22:30", "2026-04-05T07:00"),
    ],
)
def test_time_of_day_when_asked_says_until_when_it_is_quiet(
    zone: str, hours: tuple[int, int], now: str, until: str | None
) -> None:
    watch = replace(NIGHT, time_zone=zone, quiet=QuietHours(begin=dt.time(hours[0]), end=dt.time(hours[1])))
    assert quiet_until(watch, local(now, zone)) == (until and local(until, zone))


# Two years, with all their changes of clocks.
MOMENTS = st.integers(min_value=0, max_value=2 * 366 * 24 * 60).map(lambda minutes: NOON + minutes * MINUTE)
TIMES = st.times().map(lambda time: time.replace(second=0, microsecond=0))


@given(
    now=MOMENTS,
    begin=TIMES,
    end=TIMES,
    zone=st.sampled_from(["America/Santiago", "Europe/Madrid", "Australia/Lord_Howe", "UTC"]),
)
def test_any_hours_when_they_are_quiet_then_they_end_within_a_day_and_are_over_then(
    now: dt.datetime, begin: dt.time, end: dt.time, zone: str
) -> None:
    watch = replace(NIGHT, time_zone=zone, quiet=QuietHours(begin=begin, end=end))
    until = quiet_until(watch, now)
    assert until is None or now < until <= now + dt.timedelta(hours=26)
    if until is not None and begin != end:
        again = quiet_until(watch, until)
        # Only on a day on which clocks are changed may the end of one night lie within the next.
        assert again is None or again > until


def test_alert_at_night_when_all_its_watches_are_quiet_waits_for_the_first_morning() -> None:
    now = local("2026-03-04T23:00", "America/Santiago")
    earlier = replace(NIGHT, id="early", quiet=QuietHours(begin=dt.time(22), end=dt.time(5)))
    kept = held_for_quiet(alert(NIGHT, earlier), now)
    assert kept is not None
    assert (kept.until, kept.cause) == (local("2026-03-05T05:00", "America/Santiago"), DigestCause.QUIET)
    assert kept.watches == ("night", "early")


@pytest.mark.parametrize(
    ("severity", "unless", "waits"),
    [
        (Severity.MAJOR, Severity.CRITICAL, True),
        (Severity.CRITICAL, Severity.CRITICAL, False),
        (Severity.MAJOR, Severity.MAJOR, False),
    ],
)
def test_alert_at_night_when_it_is_grave_enough_breaks_through(
    severity: Severity, unless: Severity, *, waits: bool
) -> None:
    now = local("2026-03-04T23:00", "America/Santiago")
    watch = replace(NIGHT, quiet=QuietHours(begin=dt.time(22), end=dt.time(7), unless=unless))
    assert (held_for_quiet(alert(watch, severity=severity), now) is not None) is waits


def test_alert_at_night_when_one_of_its_watches_is_awake_goes_at_once() -> None:
    now = local("2026-03-04T23:00", "America/Santiago")
    assert held_for_quiet(alert(NIGHT, replace(NIGHT, id="awake", quiet=None)), now) is None


def test_alert_beyond_the_limit_when_the_hour_is_full_waits_for_room() -> None:
    sent = {"few": [NOON - 50 * MINUTE, NOON - 20 * MINUTE, NOON - 10 * MINUTE]}
    kept = held_for_limit(alert(LIMITED), sent, NOON)
    assert kept is not None
    assert kept.until == NOON - 20 * MINUTE + AN_HOUR


@pytest.mark.parametrize(
    ("one", "sent"),
    [
        (alert(LIMITED), {"few": [NOON - MINUTE]}),
        (alert(LIMITED), {"other": [NOON - MINUTE] * 9}),
        (alert(LIMITED, severity=Severity.CRITICAL), {"few": [NOON - MINUTE] * 9}),
        (alert(LIMITED, replace(LIMITED, id="all", at_most_per_hour=None)), {"few": [NOON - MINUTE] * 9}),
    ],
)
def test_alert_when_a_watch_has_room_or_it_is_a_critical_first_report_goes_at_once(
    one: Alert, sent: dict[str, list[dt.datetime]]
) -> None:
    assert held_for_limit(one, sent, NOON) is None


def test_follow_up_that_is_critical_when_the_hour_is_full_waits() -> None:
    late = alert(LIMITED, severity=Severity.CRITICAL, stage=Stage.DENIED)
    assert held_for_limit(late, {"few": [NOON - MINUTE] * 2}, NOON) is not None
