"""Where everything in a chart stands: the curve of an index with its bands and stories, and small curves in a line of text.

Pure: readings in, coordinates of an SVG's viewBox out. templates/_charts.html draws them, so that whatever a mark says is
escaped like any other text. Nothing lies outside the viewBox, whatever the values.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from monitor.domain.bands import Band
from monitor.domain.taxonomy import Severity
from monitor.stories.index import BAND_LIMITS, RANGE

WIDTH, HEIGHT = 720.0, 320.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 60.0, 708.0, 8.0, 288.0
# Marks of one day stand in a column, the first one on the curve; they reach this far from their middle.
_STEP, _REACH = 11.0, 8.0
_MONTH, _SEASON = 45, 120
_SPARK_WIDTH, _SPARK_HEIGHT, _SPARK_EDGE = 120.0, 28.0, 3.0


class Way(StrEnum):
    """Which way a story moves its pair; each has a shape of its own, since colours don't tell everybody."""

    WARMER = "warmer"
    COOLER = "cooler"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A story to be marked: its day, what it says and where it leads."""

    day: dt.date
    title: str
    href: str
    way: Way
    severity: Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedMark:
    """A mark and the place of its middle."""

    mark: Mark
    x: float
    y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Stripe:
    """The part of the chart that a band takes, from `y` downwards."""

    band: Band
    y: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A day with a label below it; a `minor` one may go without where there is little room."""

    x: float
    label: str
    minor: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexChart:
    """The index of a pair over time. `curve` is the attribute "points" of a polyline; `end` the place of the last reading."""

    curve: str
    end: tuple[float, float]
    stripes: tuple[Stripe, ...]
    ticks: tuple[Tick, ...]
    marks: tuple[PlacedMark, ...]
    left: float = _LEFT
    right: float = _RIGHT
    top: float = _TOP
    bottom: float = _BOTTOM
    zero: float = (_TOP + _BOTTOM) / 2
    width: float = WIDTH
    height: float = HEIGHT


def index_chart(
    course: Sequence[tuple[dt.date, float]],
    marks: Sequence[Mark],
    *,
    first: dt.date,
    tick_label: Callable[[dt.date], str],
) -> IndexChart:
    """Places a course (one reading a day, the first one first, at least one) and marks.

    The chart begins with the day `first`, the course there or later: where nothing is known there is no curve. A mark of a
    day outside the course stands at its nearer end. Those of a day stand in a column: what warms upwards from the curve, what
    cools downwards, as far as there is room.
    """
    last = course[-1][0]
    of_day = dict(course)

    def x_of(day: dt.date) -> float:
        if first == last:
            return (_LEFT + _RIGHT) / 2
        return _LEFT + (_RIGHT - _LEFT) * ((day - first).days / (last - first).days)

    placed = []
    taken: Counter[tuple[dt.date, bool]] = Counter()
    for mark in marks:
        day = min(max(mark.day, course[0][0]), last)
        column = (day, mark.way is Way.WARMER)
        away = -_STEP if mark.way is Way.WARMER else _STEP
        # What warms begins one step above the curve, so that the two columns don't meet.
        steps = taken[column] + (mark.way is Way.WARMER)
        y = min(max(y_of(of_day[day]) + away * steps, _TOP + _REACH), _BOTTOM - _REACH)
        placed.append(PlacedMark(mark=mark, x=_rounded(x_of(day)), y=_rounded(y)))
        taken[column] += 1
    return IndexChart(
        curve=" ".join(f"{_rounded(x_of(day)):g},{_rounded(y_of(index)):g}" for day, index in course),
        end=(_rounded(x_of(last)), _rounded(y_of(course[-1][1]))),
        stripes=_stripes(),
        ticks=tuple(
            Tick(x=_rounded(x_of(day)), label=tick_label(day), minor=bool(number % 2))
            for number, day in enumerate(_tick_days(first, last))
        ),
        marks=tuple(placed),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Sparkline:
    """A small curve for a line of text, and where it lies at nought, if it does."""

    curve: str
    end: tuple[float, float]
    zero: float | None
    width: float = _SPARK_WIDTH
    height: float = _SPARK_HEIGHT


def sparkline(values: Sequence[float], *, least_span: float) -> Sparkline:
    """Places values at equal distances, the first one left; at least one.

    The curve takes the whole height, but where all values lie within `least_span`, which then is the height: a flat course is
    to look flat.
    """
    low, high = min(values), max(values)
    if high - low < least_span:
        middle = (high + low) / 2
        low, high = middle - least_span / 2, middle + least_span / 2
    room = _SPARK_HEIGHT - 2 * _SPARK_EDGE

    def y_at(value: float) -> float:
        return _rounded(_SPARK_EDGE + room * (high - value) / (high - low))

    width = _SPARK_WIDTH - 2 * _SPARK_EDGE
    between = width / (len(values) - 1) if len(values) > 1 else 0.0
    begins = _SPARK_EDGE if len(values) > 1 else _SPARK_WIDTH / 2
    places = [(_rounded(begins + between * number), y_at(value)) for number, value in enumerate(values)]
    return Sparkline(
        curve=" ".join(f"{x:g},{y:g}" for x, y in places),
        end=places[-1],
        zero=y_at(0.0) if low <= 0.0 <= high else None,
    )


def y_of(index: float) -> float:
    """How far down an index (-100 to 100) stands."""
    return _TOP + (_BOTTOM - _TOP) * (RANGE - index) / (2 * RANGE)


def _stripes() -> tuple[Stripe, ...]:
    ends = [-RANGE, *(end for end, _ in BAND_LIMITS), RANGE]
    bands = [*(band for _, band in BAND_LIMITS), Band.CLOSE]
    return tuple(
        Stripe(band=band, y=_rounded(y_of(above)), height=_rounded(y_of(below) - y_of(above)))
        for band, (below, above) in zip(bands, pairwise(ends), strict=True)
    )


def _tick_days(first: dt.date, last: dt.date) -> list[dt.date]:
    """Every seventh day of a month, the first and the fifteenth of a season, the first of each month of a year."""
    days = [first + dt.timedelta(days=number) for number in range((last - first).days + 1)]
    if len(days) <= _MONTH:
        return days[::7]
    marked = {1, 15} if len(days) <= _SEASON else {1}
    return [day for day in days if day.day in marked]


def _rounded(place: float) -> float:
    """A tenth of a pixel is as much as an eye sees; more only makes the page heavier."""
    return round(place, 1)
