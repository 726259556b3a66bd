"""What `explain` finds out about an entry, a story, an alert or a text (P21): plain values, whoever shows them.

worker/explain.py and worker/what_if.py make them, `relmon explain` prints them. Times are in UTC; what is kept for a month
only (the reasons for silence) is missing in what is older.
"""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from monitor.domain.delivery import MessageKind
from monitor.domain.events import RelationEvent
from monitor.domain.feeds import FeedState, NewsItem
from monitor.domain.routing import Alert, Silence, SilenceReason
from monitor.domain.stories import Step, StoredEvent, Story, Withdrawal


@dataclass(frozen=True, slots=True, kw_only=True)
class NearMiss:
    """A pattern whose words stand in the sentence, and what it looked for in vain."""

    pattern: str
    type: str
    lacks: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """One sentence: the actors found in it, its events, the words that set their status, and the nearest misses."""

    sentence: str
    actors: tuple[str, ...]
    events: tuple[RelationEvent, ...]
    status_signs: tuple[str, ...]
    near: tuple[NearMiss, ...]
    silence: str | None
    """Why nothing was even tried, where that is so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRead:
    """What the classifier makes of a text, and why. `language` is None where it is none that is known."""

    text: str
    language: str | None
    sentences: tuple[Explained, ...]
    events: tuple[RelationEvent, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a destination said to one attempt."""

    attempt: int
    at: dt.datetime
    verdict: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A message on a story, and how far it came. `state` is one of the outbox; `event_id` the report that it tells of."""

    message_id: str
    channel_id: str
    kind: MessageKind
    title: str
    made_at: dt.datetime
    state: str
    watches: tuple[str, ...]
    answers: tuple[Answer, ...]
    story_id: str | None = None
    event_id: str | None = None
    next_attempt_at: dt.datetime | None = None
    remark: str | None = None


class HoldCause(StrEnum):
    """Why a channel is not told of a story by a message of its own."""

    SITUATION = "one of many stories of this pair, which are told together"
    QUIET = "held until quiet hours are over"
    LIMIT = "held since the watch had had its messages of that hour"
    DIGEST = "left to the digest"


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldBack:
    """A step of a story that is not told at once, or together with others.

    `told_in` are the messages that have told it since then. Where there are none, it waits (`until` says how long, where that
    is known), or `is_over` and it was told to nobody. `channel_id` is None where it is for all channels of the watch.
    """

    cause: HoldCause
    channel_id: str | None
    watches: tuple[str, ...]
    at: dt.datetime
    told_in: tuple[str, ...] = ()
    is_over: bool = False
    until: dt.datetime | None = None
    event_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchAnswer:
    """What became of a report for one watch: the messages it got, or the reasons for none.

    Neither is known where the watch came later than the report, or the reasons have gone. `objections` is what it would
    have against the report as it is configured now; none where it would want it.
    """

    watch_id: str
    told: tuple[str, ...]
    silences: tuple[Silence, ...]
    objections: tuple[SilenceReason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSeen:
    """An event that was read in an item, from its words to those who heard of it.

    `signs` are the words that set its status. `answers` is one for each watch, `for_all` the reasons that held for every
    watch. `read_at` is later than the item's first sight where an edit brought it; `withdrawn_at` is when another did away
    with it, or changed patterns (`withdrawn_by`). `before_at` is when the story was last reported before.
    """

    report: StoredEvent
    read_at: dt.datetime
    step: Step | None
    story_id: str | None
    signs: tuple[str, ...]
    for_all: tuple[Silence, ...]
    answers: tuple[WatchAnswer, ...]
    before_at: dt.datetime | None = None
    withdrawn_at: dt.datetime | None = None
    withdrawn_by: Withdrawal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StorySeen:
    """A story with its reports, and whoever was told of it. `others` are the pair's other stories of those days."""

    story: Story
    reports: tuple[ReportSeen, ...]
    told: tuple[Told, ...]
    held: tuple[HeldBack, ...]
    others: tuple[Story, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedSeen:
    """The feed that an entry came from. `state` is what is remembered of it; `url` is None where it isn't configured."""

    feed_id: str
    title: str
    url: str | None
    state: FeedState | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemSeen:
    """A stored entry on its whole way. `sentences` are read as of now, `reports` as it was stored.

    `known_by` names what the entry is recognised by: "guid", "link", "title".
    """

    item: NewsItem
    feed: FeedSeen
    known_by: tuple[str, ...]
    sentences: tuple[Explained, ...]
    reports: tuple[ReportSeen, ...]
    stories: tuple[StorySeen, ...]
    reads_the_same: bool
    """Whether the item would be read now as it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgottenItem:
    """An entry that was seen, and whose content retention has removed."""

    key: bytes
    feed: FeedSeen
    first_seen_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertSeen:
    """A message, with the entry or the story that it tells of where it tells of one."""

    told: Told
    about: "ItemSeen | StorySeen | None"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsed:
    """What an event would do if it came now: to the stories that stand, and to those who watch."""

    event: RelationEvent
    step: Step
    story: Story | None
    alerts: tuple[Alert, ...]
    silences: tuple[Silence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextSeen:
    """A text that is not stored, as it would be read and told if it came now."""

    text: str
    language: str | None
    sentences: tuple[Explained, ...]
    events: tuple[Rehearsed, ...]


Seen = ItemSeen | ForgottenItem | StorySeen | AlertSeen | TextSeen
