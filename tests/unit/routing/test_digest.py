"""The digest of a watch: its times by the local clock, and what stands in it within 25 lines."""

import datetime as dt
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.digests import Digest, DigestCause, DigestSituation, IndexChange
from monitor.domain.events import DatePrecision, EventDate
from monitor.domain.routing import Watch
from monitor.domain.stories import Stage, Story
from monitor.domain.taxonomy import Severity, Status
from monitor.routing.digest import MOST_LINES, Gathered, Noted, compose, last_due, lies_ahead, next_due
from tests.unit.storage.examples import story
from tests.unit.stories.reports import EXPELLED, NOON, report

DAY = dt.timedelta(days=1)
MINUTE = dt.timedelta(minutes=1)
WATCH = Watch(id="andes", name="Andes", between=(), channels=("desk",), digest=(dt.time(7, 30),))
# Two years, with all their changes of clocks.
MOMENTS = st.integers(min_value=0, max_value=2 * 366 * 24 * 60).map(lambda minutes: NOON + minutes * MINUTE)
ZONES = ("America/Santiago", "Europe/Madrid", "Australia/Lord_Howe", "Pacific/Apia")


def local(text: str, zone: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(dt.UTC)


@pytest.mark.parametrize(
    ("zone", "time", "day"),
    [
        ("Europe/Madrid", dt.time(2, 30), dt.date(2026, 3, 29)),
        ("Europe/Madrid", dt.time(2, 30), dt.date(2026, 10, 25)),
        ("America/Santiago", dt.time(23, 30), dt.date(2026, 4, 4)),
        ("America/Santiago", dt.time(0, 30), dt.date(2026, 9, 6)),
    ],
)
def test_day_on_which_clocks_are_changed_when_lived_through_has_each_digest_once(
    zone: str, time: dt.time, day: dt.date
) -> None:
    watch = replace(WATCH, time_zone=zone, digest=(time,))
    start = local(f"{day - DAY}T12:00", zone)
    seen = [last_due(watch, start + n * 5 * MINUTE) for n in range(12 * 60)]
    names = [due.name for due in seen if due is not None]
    assert list(dict.fromkeys(names)) == sorted(set(names))
    assert names.count(f"{day}T{time:%H:%M}") > 0
    assert len({due.at for due in seen if due is not None and due.name.startswith(str(day))}) == 1


@given(
    now=MOMENTS,
    times=st.sets(st.times().map(lambda time: time.replace(second=0, microsecond=0)), min_size=1, max_size=3),
    zone=st.sampled_from(ZONES),
    steps=st.lists(st.integers(min_value=1, max_value=3000), max_size=30),
)
def test_any_times_when_a_clock_goes_on_come_in_order_and_never_early(
    now: dt.datetime, times: set[dt.time], zone: str, steps: list[int]
) -> None:
    watch = replace(WATCH, time_zone=zone, digest=tuple(sorted(times)))
    told = ""
    for step in steps:
        now += step * MINUTE
        due, coming = last_due(watch, now), next_due(watch, now)
        assert due is not None
        assert coming is not None
        assert now - 2 * DAY < due.at <= now < coming.at <= now + 2 * DAY
        assert due.name >= told
        told = due.name


def test_watch_without_a_digest_when_asked_has_no_times() -> None:
    assert last_due(replace(WATCH, digest=()), NOON) is None
    assert next_due(replace(WATCH, digest=()), NOON) is None


def noted(number: int, *stages: Stage, late: bool = False, **changes: object) -> Noted:
    given_: dict[str, object] = {"status": Status.REPORTED, "severity": Severity.MAJOR, "relation": "CHL-VEN"}
    return Noted(
        story=story(f"{number:02}", **(given_ | changes)), report=report(), stages=stages or (Stage.FIRST,), late=late
    )


def composed(gathered: Gathered, cause: DigestCause = DigestCause.SCHEDULED) -> Digest:
    return compose(gathered, [WATCH], key="k", cause=cause, at=NOON)


def ids(stories: tuple[Story, ...]) -> list[str]:
    return [one.id.removeprefix("story-") for one in stories]


def test_news_when_composed_stands_by_severity_and_late_news_behind() -> None:
    waiting = (
        noted(1, severity=Severity.NOTABLE),
        noted(2, late=True),
        noted(3, severity=Severity.CRITICAL),
        noted(4),
        noted(5, Stage.FIRST, Stage.DENIED, status=Status.DENIED),
        noted(6, Stage.FIRST, Stage.CALLED_OFF, status=Status.PLANNED),
        noted(7, severity=Severity.ROUTINE),
        noted(8, severity=Severity.ROUTINE, relation="CHL-PER"),
        noted(9, severity=Severity.ROUTINE, relation="CHL-PER"),
    )
    digest = composed(Gathered(noted=waiting))
    assert ids(tuple(line.story for line in digest.new)) == ["03", "04", "02", "01"]
    assert ids(tuple(line.story for line in digest.withdrawn)) == ["05", "06"]
    assert [(one.relation, one.stories) for one in digest.routine] == [("CHL-PER", 2), ("CHL-VEN", 1)]


def test_news_that_was_told_when_composed_is_left_out_unless_it_changed() -> None:
    waiting = (noted(1), noted(2, Stage.FIRST, Stage.HAPPENED), noted(3, severity=Severity.ROUTINE))
    told = {one.story.id for one in waiting}
    digest = composed(Gathered(noted=waiting, told=told))
    assert [(line.story.id, line.stage) for line in digest.new] == [("story-02", Stage.HAPPENED)]
    assert digest.routine == ()


def test_what_was_held_back_when_composed_is_named_however_small() -> None:
    digest = composed(Gathered(noted=(noted(1, severity=Severity.ROUTINE),)), DigestCause.QUIET)
    assert (len(digest.new), digest.routine) == (1, ())


def lines_of(digest: Digest) -> int:
    sections = (digest.new, digest.withdrawn, digest.ahead, digest.situations, digest.index)
    headings = sum(bool(section) for section in sections)
    return sum(map(len, sections)) + headings + bool(digest.routine) + bool(digest.no_room)


@given(
    new=st.integers(min_value=0, max_value=60),
    withdrawn=st.integers(min_value=0, max_value=20),
    ahead=st.integers(min_value=0, max_value=20),
    others=st.integers(min_value=0, max_value=10),
)
def test_any_amount_of_news_when_composed_fits_and_what_finds_no_room_is_counted(
    new: int, withdrawn: int, ahead: int, others: int
) -> None:
    waiting = [noted(number) for number in range(new)]
    waiting += [noted(100 + number, Stage.DENIED) for number in range(withdrawn)]
    change = IndexChange(relation="CHL-VEN", index=1, before=-30, band="ordinary", band_before="tense")
    burst = DigestSituation(relation="CHL-VEN", opened_at=NOON, stories=9)
    digest = composed(
        Gathered(
            noted=(*waiting, *([noted(200, severity=Severity.ROUTINE)] if others else [])),
            planned=tuple(story(f"plan {number}") for number in range(ahead)),
            situations=(burst,) * others,
            index=(change,) * others,
        )
    )
    assert lines_of(digest) <= MOST_LINES
    assert len(digest.new) + len(digest.withdrawn) + digest.no_room == new + withdrawn
    assert digest.no_room == 0 or len(digest.new) > 0 or not new


@pytest.mark.parametrize(
    ("changes", "ahead"),
    [
        ({}, True),
        ({"status": Status.REPORTED}, False),
        ({"date": None}, False),
        ({"date": EventDate(first=dt.date(2026, 3, 3), last=dt.date(2026, 3, 3), precision=DatePrecision.DAY)}, False),
        ({"date": EventDate(first=dt.date(2026, 4, 3), last=dt.date(2026, 4, 3), precision=DatePrecision.DAY)}, False),
        (
            {"date": EventDate(first=dt.date(2026, 3, 1), last=dt.date(2026, 3, 31), precision=DatePrecision.MONTH)},
            True,
        ),
        ({"severity": Severity.ROUTINE}, False),
        ({"retracted_at": NOON}, False),
    ],
)
def test_story_when_its_event_is_planned_for_the_next_days_lies_ahead(
    changes: dict[str, object], *, ahead: bool
) -> None:
    friday = EventDate(first=dt.date(2026, 3, 6), last=dt.date(2026, 3, 6), precision=DatePrecision.DAY)
    given_: dict[str, object] = {"date": friday, "status": Status.PLANNED}
    assert lies_ahead(story("plan", **(given_ | changes)), WATCH, EXPELLED, NOON) is ahead
