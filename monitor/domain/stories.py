"""Stories: what several outlets report as one event, and what a new report changes in one."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from monitor.domain.events import EventDate, RelationEvent
from monitor.domain.feeds import NewsItem
from monitor.domain.taxonomy import Severity, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEvent:
    """A relation event with its place in the archive. `id` is derived from its item and content."""

    id: str
    item: NewsItem
    event: RelationEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One event in the world, as gathered from all who report it.

    `relation` names the two sides in alphabetical order ("USA-VEN"; "?" for one that is unknown); `publishers` are
    independent ones; `headline` is the title of the first report.
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


class Stage(StrEnum):
    """A step in the life of a story that is news to a watcher; each alerts a channel at most once."""

    FIRST = "first"
    HAPPENED = "happened"
    """What was planned or possible is now reported."""
    PLANNED = "planned"
    """What was only possible is now planned."""
    DENIED = "denied"


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


def relation_of(source: str | None, target: str | None) -> str:
    """The undirected name of a pair: "USA-VEN" for ("VEN", "USA"), "?-USA" where one side is unknown."""
    return "-".join(sorted((source or "?", target or "?")))
