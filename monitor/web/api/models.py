"""The shapes of answers, described for programs that read the OpenAPI document. Examples are invented.

What is answered is made by domain/shapes.py and shapes.py; these models check nothing at run time, and the tests hold every
answer against them.
"""

import datetime as dt
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from monitor.domain.bands import Band
from monitor.domain.delivery import MessageKind
from monitor.domain.events import Part
from monitor.domain.severity import Ground
from monitor.domain.stories import Stage, Step, Withdrawal
from monitor.domain.taxonomy import Severity, Status
from monitor.storage.outbox import MessageState

_Code = Annotated[str, Field(description="ISO 3166-1 alpha-3, or an organisation's short name.", examples=["FJI"])]
_StoryId = Annotated[str, Field(description="The id of a story.", examples=["3b0c57d8e1f94a62"])]


class Shape(BaseModel):
    """A shape whose fields are all there, and no others."""

    model_config = ConfigDict(extra="forbid", json_schema_serialization_defaults_required=True)


class Side(Shape):
    """One side of an event, as its text names it."""

    code: _Code
    name: str = Field(description="As it is written.", examples=["Suva"])
    role: str | None = Field(description="The office of whoever acts.", examples=["foreign minister"])
    part: Part = Field(description="The part of the state that acts.")


class EvidenceShape(Shape):
    """The words that an event rests on."""

    sentence: str = Field(examples=["Fiji recalls its envoy from Tonga"])
    start: int = Field(description="Where they begin, in code points of the title, a blank line and the summary.")
    end: int = Field(description="Where they end.")
    pattern: str = Field(description="The pattern that fits them.", examples=["recall-1"])


class ItemShape(Shape):
    """An entry of a feed."""

    id: str = Field(description="32 hexadecimal digits, for good.", examples=["9f86d081884c7d659a2feaa0c55ad015"])
    feed: str = Field(description="The id of its feed.", examples=["island-gazette"])
    title: str = Field(examples=["Fiji recalls its envoy from Tonga"])
    link: str | None = Field(description="http or https.", examples=["https://gazette.example/envoy"])
    outlet: str = Field(examples=["Island Gazette"])
    language: str | None = Field(description="ISO 639-1.", examples=["en"])
    published_at: AwareDatetime
    seen_at: AwareDatetime = Field(description="When it was first seen.")
    sample: bool = Field(description="Whether it ships with the program, and is no real news.")


class EventShape(Shape):
    """What was read in an item: who did what to whom."""

    id: str
    story: str | None = Field(description="The story that it reports; null for a mention without one.")
    type: str = Field(examples=["ambassador.recalled"])
    plover: str = Field(description="The root of the PLOVER ontology.", examples=["COERCE"])
    source: Side | None
    target: Side | None
    speaker: Side | None = Field(description="Who says or denies it, where the text names one.")
    object: str | None = Field(description="What it is about: a ship, a person, an agreement.")
    status: Status
    date: str | None = Field(description="As precise as it is stated.", examples=["2026-01-03", "2026-01", "2026"])
    confidence: float = Field(ge=0, le=1)
    mention: bool = Field(description="Whether it is only mentioned, and no news of its own.")
    evidence: EvidenceShape
    withdrawn_by: Withdrawal | None = Field(description="Why it stands no more.")
    withdrawn_at: AwareDatetime | None
    item: ItemShape


class ReportShape(EventShape):
    """A report of a story."""

    read_at: AwareDatetime = Field(description="When it was read: at first sight of the item, or at an edit.")
    step: Step | None = Field(description="What it did to its story; null where an earlier version read it.")


class StoryShape(Shape):
    """One event in the world, as gathered from all who report it."""

    id: _StoryId
    url: str = Field(description="Its page.", examples=["https://relmon.example/stories/3b0c57d8e1f94a62"])
    sentence: str = Field(description="What it says.", examples=["Fiji has recalled its ambassador from Tonga"])
    relation: str = Field(description="Both sides, in alphabetical order; ? for an unknown one.", examples=["FJI-TON"])
    type: str = Field(examples=["ambassador.recalled"])
    source: _Code | None
    target: _Code | None
    object: str | None
    status: Status
    date: str | None = Field(description="As precise as it is stated.", examples=["2026-01-03"])
    severity: Severity
    severity_of_type: Severity = Field(description="Before the adjustments.")
    severity_adjustments: dict[Ground, int] = Field(description="Steps up or down, by ground.")
    opened_at: AwareDatetime = Field(description="When the first report came.")
    last_report_at: AwareDatetime
    publishers: list[str] = Field(description="Independent ones.", examples=[["island gazette", "ocean post"]])
    reached: list[Stage] = Field(description="The stages that it has been through since it opened.")
    headline: str = Field(description="The title of its first report.", examples=["Fiji recalls its envoy from Tonga"])
    sample: bool = Field(description="Whether it ships with the program, and is no real news.")
    retracted_at: AwareDatetime | None = Field(description="When it was taken back.")
    merged_into: str | None = Field(description="The story that holds its reports now.")


