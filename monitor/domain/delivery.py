"""Messages on their way out, and the verdicts on an attempt to send one."""

import datetime as dt
import hashlib
from dataclasses import dataclass, field
from enum import StrEnum

RETRY_SCHEDULE: tuple[dt.timedelta, ...] = (
    dt.timedelta(0),
    dt.timedelta(seconds=5),
    dt.timedelta(minutes=5),
    dt.timedelta(minutes=30),
    dt.timedelta(hours=2),
    dt.timedelta(hours=5),
    dt.timedelta(hours=10),
    dt.timedelta(hours=14),
    dt.timedelta(hours=20),
    dt.timedelta(hours=24),
)
"""The longest wait before each attempt, the first included: ten tries within three days (Standard Webhooks 1.0.0)."""


DEFAULT_LANGUAGE = "en"
"""The language of alerts where a channel names none."""


class MessageKind(StrEnum):
    """What a message is about."""

    ALERT = "alert"
    NOTICE = "notice"
    """The program itself, for its operator."""
    SUMMARY = "summary"
    """The news of several stories at once."""
    DIGEST = "digest"
    """What a watch hears of at its set times."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A message in plain words: about the program itself (it started; a feed fails), or a summary of several stories.

    `language` is that in which it is written: what the operator is told is English, what watchers are told is in the
    language of their channel.
    """

    dedup_key: str
    title: str
    text: str
    at: dt.datetime
    kind: MessageKind = MessageKind.NOTICE
    language: str = DEFAULT_LANGUAGE

    def key_for(self, channel_id: str) -> str:
        """The dedup key of this notice on one channel."""
        return f"{self.kind}:{self.dedup_key}:{channel_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """The final bytes of a message for one channel. They never change again, whatever happens to the story.

    `trouble` says why it is not laid out as the operator asked, for the operator; it is not kept.
    """

    content_type: str
    body: bytes = field(repr=False)
    trouble: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A row of the outbox: one id and one body for life. `watches` are the ids of the watches that matched.

    `title` says in a line what it is about, for lists of messages; `event_id` is the report that an alert tells of.
    """

    id: str
    dedup_key: str
    channel_id: str
    kind: MessageKind
    rendered: Rendered
    created_at: dt.datetime
    story_id: str | None = None
    watches: tuple[str, ...] = ()
    title: str = ""
    not_before: dt.datetime | None = None
    """It waits until then: whoever it is for has quiet hours. None sends it as soon as may be."""
    event_id: str | None = None


def message_id(dedup_key: str) -> str:
    """The id of the message with this key: the same wherever and whenever it is made, without '.'.

    Standard Webhooks 1.0.0 forbids '.' in an id, since the signed content joins its fields with it.
    """
    return "msg_" + hashlib.blake2b(dedup_key.encode(), digest_size=16).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """The first message of a story that this destination took; what follows belongs below it."""

    message_id: str
    rendered: Rendered
    receipt: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A message leased for one attempt. It is settled only where owner and attempt still match.

    `receipt` is what the last attempt left (see `Delivered`); `thread` is there for what follows in a story.
    """

    message: Message
    owner: str
    attempt: int
    """1 for the first try; it never starts again."""
    step: int = 1
    """1 for the first try of the present schedule: a message that an operator sends again starts a new one."""
    receipt: str | None = None
    thread: Thread | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """The destination took it. `answer` is what it said, cut to 500 characters.

    `receipt`, here and in the other verdicts, is a note of the channel to itself, in whatever form it likes: where the
    message stands in Slack, which recipients of a mail have it already. It comes back with the next claim.
    """

    answer: str
    receipt: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TryAgain:
    """Not now. `not_before` is the destination's own wish (Retry-After), counted from the attempt's end."""

    reason: str
    not_before: dt.timedelta | None = None
    limited: bool = False
    """True where the whole destination asks for a pause (429): what is queued behind waits, too."""
    receipt: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GaveUp:
    """No further try will help. `destination_dead`: the address itself is gone, not just this message refused."""

    reason: str
    destination_dead: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The destination refuses this request (4xx, 3xx): tried three times in all, then given up."""

    reason: str
    receipt: str | None = None


Verdict = Delivered | TryAgain | Refused | GaveUp


@dataclass(frozen=True, slots=True)
class Secret:
    """A value that must never be shown. Its `repr` and `str` name where it comes from, not what it is."""

    reference: str
    """As written in the configuration: "env:NAME" or "file:PATH"."""
    _value: str = field(repr=False)

    def reveal(self) -> str:
        """The secret itself. Call it where the request is made, and keep the result nowhere."""
        return self._value

    def __str__(self) -> str:
        return f"<secret from {self.reference}>"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertTemplate:
    """An operator's own text for alerts: the file and what stands in it."""

    file: str
    text: str = field(repr=False)


OptionValue = str | int | float | bool | Secret | tuple["OptionValue", ...] | dict[str, "OptionValue"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelSpec:
    """A channel as the operator configured it: its kind and the options that this kind takes, secrets resolved.

    `language` (ISO 639-1) is that of its alerts; `template` their text, where the operator has one of their own.
    """

    id: str
    kind: str
    options: dict[str, OptionValue] = field(default_factory=dict)
    language: str = DEFAULT_LANGUAGE
    template: AlertTemplate | None = None
