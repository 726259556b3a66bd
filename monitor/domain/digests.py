"""Digests: the news of several stories in one message, at the set times of a watch or once what held it back is over."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from monitor.domain.delivery import MessageKind
from monitor.domain.routing import Watch
from monitor.domain.stories import Stage, StoredEvent, Story


class DigestCause(StrEnum):
    """Why the news comes together."""

    SCHEDULED = "scheduled"
    """It is the time that the watch names."""
    FIRST_POLL = "first poll"
    """A feed with `first_poll = "digest"` was polled for the first time."""
    QUIET = "quiet hours"
    """Quiet hours are over."""
    LIMIT = "limit"
    """So many messages came within an hour that the others had to wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestNote:
    """A step of a story that waits for the next digest of a watch. Each is told in one digest at most.

    `late`: the news was older than the age gate when it came, so it did not alert.
    """

    watch_id: str
    story_id: str
    stage: Stage
    event_id: str
    at: dt.datetime
    late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldAlert:
    """An alert that is kept from a channel until a time: the quiet hours' end, or when its hour has room again."""

    channel_id: str
    story_id: str
    stage: Stage
    event_id: str
    watches: tuple[str, ...]
    cause: DigestCause
    held_at: dt.datetime
    until: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestLine:
    """What a digest tells of one story: the story as it stands now, and the report that the watch asked for."""

    story: Story
    report: StoredEvent
    stage: Stage
    late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestSituation:
    """A burst of one pair since the last digest, which its channel has been told of already."""

    relation: str
    opened_at: dt.datetime
    stories: int


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexChange:
    """How far the relations index of a pair has moved since the last digest, with the bands of then and now."""

    relation: str
    index: float
    before: float
    band: str
    band_before: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutineCount:
    """How many stories of one pair were routine, or below the severity of the watch; a digest doesn't name them."""

    relation: str
    stories: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """One message on the news of several stories. The gravest news stands first; what finds no room is counted.

    `key` names it among all that are ever sent, `at` is when it was due, `since` when the one before was; times are shown
    in `time_zone`. `ahead` are stories whose event is planned for a day to come, the soonest first.
    """

    key: str
    cause: DigestCause
    watches: tuple[Watch, ...]
    time_zone: str
    at: dt.datetime
    since: dt.datetime | None = None
    new: tuple[DigestLine, ...] = ()
    withdrawn: tuple[DigestLine, ...] = ()
    """Denied, called off, or contradicted."""
    ahead: tuple[Story, ...] = ()
    situations: tuple[DigestSituation, ...] = ()
    routine: tuple[RoutineCount, ...] = ()
    index: tuple[IndexChange, ...] = ()
    no_room: int = 0
    """So many further stories are new or withdrawn."""

    @property
    def kind(self) -> MessageKind:
        """A digest by the clock is a kind of its own; what was held back is a summary, as that of a situation is."""
        by_the_clock = self.cause in (DigestCause.SCHEDULED, DigestCause.FIRST_POLL)
        return MessageKind.DIGEST if by_the_clock else MessageKind.SUMMARY

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing new to tell; what lies ahead was told when it was announced."""
        return not (self.new or self.withdrawn or self.situations or self.routine or self.index or self.no_room)

    def key_for(self, channel_id: str) -> str:
        """The dedup key of this digest on one channel."""
        return f"{self.kind}:{self.key}:{channel_id}"
