"""Stories: what several outlets report as one event, and what a new report changes in one."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from monitor.domain.events import EventDate, RelationEvent
from monitor.domain.feeds import NewsItem
from monitor.domain.severity import Adjustment
from monitor.domain.taxonomy import Severity, Status

UNKNOWN_SIDE = "?"
"""What stands in the name of a relation for a side that nobody names."""


class Stage(StrEnum):
    """A step in the life of a story that may be news to a watcher; each alerts a channel at most once."""

    FIRST = "first"
    HAPPENED = "happened"
    """What was planned or possible is now reported."""
    PLANNED = "planned"
    """What was only possible is now planned."""
    DENIED = "denied"
    CALLED_OFF = "called off"
    """What was planned is said not to take place."""
    CONTRADICTED = "contradicted"
    """What was reported and then denied is reported again: both claims stand."""
    ATTRIBUTED = "attributed"
    """Who did it was unknown and is named now."""
    RAISED = "raised"
    """A report of it has a kind of event that weighs more."""
    OFFICIAL = "official"
    """One of the states concerned says it itself."""
    CORROBORATED = "corroborated"
    """A second independent publisher reports it."""
    ESTABLISHED = "established"
    """A third independent publisher reports it."""
    DETAILED = "detailed"
    """What it was about, a ship or a person or a place, was open and is named now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEvent:
    """A relation event with its place in the archive. `id` is derived from its item and content."""

    id: str
    item: NewsItem
    event: RelationEvent

    @property
    def is_news(self) -> bool:
        """Whether it tells of something new; a mention and what is recalled from the past don't."""
        return not self.event.mention and self.event.status is not Status.PAST


class Step(StrEnum):
    """What a report did to its story."""

    OPENED = "opened"
    """It is the first report of it."""
    ADVANCED = "advanced"
    """It took the story to another stage."""
    REPORTED = "reported"
    """It says what was known."""
    MENTIONED = "mentioned"
    """It only speaks of it in passing, or recalls it."""
    CORRECTED = "corrected"
    """It takes the place of a report that its publisher has corrected."""


class Withdrawal(StrEnum):
    """Why a report stands no more. It stays in the archive, so that what was told can be explained."""

    PUBLISHER = "publisher"
    """Its publisher has corrected it."""
    PATTERNS = "patterns"
    """Changed patterns don't read it (`relmon reclassify`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """An independent publisher, and when it last reported a story."""

    publisher: str
    at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One event in the world, as gathered from all who report it.

    `relation` names the two sides in alphabetical order ("USA-VEN"; "?" for one that is unknown); `publishers` are
    independent ones; `headline` is the title of the first report. `happened_at` is when the first report came that it has
    happened, `reached` what it has been through since it opened, and `lately` who reported it within a day before its
    last report. `severity` is that of the weightiest type that a report of it had, moved by the `adjustments`.
    """

    id: str
    relation: str
    type: str
    source: str | None
    target: str | None
    object: str | None
    status: Status
    date: EventDate | None
    severity: Severity
    opened_at: dt.datetime
    last_report_at: dt.datetime
    publishers: frozenset[str]
    headline: str
    sample: bool = False
    happened_at: dt.datetime | None = None
    reached: frozenset[Stage] = frozenset()
    lately: tuple[Voice, ...] = ()
    retracted_at: dt.datetime | None = None
    """When an operator took it back; further reports of it are gathered, and tell nobody. Or else (`put_right_at` is None)
    when changed patterns left it without a report; it gathers nothing then."""
    merged_into: str | None = None
    """The story that holds its reports now."""
    type_severity: Severity | None = None
    """The severity before the adjustments; None where there are none and never were."""
    adjustments: tuple[Adjustment, ...] = ()
    official: bool = False
    """Whether one of the states concerned reports it itself."""
    opposition: frozenset[str] = frozenset()
    """The codes of those sides for which its opposition acts, or is acted upon, and not the state."""
    put_right_at: dt.datetime | None = None
    """When an operator last said what it should say, which reports are its, or that it is none: changed patterns leave it so."""

    @property
    def severity_explained(self) -> str:
        """The severity with what moved it, for operators: "major (critical by its type, possible -1)"."""
        if not self.adjustments:
            return self.severity.value
        moved = ", ".join(f"{one.ground} {one.step:+d}" if one.step else one.ground for one in self.adjustments)
        return f"{self.severity} ({self.type_severity or self.severity} by its type, {moved})"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryOpened:
    """The first report of an event."""

    story: Story
    report: StoredEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryAdvanced:
    """A report that takes a standing story to another stage."""

    story: Story
    report: StoredEvent
    stage: Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryReported:
    """One more report of what is known."""

    story: Story
    report: StoredEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryMentioned:
    """A mention or a piece of background: linked to its story where there is one, no news, no corroboration."""

    story: Story | None
    report: StoredEvent


StoryChange = StoryOpened | StoryAdvanced | StoryReported | StoryMentioned


def step_of(change: StoryChange) -> Step:
    """What the report of a change did to its story, for the archive."""
    match change:
        case StoryOpened():
            return Step.OPENED
        case StoryAdvanced():
            return Step.ADVANCED
        case StoryReported():
            return Step.REPORTED
        case StoryMentioned():
            return Step.MENTIONED
        case _:
            assert_never(change)


def stage_of(change: StoryChange) -> Stage | None:
    """Where the report of a change took its story; None where it left it."""
    match change:
        case StoryOpened():
            return Stage.FIRST
        case StoryAdvanced(stage=stage):
            return stage
        case StoryReported() | StoryMentioned():
            return None
        case _:
            assert_never(change)


def relation_of(source: str | None, target: str | None) -> str:
    """The undirected name of a pair: "USA-VEN" for ("VEN", "USA"), "?-USA" where one side is unknown."""
    return "-".join(sorted((source or UNKNOWN_SIDE, target or UNKNOWN_SIDE)))
