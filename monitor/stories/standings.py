"""How all pairs stand at once, and which of them have moved most: the relations index of everybody, in one pass.

Leaves the formula to index.py, which says how one pair stands day by day. Pure: counted stories and a day in, standings out.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from monitor.domain.bands import Band
from monitor.domain.relations import CountedStory
from monitor.stories.index import (
    FADING,
    FADING_DAYS,
    REACHES_BACK,
    band_of,
    counted_day,
    counted_weight,
    index_of,
    levels,
)

WEEK = dt.timedelta(days=7)
MONTH = dt.timedelta(days=30)
LOOKS_BACK = REACHES_BACK + MONTH
"""How far back a story may have opened and still count on one of the days that are compared."""

_LEAST_CHANGE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a pair stands at the end of a day (UTC), and how it stood a week and a month before.

    `stories` are how many the last month brought, and `course` is the index on each of its days, the first one first.
    """

    relation: str
    index: float
    week_before: float
    month_before: float
    stories: int
    course: tuple[float, ...] = ()

    @property
    def band(self) -> Band:
        """The band in which the index stands."""
        return band_of(self.index)

    @property
    def over_week(self) -> float:
        """By how much the index has changed in a week; above zero it has become warmer."""
        return self.index - self.week_before

    @property
    def over_month(self) -> float:
        """By how much the index has changed in a month."""
        return self.index - self.month_before


@dataclass(frozen=True, slots=True, kw_only=True)
class Standings:
    """All pairs with stories that count, by relation, and those that have moved most, with their course.

    `warmed` and `cooled` hold the greatest change first, over a week and over a month.
    """

    day: dt.date
    pairs: Mapping[str, Standing]
    warmed_in_week: tuple[Standing, ...]
    cooled_in_week: tuple[Standing, ...]
    warmed_in_month: tuple[Standing, ...]
    cooled_in_month: tuple[Standing, ...]

    def most_active(self, count: int) -> tuple[str, ...]:
        """The codes of the sides with most stories in the last month, in alphabetical order; at most `count`."""
        stories: defaultdict[str, int] = defaultdict(int)
        for pair in self.pairs.values():
            for side in pair.relation.split("-"):
                stories[side] += pair.stories
        busiest = sorted((side for side, number in stories.items() if number), key=lambda side: (-stories[side], side))
        return tuple(sorted(busiest[:count]))


def standings(stories: Iterable[CountedStory], scales: Mapping[str, float], *, day: dt.date, movers: int) -> Standings:
    """How all pairs stand on `day`; up to `movers` of them in each list. `scales` has the scale of each type.

    The stories are those opened within `LOOKS_BACK` of that day. Whoever moved by less than half a point has not moved.
    """
    weighed: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
    for relation, kind, status, opened_on, stated_on, publishers in stories:
        if kind in scales:
            age = (day - counted_day(opened_on, stated_on)).days
            weighed[relation].append((age, counted_weight(scales[kind], status, publishers)))
    pairs = {relation: _standing(relation, shares) for relation, shares in weighed.items()}

    def moved(change: Callable[[Standing], float]) -> tuple[Standing, ...]:
        """Those whose change, as given, is the greatest."""
        found = sorted(pairs.values(), key=lambda pair: (-change(pair), pair.relation))[:movers]
        return tuple(
            replace(pair, course=_course(weighed[pair.relation], day))
            for pair in found
            if change(pair) >= _LEAST_CHANGE
        )

    return Standings(
        day=day,
        pairs=pairs,
        warmed_in_week=moved(lambda pair: pair.over_week),
        cooled_in_week=moved(lambda pair: -pair.over_week),
        warmed_in_month=moved(lambda pair: pair.over_month),
        cooled_in_month=moved(lambda pair: -pair.over_month),
    )


def _standing(relation: str, shares: Sequence[tuple[int, float]]) -> Standing:
    """The three days at once; `shares` are the ages in days and the weights of the stories."""
    now = week = month = 0.0
    stories = 0
    for age, weight in shares:
        if 0 <= age < len(_KEPT):
            of_now, of_week, of_month = _KEPT[age]
            now += weight * of_now
            week += weight * of_week
            month += weight * of_month
            stories += age < MONTH.days
    return Standing(
        relation=relation,
        index=index_of(now),
        week_before=index_of(week),
        month_before=index_of(month),
        stories=stories,
    )


def _course(shares: Sequence[tuple[int, float]], day: dt.date) -> tuple[float, ...]:
    sums: defaultdict[dt.date, float] = defaultdict(float)
    for age, weight in shares:
        sums[day - dt.timedelta(days=age)] += weight
    return tuple(index for _, index in levels(sums, first=day - MONTH, last=day))


def _kept(age: int) -> float:
    return FADING[age] if 0 <= age < FADING_DAYS else 0.0


# What is left of a story's weight today, a week ago and a month ago, by its age today.
_KEPT = tuple((_kept(age), _kept(age - WEEK.days), _kept(age - MONTH.days)) for age in range(LOOKS_BACK.days))
