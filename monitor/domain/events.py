"""What the classifier reads out of a text: who did what to whom."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from monitor.domain.taxonomy import Status


class Part(StrEnum):
    """The part of a state or organisation that acts. An opposition leader doesn't act for the state."""

    GOVERNMENT = "government"
    LEGISLATURE = "legislature"
    COURT = "court"
    OPPOSITION = "opposition"
    COMPANY = "company"
    FORMER = "former"


@dataclass(frozen=True, slots=True, kw_only=True)
class EventActor:
    """One side of an event. `code` is ISO 3166-1 alpha-3, or an organisation's short name; `name` is as written."""

    code: str
    name: str
    role: str | None = None
    part: Part = Part.GOVERNMENT


class DatePrecision(StrEnum):
    """How precisely a text states when something happened."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True, kw_only=True)
class EventDate:
    """When it happened: the first and the last day that the text allows, and how precise the text was."""

    first: dt.date
    last: dt.date
    precision: DatePrecision

    def __str__(self) -> str:
        return self.first.isoformat()[: {"day": 10, "month": 7, "year": 4}[self.precision]]


class Telling(StrEnum):
    """By what words a text tells a deed, which says whether it may be one that is known already."""

    NOUN = "noun"
    """By a noun, which may look back or ahead: "the raid on the port draws protest"."""
    OUTCOME = "outcome"
    """By what came of it, or how it goes: "nine die in a raid", "the talks go on" are told on the day, and days later."""
    VERB = "verb"
    """By a verb, as news is told: "raids the port"."""
    ANEW = "anew"
    """By a verb, and as one more of its kind: "raids a second port", "raids the port again"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The words that an event rests on. `start` and `end` count code points of the whole text; `pattern` is its id."""

    sentence: str
    start: int
    end: int
    pattern: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationEvent:
    """One reading: source, type, target. Either side may be unknown, never both.

    `mention` marks a deed that stands only in an "after ..." clause, or only behind the lead of an article: it links to
    its story but is no news of its own.
    `confidence` runs from 0 to 1. `speaker` is who says or denies it, where the text names one actor plainly.
    """

    type: str
    plover: str
    source: EventActor | None
    target: EventActor | None
    status: Status
    confidence: float
    evidence: Evidence
    object: str | None = None
    date: EventDate | None = None
    mention: bool = False
    speaker: EventActor | None = None
    told: Telling = Telling.VERB


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedActor:
    """A name to recognise in one text beside the known ones."""

    name: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """What is to be classified: a headline, or an article (first line, blank line, body).

    `language` is an ISO 639-1 code, or None to have it recognised. Without `published_on`, whoever ever held an
    office matches, and nothing is past by date. `home` is the state in which the source writes: "the Government" in a
    Venezuelan paper is Venezuela's.
    """

    text: str
    language: str | None = None
    published_on: dt.date | None = None
    actors: tuple[NamedActor, ...] = ()
    home: str | None = None
