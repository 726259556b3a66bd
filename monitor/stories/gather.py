"""Gathers reports into stories: does this report tell of an event that stands already, or of a new one (P8)?

Pure: takes a report and the stories that may match it, and says what changes; storage finds the stories (all that had
a report within `STANDING_FOR` and share a side with it) and keeps the result. Stories are gathered by relation, kind
of event and days, not by text: headlines about one event share too few words. Comes after classify, before routing.
"""

import dataclasses
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from monitor.domain.events import EventDate
from monitor.domain.feeds import NewsItem
from monitor.domain.stories import (
    StoredEvent,
    Story,
    StoryAdvanced,
    StoryChange,
    StoryMentioned,
    StoryOpened,
    StoryReported,
    Voice,
    relation_of,
)
from monitor.domain.taxonomy import Status, Taxonomy
from monitor.stories.corroborate import Voices
from monitor.stories.ids import story_id
from monitor.stories.life import next_stage, status_after

STANDING_FOR = dt.timedelta(days=3)
"""How long after its last report a story still takes reports in."""

# When a report tells of the same anew rather than of a deed that is known. Found on a year of headlines; see
# docs/decisions/0014-stories-have-a-life.md.
_FRESH_FOR = dt.timedelta(hours=36)
_REMEMBERED_FOR = dt.timedelta(hours=24)
_AT_ONCE = dt.timedelta(hours=3)
_QUIET_FOR = dt.timedelta(hours=12)
_SEVERAL = 2
_FADED = 1
_MOST_VOICES = 12

# Whoever is blamed denies at once. "Will not attack this week", days after an attack, denies another one.
_DENIED_WITHIN = dt.timedelta(hours=24)

# Types under which different outlets report one and the same event: an encounter is a "visit" to one and a "meeting"
# to the other. Only types of one severity stand together: were "summit" (notable) and "meeting" (routine) one kind, a
# routine first report would open the story and a watch for notable news would never hear of the summit.
_ONE_KIND = (frozenset({"meeting", "visit"}), frozenset({"summit", "talks"}))


class _Sides(NamedTuple):
    """The two sides of an event by code; None for one that is unknown."""

    source: str | None
    target: str | None

    def meets(self, other: "_Sides") -> int:
        """How many known sides the two share: 0 where they don't fit, or share only what neither knows."""
        shared = 0
        for mine, theirs in zip(self, other, strict=True):
            if mine is not None and theirs is not None:
                if mine != theirs:
                    return 0
                shared += 1
        return shared


