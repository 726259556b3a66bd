"""Charts: whatever the values, everything stands inside the picture, and each story has its mark."""

import datetime as dt
import math
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.bands import Band
from monitor.domain.taxonomy import Severity
from monitor.web.charts import HEIGHT, WIDTH, Mark, Way, index_chart, sparkline, y_of

FIRST = dt.date(2026, 1, 1)
indices = st.floats(-100, 100)


def course(values: list[float]) -> list[tuple[dt.date, float]]:
    return [(FIRST + dt.timedelta(days=number), value) for number, value in enumerate(values)]


def mark(day: int, way: Way = Way.COOLER) -> Mark:
    return Mark(
        day=FIRST + dt.timedelta(days=day),
        title="Bhutan summons the envoy of Nauru",
        href="/stories/one",
        way=way,
        severity=Severity.NOTABLE,
    )


def places(points: str) -> Iterator[tuple[float, float]]:
    for point in points.split():
        x, y = point.split(",")
        yield float(x), float(y)


marks = st.lists(st.builds(mark, st.integers(-50, 500), st.sampled_from(Way)), max_size=60)


@given(st.lists(indices, min_size=1, max_size=400), marks)
def test_a_course_when_placed_then_nothing_leaves_the_picture_and_no_story_is_missing(
    values: list[float], given_marks: list[Mark]
) -> None:
    chart = index_chart(course(values), given_marks, first=FIRST, tick_label=str)
    curve = list(places(chart.curve))
    assert len(curve) == len(values)
    assert curve[-1] == chart.end
    assert [one.mark for one in chart.marks] == given_marks
    for x, y in [*curve, *((one.x, one.y) for one in chart.marks), *((tick.x, 0.0) for tick in chart.ticks)]:
        assert math.isfinite(x)
        assert math.isfinite(y)
        assert chart.left <= x <= chart.right <= WIDTH
        assert 0 <= y <= chart.bottom < HEIGHT


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=90), st.floats(0.1, 1e6))
def test_a_small_curve_when_placed_then_it_lies_inside(values: list[float], least_span: float) -> None:
    small = sparkline(values, least_span=least_span)
    curve = list(places(small.curve))
    assert len(curve) == len(values)
    for x, y in curve:
        assert 0 <= x <= small.width
        assert 0 <= y <= small.height
    assert small.zero is None or 0 <= small.zero <= small.height


def test_bands_when_drawn_then_they_fill_the_picture_from_hostile_below_to_close_above() -> None:
    chart = index_chart(course([0.0]), (), first=FIRST, tick_label=str)
    from_above = sorted(chart.stripes, key=lambda stripe: stripe.y)
    assert [stripe.band for stripe in from_above] == list(reversed(Band))
    assert from_above[0].y == chart.top
    for above, below in pairwise(from_above):
        assert above.y + above.height == pytest.approx(below.y)
    assert from_above[-1].y + from_above[-1].height == pytest.approx(chart.bottom)


def test_stories_of_one_day_when_marked_then_what_warms_goes_up_and_what_cools_goes_down() -> None:
    chart = index_chart(
        course([0.0, 0.0]),
        [mark(1), mark(1), mark(1, Way.WARMER), mark(0, Way.NEITHER)],
        first=FIRST,
        tick_label=str,
    )
    first, second, warmer, other_day = chart.marks
    assert first.x == second.x == warmer.x > other_day.x
    assert warmer.y < first.y == y_of(0.0) < second.y
    assert other_day.y == y_of(0.0)


@pytest.mark.parametrize(
    ("days", "labels"),
    [
        (1, ["2026-01-01"]),
        (15, ["2026-01-01", "2026-01-08", "2026-01-15"]),
        (60, ["2026-01-01", "2026-01-15", "2026-02-01", "2026-02-15", "2026-03-01"]),
        (150, ["2026-01-01", "2026-02-01", "2026-03-01", "2026-04-01", "2026-05-01"]),
    ],
)
def test_days_when_labelled_then_they_are_as_many_as_there_is_room_for(days: int, labels: list[str]) -> None:
    chart = index_chart(course([0.0] * days), (), first=FIRST, tick_label=str)
    assert [tick.label for tick in chart.ticks] == labels


def test_a_flat_course_when_drawn_small_then_it_looks_flat_and_in_the_middle() -> None:
    small = sparkline([50.0, 50.5, 50.0], least_span=20)
    heights = [y for _, y in places(small.curve)]
    assert max(heights) - min(heights) < 1
    assert small.zero is None
    assert sparkline([0.0], least_span=20).zero == small.height / 2


def test_a_course_when_it_begins_later_than_the_chart_then_nothing_is_drawn_before() -> None:
    chart = index_chart(course([10.0] * 9)[4:], [mark(0)], first=FIRST, tick_label=str)
    curve = list(places(chart.curve))
    assert curve[0][0] == chart.marks[0].x == pytest.approx((chart.left + chart.right) / 2)
    assert chart.ticks[0].x == chart.left
