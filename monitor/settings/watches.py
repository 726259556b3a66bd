"""watches.toml: who wants to hear of which relation, and over which channels.

Entries come gathered from entries.py; feeds and channels are read before, so that a watch that names one which doesn't
exist is found. What comes out are Watch values for routing.
"""

import dataclasses
import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from monitor.domain.documents import Finding, FindingLevel, TomlDocument
from monitor.domain.events import Part
from monitor.domain.feeds import FeedSource
from monitor.domain.routing import ANYONE, QuietHours, Watch
from monitor.domain.severity import SeverityTable
from monitor.domain.stories import Stage
from monitor.domain.taxonomy import Severity, Status, Taxonomy
from monitor.settings.between import BetweenError, read_between, read_groups
from monitor.settings.entries import Entry, gather_entries
from monitor.settings.feeds import language_code
from monitor.settings.hours import read_time, zone_name
from monitor.settings.mistakes import not_empty, one_of, sentences
from monitor.settings.spelling import did_you_mean

FollowUp = Literal[
    "happened", "planned", "denied", "called off", "contradicted", "attributed", "raised", "official", "corroborated",
    "established", "detailed",
]  # fmt: skip
"""The stages after the first report, as watches name them."""


_Time = Annotated[dt.time, BeforeValidator(read_time)]


class _QuietTable(BaseModel):
    model_config = ConfigDict(extra="forbid")

    begin: Annotated[_Time, Field(alias="from")]
    end: Annotated[_Time, Field(alias="to")]
    unless: Severity = Severity.CRITICAL

    @model_validator(mode="after")
    def _lasts(self) -> Self:
        if self.begin == self.end:
            raise ValueError(
                '"from" and "to" are the same time; for no alerts at all write at_once = "never" and a digest'
            )
        return self


def _distinct(times: tuple[dt.time, ...]) -> tuple[dt.time, ...]:
    return tuple(sorted(set(times)))