class Listed(Shape):
    """A part of a list."""

    next: str | None = Field(description="The cursor of the next part; null where this is the last.")


class StoryList(Listed):
    """Stories, the latest reported first. Those that were taken back or merged into others are left out."""

    stories: list[StoryShape]


class StoryWhole(StoryShape):
    """A story with its reports."""

    reports: list[ReportShape] = Field(description="The first published first; mentions and withdrawn ones among them.")
    next: str | None = Field(description="The cursor of further reports; null where these are the last.")


class EventList(Listed):
    """Events, the latest read first; mentions and withdrawn ones among them."""

    events: list[ReportShape]


class ItemList(Listed):
    """Items, the latest seen first."""

    items: list[ItemShape]


class ItemWhole(ItemShape):
    """An item with its summary, and with all that was ever read in it."""

    summary: str
    events: list[ReportShape]


class StandingShape(Shape):
    """How a pair stands, by the relations index."""

    relation: str = Field(examples=["FJI-TON"])
    index: float = Field(description="From -100 (conflict) to +100 (cooperation).", examples=[-12.5])
    band: Band
    over_week: float = Field(description="By how much it has changed in seven days.", examples=[-4.2])
    over_month: float = Field(description="By how much it has changed in thirty days.")
    stories: int = Field(description="Stories of the last thirty days.")


class StandingList(Listed):
    """All pairs with stories that still count, in alphabetical order."""

    relations: list[StandingShape]


class ReadingShape(Shape):
    """The index at the end of a day (UTC)."""

    day: dt.date
    index: float
    band: Band
    stories: list[str] = Field(description="The ids of the stories of that day.")


class RelationWhole(Shape):
    """How a pair stood day by day."""

    relation: str = Field(examples=["FJI-TON"])
    readings: list[ReadingShape] = Field(description="One for each day, the first one first.")


class Health(StrEnum):
    """How a feed does."""

    OK = "ok"
    FAILING = "failing"
    """The last poll failed."""
    SILENT = "silent"
    """It answers, but nothing new has come for far longer than usual."""
    NEW = "new"
    """Not polled yet."""
    PAUSED = "paused"


class FeedShape(Shape):
    """A feed, and how it does."""

    id: str = Field(examples=["island-gazette"])
    title: str
    url: str | None = Field(description="Its address; null where a secret may stand in it.")
    health: Health
    poll_every_seconds: float
    language: str | None
    publisher: str | None
    group: str | None
    tags: list[str]
    failures: int = Field(description="Failed polls in a row.")
    error: str | None = Field(description="What went wrong at the last poll, in words.")
    first_polled_at: AwareDatetime | None
    last_polled_at: AwareDatetime | None
    last_ok_at: AwareDatetime | None
    next_poll_at: AwareDatetime | None
    newest_at: AwareDatetime | None = Field(description="When its newest entry was published.")


class FeedList(Listed):
    """The configured feeds, by id."""

    feeds: list[FeedShape]


class DeliveryShape(Shape):
    """A message, without what stands in it."""

    id: str = Field(examples=["msg_5f1d7a84db00d2fce00b31a7fc73224f"])
    created_at: AwareDatetime
    state: MessageState
    channel: str = Field(description="The id of its channel.", examples=["desk"])
    channel_configured: bool
    kind: MessageKind
    title: str = Field(description="What it is about.")
    story: str | None
    watches: list[str] = Field(description="The ids of the watches that matched.")
    attempts: int
    next_attempt_at: AwareDatetime | None = Field(description="Where it is pending.")
    settled_at: AwareDatetime | None
    answer: str | None = Field(description="The last thing that the destination said.")
    remark: str | None = Field(description="Why it was dropped.")


class DeliveryList(Listed):
    """Messages, the latest first."""

    deliveries: list[DeliveryShape]


class TypeShape(Shape):
    """A type of event."""

    id: str = Field(examples=["ambassador.recalled"])
    family: str = Field(examples=["missions"])
    means: str
    plover: str = Field(examples=["COERCE"])
    scale: float = Field(description="From cooperation (+10) to conflict (-10).")
    severity: Severity
    mutual: bool = Field(description="Whether its sides are interchangeable.")
    recurs: bool = Field(description="Whether the same pair does it again within days.")
    parent: str | None = Field(description="The type that it is a kind of.")


class TypeList(Shape):
    """All types of the configuration."""

    types: list[TypeShape]
