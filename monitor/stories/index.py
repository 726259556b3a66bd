"""The relations index: how a pair stands on a day, from -100 (conflict) to +100 (cooperation).

Each story adds the scale of its type, weighed by its status and its independent publishers, and fades with a half-life of a
week. docs/relations-index.md has the formula and its source. Pure: stories and days in, readings out. Comes after
gathering; `relmon index` shows it.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from monitor.domain.bands import Band
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
_RANGE = 100.0


STICKS_WITHIN = 3.0
"""How far beyond its limit the index must lie before a pair counts as being in another band."""


_UPPER_ENDS = ((-60.0, Band.HOSTILE), (-20.0, Band.TENSE), (20.0, Band.ORDINARY), (60.0, Band.WARM))


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
    weighed = [
        (_day_of(story), weight(story, scales[story.type]), story)
        for story in stories
        if not story.sample and story.retracted_at is None and story.merged_into is None and story.type in scales
    ]
    for number in range((last - first).days + 1):
        day = first + dt.timedelta(days=number)
        total = sum(value * _fading(day - of) for of, value, _ in weighed if dt.timedelta(0) <= day - of < REACHES_BACK)
        index = _RANGE * total / (abs(total) + _HALF_RANGE)
        yield Reading(
            day=day,
            index=index,
            band=band_of(index),
            stories=tuple(story for of, _, story in weighed if of == day),
        )


def change_of_band(stories: Sequence[Story], scales: Mapping[str, float], day: dt.date) -> tuple[Reading, Band] | None:
    """The reading of the day on which a pair has come into another band, and the band before; None on other days.

    A band is left only once the index lies `STICKS_WITHIN` beyond its limit, so that a pair on the edge does not change every
    day. What came before is followed from the first day that still counts.
    """
    band, before = Band.ORDINARY, Band.ORDINARY
    reading: Reading | None = None
    for reading in readings(stories, scales, first=day - REACHES_BACK, last=day):
        before = band
        if reading.band is not band and band_of(_nearer(reading.index, band)) is not band:
            band = reading.band
    return (reading, before) if reading is not None and band is not before else None


def weight(story: Story, scale: float) -> float:
    """What a story adds on its day: its scale, for what is certain and told by many."""
    corroboration = 1 - 0.5 ** max(len(story.publishers), 1)
    return scale * _STATUS_WEIGHTS[story.status] * corroboration


def band_of(index: float) -> Band:
    """The band in which the index stands; a limit belongs to the band nearer to ordinary."""
    if index >= 0:
        return next((band for end, band in _UPPER_ENDS[2:] if index <= end), Band.CLOSE)
    return next((band for end, band in _UPPER_ENDS if index < end), Band.ORDINARY)


def _nearer(index: float, band: Band) -> float:
    """The index, moved towards a band by as much as that band sticks."""
    higher = tuple(Band).index(band_of(index)) > tuple(Band).index(band)
    return index - STICKS_WITHIN if higher else index + STICKS_WITHIN


def _fading(age: dt.timedelta) -> float:
    fading: float = 0.5 ** (age / HALF_LIFE)
    return fading


def _day_of(story: Story) -> dt.date:
    """The stated day, where a text states one that was not ahead of the report; else the day of the first report."""
    opened_on = story.opened_at.date()
    if story.date is not None and story.date.first == story.date.last:
        return min(story.date.first, opened_on)
    return opened_on