@dataclass(frozen=True, slots=True, kw_only=True)
class Gatherer:
    """Takes reports into stories. `taxonomy` has the types of all reports, `voices` finds who reports."""

    taxonomy: Taxonomy
    voices: Voices

    def gather(self, report: StoredEvent, standing: Sequence[Story]) -> StoryChange:
        """What `report` does to the `standing` stories, whose order doesn't matter.

        Days are counted between publication times, so that a feed read late gathers as one read at once. A mention, and
        what is recalled from the past, never changes a story.
        """
        story = self._best(report, standing)
        if report.event.mention or report.event.status is Status.PAST:
            return StoryMentioned(story=story, report=report)
        if story is None:
            return StoryOpened(story=self._open(report), report=report)
        known = self._with_report(story, report)
        stage = next_stage(story, known, report)
        if stage is None:
            return StoryReported(story=known, report=report)
        known = dataclasses.replace(known, reached=known.reached | {stage})
        return StoryAdvanced(story=known, report=report, stage=stage)

    def retell(self, reports: Sequence[StoredEvent], *, like: Story | None = None) -> Story:
        """One story of these reports, whatever their own fit: for stories that a person merges or splits.

        It keeps the id of `like`, and what it has been through; without one it has the id of its first report.

        Raises:
            ValueError: there is no report but mentions.
        """
        news = [one for one in reports if not one.event.mention and one.event.status is not Status.PAST]
        if not news:
            raise ValueError("a story needs a report of its own")
        first, *others = sorted(news, key=lambda one: (one.item.published_at, one.id))
        story = self._open(first)
        for report in others:
            story = self._with_report(story, report)
        return story if like is None else dataclasses.replace(story, id=like.id, reached=like.reached)

    def _best(self, report: StoredEvent, standing: Sequence[Story]) -> Story | None:
        """The story that fits best: most shared sides, then the same object, then the latest that stood by then."""
        fitting = [story for story in standing if self._fits(report, story)]
        if not fitting:
            return None
        object_key, published_at = _object_key(report.event.object), report.item.published_at

        def closeness(story: Story) -> tuple[int, bool, bool, bool, float, str]:
            shared = self._sides_as_in(story, report).meets(_Sides(story.source, story.target))
            away = published_at - story.opened_at
            return (
                shared,
                _object_key(story.object) == object_key,
                # A deed that is talked about is the one that happened, not the one that was denied since.
                report.event.status is not Status.REPORTED
                or story.status is not Status.DENIED
                or story.happened_at is not None,
                away >= dt.timedelta(0),
                -abs(away).total_seconds(),
                story.id,
            )

        best = max(fitting, key=closeness)
        return None if self._is_another_event(report, best) else best

    def _fits(self, report: StoredEvent, story: Story) -> bool:
        event, item = report.event, report.item
        return (
            story.sample == item.sample
            and self._same_kind(event.type, story.type)
            and self._sides_as_in(story, report).meets(_Sides(story.source, story.target)) > 0
            and _same_object(event.object, story.object)
            and story.opened_at - STANDING_FOR <= item.published_at <= story.last_report_at + STANDING_FOR
            and _dates_touch(event.date, story.date)
            and _had_happened_by_then(report, story)
            and _denies_this_one(report, story)
        )

    def _same_kind(self, one: str, other: str) -> bool:
        one, other = self._shipped(one), self._shipped(other)
        return one == other or any(one in kinds and other in kinds for kinds in _ONE_KIND)

    def _shipped(self, type_id: str) -> str:
        """The type above an operator's own: what one feed's words make "ferry.seized" is "asset.seized" in another's."""
        while type_id in self.taxonomy and (parent := self.taxonomy[type_id].parent) is not None:
            type_id = parent
        return type_id

    def _is_another_event(self, report: StoredEvent, story: Story) -> bool:
        """Whether the same happens anew: a story that had faded is told by several publishers within hours.

        One late report is a sequel; an attack that follows another after days makes everyone report at once, mostly
        without a word on the day.
        """
        event, item = report.event, report.item
        if event.status is not Status.REPORTED or story.happened_at is None or event.object is not None:
            return False
        if item.published_at - story.happened_at < _FRESH_FOR:
            return False
        ages = {one.publisher: item.published_at - one.at for one in story.lately if one.at <= item.published_at}
        just_now = {one for one, age in ages.items() if age < _AT_ONCE}
        before = [age for age in ages.values() if age >= _AT_ONCE]
        return (
            len(just_now | {self.voices.of_item(item)}) >= _SEVERAL
            and len(before) <= _FADED
            and all(age >= _QUIET_FOR for age in before)
        )

    def _sides_as_in(self, story: Story, report: StoredEvent) -> _Sides:
        """The sides of the report in the order in which the story has them, where their order carries no meaning."""
        sides, there = _sides(report), _Sides(story.source, story.target)
        # Two types of one kind ("visit", "meeting") name their sides by different rules, so their order says nothing.
        alike = self._shipped(report.event.type) == self._shipped(story.type)
        if not self.taxonomy[report.event.type].mutual and alike:
            return sides
        turned = _Sides(sides.target, sides.source)
        return turned if turned.meets(there) > sides.meets(there) else sides

    def _open(self, report: StoredEvent) -> Story:
        event, item = report.event, report.item
        source, target = _sides(report)
        publisher = self.voices.of_item(item)
        return Story(
            id=story_id(report.id),
            relation=relation_of(source, target),
            type=event.type,
            source=source,
            target=target,
            object=event.object,
            status=event.status,
            date=event.date,
            severity=self.taxonomy[event.type].severity,
            opened_at=item.published_at,
            last_report_at=item.published_at,
            publishers=frozenset({publisher}),
            headline=item.title,
            sample=item.sample,
            happened_at=item.published_at if event.status is Status.REPORTED else None,
            lately=(Voice(publisher=publisher, at=item.published_at),),
            official=self._is_official(item, source, target),
        )

    def _with_report(self, story: Story, report: StoredEvent) -> Story:
        """The story with what this report adds: a publisher, a side or an object that was unknown, a more precise date."""
        event, item = report.event, report.item
        sides = self._sides_as_in(story, report)
        source, target = story.source or sides.source, story.target or sides.target
        publisher = self.voices.of_item(item)
        severity = self.taxonomy[event.type].severity
        last_report_at = max(story.last_report_at, item.published_at)
        return dataclasses.replace(
            story,
            relation=relation_of(source, target),
            source=source,
            target=target,
            object=story.object or event.object,
            status=status_after(story, event.status),
            date=_more_precise(story.date, event.date),
            severity=severity if severity.rank > story.severity.rank else story.severity,
            last_report_at=last_report_at,
            publishers=story.publishers | {publisher},
            happened_at=_earlier(story.happened_at, item.published_at if event.status is Status.REPORTED else None),
            lately=_lately(story.lately, Voice(publisher=publisher, at=item.published_at), last_report_at),
            official=story.official or self._is_official(item, source, target),
        )

    def _is_official(self, item: NewsItem, *sides: str | None) -> bool:
        """Whether one of the sides speaks itself in this item."""
        return (speaks := self.voices.official_of(item)) is not None and speaks in sides


