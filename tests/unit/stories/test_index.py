"""The relations index: its formula on paper, and what must hold of it whatever the stories."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.bands import Band
from monitor.domain.events import DatePrecision, EventDate
from monitor.domain.stories import Story
from monitor.domain.taxonomy import Status
from monitor.stories.index import STICKS_WITHIN, Reading, band_of, change_of_band, readings, weight
from tests.unit.stories.reports import EXPELLED, GATHERER, KINDS, NOON, SUMMIT, report

SCALES = {kind.id: kind.scale for kind in KINDS.values()}
DAY = NOON.date()
WEEK = dt.timedelta(days=7)


def told(story_type: str = EXPELLED.id, publishers: int = 1) -> Story:
    story = GATHERER.gather(report(KINDS[story_type]), ()).story
    assert story is not None
    return replace(story, publishers=frozenset(str(number) for number in range(publishers)))


def on(day: dt.date, *stories: Story) -> Reading:
    (reading,) = readings(stories, SCALES, first=day, last=day)
    return reading


def test_given_an_expulsion_of_two_publishers_when_read_on_its_day_then_the_formula_holds() -> None:
    reading = on(DAY, told(publishers=2))
    total = -6 * 0.75
    assert reading.index == pytest.approx(100 * total / (abs(total) + 20))
    assert (reading.band, len(reading.stories)) == (Band.ORDINARY, 1)


def test_given_a_story_when_a_week_passes_then_half_of_it_is_left_and_at_last_nothing() -> None:
    total = -6 * 0.5 / 2
    assert on(DAY + WEEK, told()).index == pytest.approx(100 * total / (abs(total) + 20))
    assert on(DAY + 8 * WEEK, told()).index == 0
    assert on(DAY - dt.timedelta(days=1), told()).index == 0


@pytest.mark.parametrize(
    "left_out",
    [
        replace(told(), sample=True),
        replace(told(), retracted_at=NOON),
        replace(told(), merged_into="another"),
        replace(told(), status=Status.DENIED),
        replace(told(), type="known.no.more"),
    ],
    ids=["sample", "retracted", "merged", "denied", "unknown type"],
)
def test_given_what_does_not_count_when_read_then_the_index_stays(left_out: Story) -> None:
    assert on(DAY, left_out).index == 0


def test_given_a_stated_day_when_it_is_behind_the_report_then_it_counts_and_one_ahead_does_not() -> None:
    def dated(day: dt.date) -> Story:
        return replace(told(), date=EventDate(first=day, last=day, precision=DatePrecision.DAY))

    before = DAY - dt.timedelta(days=2)
    assert on(before, dated(before)).stories
    assert on(DAY, dated(DAY + dt.timedelta(days=9))).stories


@pytest.mark.parametrize(
    ("index", "band"),
    [
        (-61, Band.HOSTILE),
        (-60, Band.TENSE),
        (-20, Band.ORDINARY),
        (0, Band.ORDINARY),
        (20, Band.ORDINARY),
        (21, Band.WARM),
        (60, Band.WARM),
        (61, Band.CLOSE),
    ],
)
def test_given_an_index_when_named_then_its_band_is_the_documented_one(index: float, band: Band) -> None:
    assert band_of(index) is band


_stories = st.builds(
    lambda kind, publishers, status: replace(told(kind, publishers), status=status),
    st.sampled_from(list(SCALES)),
    st.integers(1, 6),
    st.sampled_from(list(Status)),
)


@given(st.lists(_stories, max_size=40), st.integers(0, 70))
def test_given_any_stories_when_read_then_the_index_stays_in_its_range_and_more_conflict_never_raises_it(
    stories: list[Story], days: int
) -> None:
    day = DAY + dt.timedelta(days=days)
    index = on(day, *stories).index
    assert -100 < index < 100
    assert on(day, *stories, told(EXPELLED.id, 3)).index <= index
    assert on(day, *stories, told(SUMMIT.id, 3)).index >= index


def test_given_a_pair_when_its_index_leaves_a_band_then_that_day_alone_is_a_change() -> None:
    grave = {DAY: 4 * weight(told(publishers=3), SCALES[EXPELLED.id])}
    changed = change_of_band(grave, DAY)
    assert changed is not None
    assert (changed.band, changed.before) == (Band.TENSE, Band.ORDINARY)
    days = [change_of_band(grave, DAY + dt.timedelta(days=number)) for number in range(1, 40)]
    (back,) = [change for change in days if change is not None]
    assert (back.band, back.before) == (Band.ORDINARY, Band.TENSE)
    assert back.index > -20 + STICKS_WITHIN


def test_given_more_publishers_when_weighed_then_a_story_weighs_more_up_to_its_scale() -> None:
    weights = [abs(weight(told(publishers=number), -6)) for number in (1, 2, 3, 20)]
    assert weights == sorted(weights)
    assert weights[-1] == pytest.approx(6, abs=0.001)