class _WatchTable(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str | None = None
    between: Any = ANYONE
    types: tuple[str, ...] = ()
    statuses: Annotated[tuple[Status, ...], AfterValidator(not_empty)] | None = None
    parts: Annotated[tuple[Part, ...], AfterValidator(not_empty)] | None = None
    min_severity: Severity | None = None
    min_confidence: Annotated[float, Field(ge=0, le=1, strict=True)] | None = None
    feeds: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    languages: tuple[Annotated[str, AfterValidator(language_code)], ...] = ()
    follow_ups: tuple[FollowUp, ...] | None = None
    min_publishers: Annotated[int, Field(ge=1, le=100, strict=True)] = 1
    index_changes: Annotated[bool, Field(strict=True)] = False
    zone: Annotated[str, AfterValidator(zone_name)] | None = None
    digest: Annotated[tuple[_Time, ...], AfterValidator(_distinct)] = ()
    at_once: Literal["never", "routine", "notable", "major", "critical"] = "routine"
    quiet: _QuietTable | None = None
    at_most_per_hour: Annotated[int, Field(ge=1, le=1000, strict=True)] | None = None
    send: Annotated[tuple[str, ...], AfterValidator(not_empty)]


_TABLES = {"quiet": ("from", "to", "unless")}
WATCH_KEYS = ("id", *_WatchTable.model_fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What watches may refer to. `actor_codes` is None where they aren't known: then only their shape is checked."""

    channel_ids: Collection[str]
    feed_ids: Collection[str]
    feeds: Sequence[FeedSource]
    taxonomy: Taxonomy
    actor_codes: Collection[str] | None
    severities: SeverityTable = field(default_factory=SeverityTable)
    zone: str = "UTC"
    """The time zone of watches that name none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchesRead:
    """The watches, and what was wrong; a watch with an error is left out."""

    watches: tuple[Watch, ...]
    findings: tuple[Finding, ...]
    channels_named: frozenset[str]
    entries: Mapping[str, Entry]
    """Where each watch stands, those with an error among them."""


def read_watches(documents: Sequence[TomlDocument], around: Surroundings) -> WatchesRead:
    """Reads watches.toml and watches.d."""
    entries, shape = gather_entries(documents, "watch", beside=("groups",))
    groups, group_findings = read_groups(documents, around.actor_codes)
    findings = [*shape, *group_findings]
    watches: list[Watch] = []
    named: set[str] = set()
    for entry in entries:
        named.update(_names(entry, "send"))
        # A wrong key must not hide another mistake of the same watch, so each part is looked at by itself.
        problems = _unknown_names(entry, around)
        table: _WatchTable | None = None
        between: tuple[frozenset[str], ...] = ()
        try:
            table = _WatchTable.model_validate(entry.values)
        except ValidationError as error:
            problems += [entry.finding(path, sentence) for path, sentence in sentences(error, WATCH_KEYS, _TABLES)]
        else:
            problems += [*_told_never(entry, table), *_told_in_quiet_hours(entry, table)]
        try:
            between = read_between(entry.values.get("between", ANYONE), groups, around.actor_codes)
        except BetweenError as error:
            problems.append(entry.finding(("between", *error.path), str(error)))
        findings += problems
        if table is not None:
            findings += _too_quiet(entry, table, around)
        if table is not None and not any(problem.level is FindingLevel.ERROR for problem in problems):
            watches.append(_watch(entry, table, between, around.zone))
    return WatchesRead(
        watches=tuple(watches),
        findings=tuple(findings),
        channels_named=frozenset(named),
        entries={entry.id: entry for entry in entries},
    )


def _watch(entry: Entry, table: _WatchTable, between: tuple[frozenset[str], ...], zone: str) -> Watch:
    watch = Watch(
        id=entry.id,
        name=table.name or entry.id,
        between=between,
        channels=tuple(dict.fromkeys(table.send)),
        types=frozenset(table.types),
        feeds=frozenset(table.feeds),
        tags=frozenset(table.tags),
        languages=frozenset(table.languages),
        min_publishers=table.min_publishers,
        index_changes=table.index_changes,
        time_zone=table.zone or zone,
        digest=table.digest,
        at_once=None if table.at_once == "never" else Severity(table.at_once),
        quiet=QuietHours(begin=table.quiet.begin, end=table.quiet.end, unless=table.quiet.unless)
        if table.quiet
        else None,
        at_most_per_hour=table.at_most_per_hour,
    )
    # Where nothing is written, the domain's own default holds.
    given: Mapping[str, Any] = {
        "statuses": None if table.statuses is None else frozenset(table.statuses),
        "parts": None if table.parts is None else frozenset(table.parts),
        "min_severity": table.min_severity,
        "min_confidence": table.min_confidence,
        "follow_ups": None if table.follow_ups is None else frozenset(Stage(name) for name in table.follow_ups),
    }
    return dataclasses.replace(watch, **{key: value for key, value in given.items() if value is not None})


def _told_never(entry: Entry, table: _WatchTable) -> list[Finding]:
    """A mistake where nothing tells some of what the watch asks for."""
    if table.digest or table.at_once == "routine":
        return []
    message = f'"at_once" is "{table.at_once}", and nothing tells the rest; name the times of a digest, like digest = ["07:30"]'
    return [entry.finding(("at_once",), message)]


def _told_in_quiet_hours(entry: Entry, table: _WatchTable) -> list[Finding]:
    """A warning for each time of a digest that lies in the quiet hours of the same watch: it is sent then."""
    if table.quiet is None:
        return []
    begin, end = table.quiet.begin, table.quiet.end
    within = [time for time in table.digest if (begin <= time < end if begin < end else time >= begin or time < end)]
    return [
        entry.finding(
            ("digest",), f"the digest of {time:%H:%M} lies in the quiet hours, and is sent then", FindingLevel.WARNING
        )
        for time in within
    ]


def _unknown_names(entry: Entry, around: Surroundings) -> list[Finding]:
    types = (*around.taxonomy.families, *around.taxonomy.types)
    findings = [
        *_strangers(entry, "send", around.channel_ids, "is no channel of channels.toml"),
        *_strangers(entry, "types", types, "is neither a type nor a family of relation events"),
        *_strangers(entry, "feeds", around.feed_ids, "is no feed of feeds.toml"),
    ]
    tags = {tag for feed in around.feeds for tag in feed.tags}
    if (wanted := _names(entry, "tags")) and not tags & set(wanted):
        message = f"no feed carries {one_of(wanted)}, so this watch can match nothing{did_you_mean(wanted[0], tags)}"
        findings.append(entry.finding(("tags",), message, FindingLevel.WARNING))
    # A feed without a language has it recognised, and may turn out to have any.
    languages = {feed.language for feed in around.feeds}
    if (wanted := _names(entry, "languages")) and None not in languages and not languages & set(wanted):
        message = f"no feed is in {one_of(wanted)}, so this watch can match nothing"
        findings.append(entry.finding(("languages",), message, FindingLevel.WARNING))
    return findings


def _too_quiet(entry: Entry, table: _WatchTable, around: Surroundings) -> list[Finding]:
    """A warning where no type that the watch asks for can reach the severity that it asks for, whatever raises it."""
    wanted = [kind for kind in around.taxonomy if not kind.names.isdisjoint(table.types)]
    floor = table.min_severity or Severity.NOTABLE
    reached = [around.severities.most(kind) for kind in wanted]
    if not wanted or any(severity.rank >= floor.rank for severity in reached):
        return []
    loudest = max(reached, key=lambda severity: severity.rank)
    message = f'its types are "{loudest}" at the most, but it asks for "{floor}", so this watch can match nothing'
    return [entry.finding(("types",), f'{message}; set min_severity = "{loudest}"', FindingLevel.WARNING)]


def _strangers(entry: Entry, key: str, known: Collection[str], complaint: str) -> list[Finding]:
    return [
        entry.finding((key, index), f'"{name}" {complaint}{did_you_mean(name, known)}')
        for index, name in enumerate(_names(entry, key))
        if name not in known
    ]


def _names(entry: Entry, key: str) -> list[str]:
    """The list under `key` as written; nothing where it is no list of texts, which the table's own check reports."""
    names = entry.values.get(key, [])
    return names if isinstance(names, list) and all(isinstance(name, str) for name in names) else []
