"""Dates in a sentence, resolved against the day of publication, as precise as the text states them.

Finds "13 June 2020", "in September 2008", "on Monday", "last week", "two years ago" and their like from the word lists of
the language (`[dates]` in words.toml). Which way an open date points ("on Monday") depends on whether the deed is past or
planned, so that a mention holds both readings. The matcher takes the mention that stands nearest to a deed.
"""

import calendar
import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from monitor.classify.tokens import Sentence
from monitor.domain.events import DatePrecision, EventDate

# Years that a news text can mean; other numbers of four digits are numbers.
_YEARS = range(1900, 2101)
_MONTHS = 12
_WEEK = 7
_LONGEST_MONTH = 31
_SUMS = frozenset("$€£#")


@dataclass(frozen=True, slots=True, kw_only=True)
class DateWords:
    """A language's words for dates: word -> number (months 1 to 12, weekdays 0 to 6, days from today)."""

    months: Mapping[str, int] = field(default_factory=dict)
    weekdays: Mapping[str, int] = field(default_factory=dict)
    days: Mapping[str, int] = field(default_factory=dict)
    """today: 0, yesterday: -1, tomorrow: 1."""
    units: Mapping[str, str] = field(default_factory=dict)
    """weeks: "week"; the values are day, week, month and year."""
    numbers: Mapping[str, int] = field(default_factory=dict)
    last: frozenset[str] = frozenset()
    next: frozenset[str] = frozenset()
    ago: frozenset[str] = frozenset()
    """Words that count back, behind the unit (ago) or before the number (hace)."""
    leads: frozenset[str] = frozenset()
    """Words that may stand before a month without a day: in, since."""
    links: frozenset[str] = frozenset()
    """Words and marks inside a date: of, de, del, the comma."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DateMention:
    """A date at tokens `first` to `last` (exclusive): what it is for a deed that is past, and for one to come."""

    first: int
    last: int
    past: EventDate
    future: EventDate


def read_date_words(data: Mapping[str, Any]) -> DateWords:
    """The `[dates]` table of a words.toml. Months and weekdays are lists of spellings in their order."""

    def numbered(groups: Iterable[Sequence[str]], start: int) -> dict[str, int]:
        return {word: number for number, group in enumerate(groups, start) for word in group}

    return DateWords(
        months=numbered(data.get("months", ()), 1),
        weekdays=numbered(data.get("weekdays", ()), 0),
        days=dict(data.get("days", {})),
        units={word: unit for unit, words in data.get("units", {}).items() for word in words},
        numbers=dict(data.get("numbers", {})),
        last=frozenset(data.get("last", ())),
        next=frozenset(data.get("next", ())),
        ago=frozenset(data.get("ago", ())),
        leads=frozenset(data.get("leads", ())),
        links=frozenset(data.get("links", ())),
    )


def find_dates(sentence: Sentence, words: DateWords, published_on: dt.date | None) -> Iterator[DateMention]:
    """The dates of a sentence from left to right. Without a day of publication only those with a year."""
    at, lower = 0, sentence.lower
    while at < len(lower):
        found = _calendar(lower, at, words, published_on) or (
            _relative(lower, at, words, published_on) if published_on else None
        )
        if found is not None:
            yield found
            at = found.last
        else:
            at += 1


def _calendar(lower: Sequence[str], at: int, words: DateWords, published_on: dt.date | None) -> DateMention | None:
    """For "13 June 2020", "June 13, 2020", "13 de junio de 2020", "September 2008", "2008"."""
    place = at
    day = month = year = None
    last = at
    while place < len(lower) and place < at + _WEEK:
        word = lower[place]
        if word in words.months and month is None:
            month = words.months[word]
        elif word.isdigit() and len(word) <= 2 and day is None and 1 <= int(word) <= _LONGEST_MONTH:  # noqa: PLR2004
            day = int(word)
        elif word.isdigit() and int(word) in _YEARS and year is None:
            year = int(word)
        elif word not in words.links or place == at:
            break
        else:
            place += 1
            continue
        place += 1
        last = place
    if month is None:
        if year is None or day is not None or not _stands_as_year(lower, at):
            return None
        return _mention(at, at + 1, _year(year), _year(year))
    if year is not None:
        date = _date(year, month, day)
        return _mention(at, last, date, date)
    if published_on is None or (day is None and not _led(lower, at, words)):
        return None
    return _mention(
        at, last, _nearest(month, day, published_on, back=True), _nearest(month, day, published_on, back=False)
    )


def _stands_as_year(lower: Sequence[str], at: int) -> bool:
    """Whether a number of four digits alone is a year: no sign of a sum stands before it."""
    return not at or lower[at - 1] not in _SUMS


def _led(lower: Sequence[str], at: int, words: DateWords) -> bool:
    """Whether a month without a day is a date: "in May", "last May", but not "Theresa May", "may"."""
    return at > 0 and (lower[at - 1] in words.last or lower[at - 1] in words.next or lower[at - 1] in words.leads)


def _relative(lower: Sequence[str], at: int, words: DateWords, today: dt.date) -> DateMention | None:
    word = lower[at]
    after = lower[at + 1] if at + 1 < len(lower) else ""
    if word in words.days:
        date = _day(today + dt.timedelta(days=words.days[word]))
        return _mention(at, at + 1, date, date)
    if word in words.weekdays:
        back = (today.weekday() - words.weekdays[word]) % _WEEK
        past = today - dt.timedelta(days=back)
        future = today + dt.timedelta(days=(-back) % _WEEK)
        return _mention(at, at + 1, _day(past), _day(future))
    if word in words.units and (before := lower[at - 1] if at else "") in words.last | words.next:
        date = _span(today, words.units[word], -1 if before in words.last else 1)
        return _mention(at - 1, at + 1, date, date)
    if word in words.units and after in words.last | words.next:
        date = _span(today, words.units[word], -1 if after in words.last else 1)
        return _mention(at, at + 2, date, date)
    return _counted(lower, at, words, today)


def _counted(lower: Sequence[str], at: int, words: DateWords, today: dt.date) -> DateMention | None:
    """For "two years ago", "hace dos años"."""
    window = lower[at : at + 3]
    if len(window) < 3 or not words.ago & set(window):  # noqa: PLR2004 (a number, a unit, and the word that counts back)
        return None
    rest = [word for word in window if word not in words.ago]
    number = words.numbers.get(rest[0], int(rest[0]) if rest[0].isdigit() and len(rest[0]) < 4 else 0)  # noqa: PLR2004
    unit = words.units.get(rest[1]) if len(rest) > 1 else None
    if not number or unit is None or len(rest) != 2:  # noqa: PLR2004
        return None
    date = _span(today, unit, -number)
    return _mention(at, at + 3, date, date)


def _mention(first: int, last: int, past: EventDate, future: EventDate) -> DateMention:
    return DateMention(first=first, last=last, past=past, future=future)


def _span(today: dt.date, unit: str, count: int) -> EventDate:
    """The day, week, month or year that lies `count` of them away."""
    match unit:
        case "year":
            return _year(today.year + count)
        case "month":
            month = today.year * _MONTHS + today.month - 1 + count
            return _date(month // _MONTHS, month % _MONTHS + 1, None)
        case "week":
            first = today + dt.timedelta(days=count * _WEEK - today.weekday())
            return EventDate(first=first, last=first + dt.timedelta(days=_WEEK - 1), precision=DatePrecision.DAY)
        case _:
            return _day(today + dt.timedelta(days=count))


def _nearest(month: int, day: int | None, today: dt.date, *, back: bool) -> EventDate:
    """The last such date up to today, or the next one from today on."""
    for year in (today.year, today.year - 1 if back else today.year + 1):
        date = _date(year, month, day)
        if (date.first <= today) if back else (date.last >= today):
            return date
    return _date(today.year, month, day)


def _date(year: int, month: int, day: int | None) -> EventDate:
    days = calendar.monthrange(year, month)[1]
    if day is None or day > days:
        return EventDate(first=dt.date(year, month, 1), last=dt.date(year, month, days), precision=DatePrecision.MONTH)
    return _day(dt.date(year, month, day))


def _year(year: int) -> EventDate:
    return EventDate(first=dt.date(year, 1, 1), last=dt.date(year, 12, 31), precision=DatePrecision.YEAR)


def _day(day: dt.date) -> EventDate:
    return EventDate(first=day, last=day, precision=DatePrecision.DAY)