def _sides(report: StoredEvent) -> _Sides:
    source, target = report.event.source, report.event.target
    return _Sides(source.code if source else None, target.code if target else None)


def _object_key(name: str | None) -> str | None:
    return " ".join(name.casefold().split()) if name else None


def _same_object(one: str | None, other: str | None) -> bool:
    """Two known objects must be the same; an unknown one joins any."""
    return one is None or other is None or _object_key(one) == _object_key(other)


def _dates_touch(one: EventDate | None, other: EventDate | None) -> bool:
    """Two stated dates must overlap or adjoin: around midnight, outlets name two days for one event."""
    if one is None or other is None:
        return True
    day = dt.timedelta(days=1)
    return one.first <= other.last + day and other.first <= one.last + day


def _more_precise(one: EventDate | None, other: EventDate | None) -> EventDate | None:
    if one is None or other is None:
        return one or other
    return other if other.last - other.first < one.last - one.first else one


def _had_happened_by_then(report: StoredEvent, story: Story) -> bool:
    """What was reported as done before the day that this report gives to the deed is another deed; and the reverse."""
    if report.event.status is not Status.REPORTED or story.happened_at is None:
        return True
    day, published_on = dt.timedelta(days=1), report.item.published_at.date()
    # A deed that is done has a day, however a text may be read; no later one than that of the report itself.
    told_of = min(report.event.date.first, published_on) if report.event.date else None
    known_as = min(story.date.first, story.last_report_at.date()) if story.date else None
    return (told_of is None or told_of <= story.happened_at.date() + day) and (
        known_as is None or known_as <= published_on + day
    )


def _denies_this_one(report: StoredEvent, story: Story) -> bool:
    if report.event.status is not Status.DENIED or story.happened_at is None:
        return True
    return report.item.published_at <= story.happened_at + _DENIED_WITHIN


def _earlier(one: dt.datetime | None, other: dt.datetime | None) -> dt.datetime | None:
    return min(one, other) if one is not None and other is not None else one or other


def _lately(voices: tuple[Voice, ...], new: Voice, last_report_at: dt.datetime) -> tuple[Voice, ...]:
    """The voices of the story's last day, each at its latest report, the latest last."""
    latest = {voice.publisher: voice.at for voice in voices}
    latest[new.publisher] = max(new.at, latest.get(new.publisher, new.at))
    kept = sorted((at, publisher) for publisher, at in latest.items() if at > last_report_at - _REMEMBERED_FOR)
    return tuple(Voice(publisher=publisher, at=at) for at, publisher in kept[-_MOST_VOICES:])
