"""Watches, the alerts they ask for, and the reasons for each silence."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from monitor.domain.events import Part
from monitor.domain.publishers import Coverage
from monitor.domain.stories import Stage, StoredEvent, Story
from monitor.domain.taxonomy import RelationType, Severity, Status

ANYONE = "any"


STATUS_STAGES = frozenset({Stage.HAPPENED, Stage.PLANNED, Stage.DENIED, Stage.CALLED_OFF, Stage.CONTRADICTED})
"""The stages that change what is known to be the case; the others say more of it, or that it is surer."""

USUAL_FOLLOW_UPS = STATUS_STAGES | {Stage.ATTRIBUTED, Stage.RAISED}
"""The stages after the first report that a watch is told of where it says nothing else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """A stretch of each day, by the local clock of the watch, in which delivery waits; it may span midnight.

    `unless` is the severity from which news is told all the same.
    """

    begin: dt.time
    end: dt.time
    unless: Severity = Severity.CRITICAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Who wants to hear of what, and where.

    `between` holds the sides as sets of actor codes: one set means "any of these with anyone", two mean "between one
    of the first and one of the second", none means every pair. Empty `types`, `feeds`, `tags` and `languages` mean all;
    `types` names types or families, which stand for the types below them, too. `follow_ups` are the stages that are told
    after a first report; where there are none, first reports alone are told.
    """

    id: str
    name: str
    between: tuple[frozenset[str], ...]
    channels: tuple[str, ...]
    types: frozenset[str] = frozenset()
    statuses: frozenset[Status] = frozenset({Status.REPORTED, Status.PLANNED, Status.POSSIBLE, Status.DENIED})
    parts: frozenset[Part] = frozenset({Part.GOVERNMENT})
    min_severity: Severity = Severity.NOTABLE
    min_confidence: float = 0.0
    feeds: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    follow_ups: frozenset[Stage] = USUAL_FOLLOW_UPS
    min_publishers: int = 1
    """How many independent publishers must stand behind a story, unless one of the states concerned says it itself."""
    index_changes: bool = False
    """Whether it is told, once a day, where the relations index of a pair that it follows has changed its band."""
    time_zone: str = "UTC"
    """The IANA zone by whose clock its digests and quiet hours go."""
    digest: tuple[dt.time, ...] = ()
    """The local times at which what was not told at once is told together."""
    at_once: Severity | None = Severity.ROUTINE
    """The severity from which news is told at once; None where the digest alone tells it."""
    quiet: QuietHours | None = None
    at_most_per_hour: int | None = None
    """So many messages within an hour; what comes on top is told in one summary. Critical first reports always pass."""


class SilenceReason(StrEnum):
    """Why a report of a story sent nothing. Kept for `explain`."""

    BASELINE = "the feed's first poll stores a baseline"
    TOO_OLD = "older than the age gate"
    EDITED = "an edit that leaves the classification as it was"
    REPLAYED = "old news that the feed sent again as if it were new"
    MENTION = "mentioned in passing or recalled from the past"
    KNOWN = "one more report of a story that stands"
    SAMPLE = "sample news goes to the console only"
    RELATION = "the watch follows other actors"
    TYPE = "the watch asks for other types"
    STATUS = "the watch asks for other statuses"
    PART = "the watch asks for other parts of the state"
    SEVERITY = "below the watch's severity"
    CONFIDENCE = "below the watch's confidence"
    FEED = "the watch asks for other feeds"
    LANGUAGE = "the watch asks for other languages"
    RETRACTED = "its story was taken back"
    SITUATION = "told in the summary of a situation, as one of many stories of this pair"
    FOLLOW_UP = "the watch does not ask for follow-ups of this kind"
    UNCORROBORATED = "too few independent publishers stand behind it so far"
    SILENCED = "silenced by an operator for a time"
    DIGEST = "told in the watch's digest"
    QUIET = "held until the watch's quiet hours are over"
    RECLASSIFIED = "read in a stored item when patterns had changed"
    LIMIT = "held for a summary, since the watch has had its messages of this hour"


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """A report that caused no alert, and why. `watch_id` is None where the reason holds for every watch.

    `detail` is what the reason leaves open: the id of the mute for SILENCED, the severity for SEVERITY ("routine", or with what
    moved it), how
    many publishers there were for UNCORROBORATED ("1 of 2"); empty for the others.
    """

    event_id: str
    watch_id: str | None
    reason: SilenceReason
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mute:
    """What an operator wants to hear nothing of for a time (`relmon silence`), and why.

    It covers what meets everything that it names: a relation (`between`, as a watch has it), a type or family, a story,
    a watch. What came meanwhile is stored as ever, and not sent afterwards.
    """

    id: str
    reason: str
    begins_at: dt.datetime
    ends_at: dt.datetime
    between: tuple[frozenset[str], ...] = ()
    type: str | None = None
    story_id: str | None = None
    watch_id: str | None = None

    def holds_at(self, now: dt.datetime) -> bool:
        """Whether it is in force."""
        return self.begins_at <= now < self.ends_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """What one channel is told about one stage of one story.

    `watches` are the ids of those that matched, `matched` the watches themselves, for the text to say what they ask for.
    `coverage` are the publishers of the story so far, the first one first; `page` is the address of its page, if there is one.
    """

    story: Story
    stage: Stage
    report: StoredEvent
    kind: RelationType
    channel_id: str
    watches: tuple[str, ...]
    matched: tuple[Watch, ...] = ()
    coverage: tuple[Coverage, ...] = ()
    page: str | None = None

    @property
    def dedup_key(self) -> str:
        """One alert for each story, stage and channel, whoever reports it and however often."""
        return f"alert:{self.story.id}:{self.stage}:{self.channel_id}"
