"""The relations index: how a pair stands on a day, from -100 (conflict) to +100 (cooperation).

Each story adds the scale of its type, weighed by its status and its independent publishers, and fades with a half-life of a
week. docs/relations-index.md has the formula and its source. Pure: stories and days in, readings out. Comes after
gathering; `relmon index` shows it.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import mul

from monitor.domain.bands import Band
from monitor.domain.relations import CountedStory
from monitor.domain.stories import Story
from monitor.domain.taxonomy import Status

HALF_LIFE = dt.timedelta(days=7)
REACHES_BACK = 8 * HALF_LIFE
"""After eight half-lives a story weighs less than half a hundredth of what it did, and is left out."""

_STATUS_WEIGHTS: Mapping[Status, float] = {
    Status.REPORTED: 1.0,
    Status.PLANNED: 0.5,
    Status.POSSIBLE: 0.25,
    Status.DENIED: 0.0,
    Status.PAST: 0.0,
}
# The sum at which the index stands at half of its range: about three well-corroborated grave events of one week.
_HALF_RANGE = 20.0
RANGE = 100.0

FADING_DAYS = REACHES_BACK.days
FADING = tuple(0.5 ** (age / HALF_LIFE.days) for age in range(FADING_DAYS))
"""What is left of a story's weight, by its age in days."""


STICKS_WITHIN = 3.0
"""How far beyond its limit the index must lie before a pair counts as being in another band."""

BAND_LIMITS = ((-60.0, Band.HOSTILE), (-20.0, Band.TENSE), (20.0, Band.ORDINARY), (60.0, Band.WARM))
"""Where each band ends, upwards; what lies above the last one is close."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The index of one pair at the end of a day (UTC). `stories` are those of that very day."""

    day: dt.date
    index: float
    band: Band
    stories: tuple[Story, ...]


def readings(
    stories: Sequence[Story], scales: Mapping[str, float], *, first: dt.date, last: dt.date
) -> Iterator[Reading]:
    """One reading for each day, the first one first. `scales` has the scale (-10 to +10) of each type.

    `stories` are those of one pair; sample news, and what was retracted or merged into another, counts for nothing. So does
    a type that is known no more.
    """
    counting = [
        story
        for story in stories
        if not story.sample and story.retracted_at is None and story.merged_into is None and story.type in scales
    ]
    of_day: defaultdict[dt.date, list[Story]] = defaultdict(list)
    sums: defaultdict[dt.date, float] = defaultdict(float)
    for story in counting:
        of_day[day_of(story)].append(story)
        sums[day_of(story)] += weight(story, scales[story.type])
    for day, index in levels(sums, first=first, last=last):
        yield Reading(day=day, index=index, band=band_of(index), stories=tuple(of_day.get(day, ())))


def levels(sums: Mapping[dt.date, float], *, first: dt.date, last: dt.date) -> Iterator[tuple[dt.date, float]]:
    """The index on each day, the first one first, of what the stories of each day weigh together.

    A year costs the same however many stories there are.
    """
    days = [last - dt.timedelta(days=age) for age in range((last - first).days + FADING_DAYS)]
    newest_first = [sums.get(day, 0.0) for day in days]
    for back in range((last - first).days, -1, -1):
        yield days[back], index_of(sum(map(mul, newest_first[back : back + FADING_DAYS], FADING)))


def sums_by_day(stories: Iterable[CountedStory], scales: Mapping[str, float]) -> Mapping[dt.date, float]:
    """What the stories of each day weigh together; a type that is known no more weighs nothing."""
    sums: defaultdict[dt.date, float] = defaultdict(float)
    for story in stories:
        if story.type in scales:
            sums[counted_day(story.opened_on, story.stated_on)] += counted_weight(
                scales[story.type], story.status, story.publishers
            )
    return sums


def index_of(total: float) -> float:
    """The index of what all stories that still count weigh together."""
    return RANGE * total / (abs(total) + _HALF_RANGE)


@dataclass(frozen=True, slots=True, kw_only=True)
class BandChange:
    """The index of a pair on the day on which it has come into another band, and the band before."""

    index: float
    band: Band
    before: Band


def change_of_band(sums: Mapping[dt.date, float], day: dt.date) -> BandChange | None:
    """How a pair has come into another band on a day; None on other days. `sums` are those of `sums_by_day`.

    A band is left only once the index lies `STICKS_WITHIN` beyond its limit, so that a pair on the edge does not change every
    day. What came before is followed from the first day that still counts.
    """
    furthest = index_of(sum(map(abs, sums.values())))
    if band_of(furthest) is band_of(-furthest):
        # Nearly all pairs: even all that was ever told of them, at once and with one sign, would leave them ordinary.
        return None
    band, before, index = Band.ORDINARY, Band.ORDINARY, 0.0
    for _, index in levels(sums, first=day - REACHES_BACK, last=day):
        before = band
        if band_of(index) is not band and band_of(_nearer(index, band)) is not band:
            band = band_of(index)
    return BandChange(index=index, band=band, before=before) if band is not before else None


def weight(story: Story, scale: float) -> float:
    """What a story adds on its day: its scale, for what is certain and told by many."""
    return counted_weight(scale, story.status, len(story.publishers))


def counted_weight(scale: float, status: Status, publishers: int) -> float:
    """`weight`, of the three things that it is made of."""
    corroboration: float = 1 - 0.5 ** max(publishers, 1)
    return scale * _STATUS_WEIGHTS[status] * corroboration


def band_of(index: float) -> Band:
    """The band in which the index stands; a limit belongs to the band nearer to ordinary."""
    if index >= 0:
        return next((band for end, band in BAND_LIMITS[2:] if index <= end), Band.CLOSE)
    return next((band for end, band in BAND_LIMITS if index < end), Band.ORDINARY)


def _nearer(index: float, band: Band) -> float:
    """The index, moved towards a band by as much as that band sticks."""
    higher = tuple(Band).index(band_of(index)) > tuple(Band).index(band)
    return index - STICKS_WITHIN if higher else index + STICKS_WITHIN


def day_of(story: Story) -> dt.date:
    """The stated day, where a text states one that was not ahead of the report; else the day of the first report. UTC."""
    date = story.date
    stated_on = date.first if date is not None and date.first == date.last else None
    return counted_day(story.opened_at.date(), stated_on)


def counted_day(opened_on: dt.date, stated_on: dt.date | None) -> dt.date:
    """`day_of`, of the two days that it chooses from."""
    return opened_on if stated_on is None else min(stated_on, opened_on)
