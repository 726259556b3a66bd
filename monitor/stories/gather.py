"""Gathers reports into stories: does this report tell of an event that stands already, or of a new one (P8)?

Pure: takes a report and the stories that may match it, and says what changes; storage finds the stories (all that had
a report within `sameness.STANDING_FOR` and share a side with it) and keeps the result. Stories are gathered by relation, kind
of event and days, not by text: headlines about one event share too few words. Which story a report tells of is decided in
`sameness`, what a report does to its life in `life`. Comes after classify, before routing.
"""

import dataclasses
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from monitor.domain.events import EventDate
from monitor.domain.feeds import NewsItem
from monitor.domain.severity import SeverityTable
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
from monitor.stories.life import next_stage, says_it_happened, status_after
from monitor.stories.sameness import Sameness
from monitor.stories.severity import as_before, weighed
from monitor.stories.sides import fuller, opposition_in, sides_of

# What a story remembers of who reported it: enough to tell a faded one that is told by several anew.
_REMEMBERED_FOR = dt.timedelta(hours=24)
_MOST_VOICES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Gatherer:
    """Takes reports into stories. `taxonomy` has the types of all reports, `voices` finds who reports, `severities` weigh."""

    taxonomy: Taxonomy
    voices: Voices
    severities: SeverityTable = field(default_factory=SeverityTable)

    @property
    def sameness(self) -> Sameness:
        """What tells one event from another."""
        return Sameness(taxonomy=self.taxonomy, voices=self.voices, severities=self.severities)

    def gather(self, report: StoredEvent, standing: Sequence[Story]) -> StoryChange:
        """What `report` does to the `standing` stories, whose order doesn't matter.

        Days are counted between publication times, so that a feed read late gathers as one read at once. A mention, and
        what is recalled from the past, never changes a story.
        """
        story = self.sameness.best(report, standing)
        if not report.is_news:
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
        """One story of these reports, whatever their own fit: for stories that a person or a publisher puts right.

        It keeps the id of `like`, what it has been through, and what weighs it beside its reports; without one it has the id
        of its first report.

        Raises:
            ValueError: there is no report but mentions.
        """
        news = [one for one in reports if one.is_news]
        if not news:
            raise ValueError("a story needs a report of its own")
        first, *others = sorted(news, key=lambda one: (one.item.published_at, one.id))
        story = self._open(first)
        for report in others:
            story = self._with_report(story, report)
        if like is None:
            return story
        known = dataclasses.replace(story, id=like.id, reached=like.reached, put_right_at=like.put_right_at)
        return as_before(known, like, self.severities)

    def _open(self, report: StoredEvent) -> Story:
        event, item = report.event, report.item
        source, target = sides_of(report)
        publisher = self.voices.of_item(item)
        kind = self.taxonomy[event.type]
        story = Story(
            id=story_id(report.id),
            relation=relation_of(source, target),
            type=event.type,
            source=source,
            target=target,
            object=event.object,
            status=event.status,
            date=event.date,
            severity=kind.severity,
            opened_at=item.published_at,
            last_report_at=item.published_at,
            publishers=frozenset({publisher}),
            headline=item.title,
            sample=item.sample,
            happened_at=item.published_at if event.status is Status.REPORTED else None,
            lately=(Voice(publisher=publisher, at=item.published_at),),
            official=self._is_official(item, source, target),
            opposition=opposition_in(report),
        )
        return weighed(story, event, kind, self.severities)

    def _with_report(self, story: Story, report: StoredEvent) -> Story:
        """The story with what this report adds: a publisher, a side or an object that was unknown, a more precise date."""
        event, item = report.event, report.item
        sides = self.sameness.sides_as_in(story, report)
        source, target = story.source or sides.source, story.target or sides.target
        publisher = self.voices.of_item(item)
        last_report_at = max(story.last_report_at, item.published_at)
        known = dataclasses.replace(
            story,
            relation=relation_of(source, target),
            source=source,
            target=target,
            object=fuller(story.object, event.object),
            status=status_after(story, report),
            date=_more_precise(story.date, event.date),
            last_report_at=last_report_at,
            publishers=story.publishers | {publisher},
            happened_at=_earlier(story.happened_at, item.published_at if says_it_happened(story, report) else None),
            lately=_lately(story.lately, Voice(publisher=publisher, at=item.published_at), last_report_at),
            official=story.official or self._is_official(item, source, target),
            opposition=story.opposition | opposition_in(report),
        )
        return weighed(known, event, self.taxonomy[event.type], self.severities)

    def _is_official(self, item: NewsItem, *sides: str | None) -> bool:
        """Whether one of the sides speaks itself in this item."""
        return (speaks := self.voices.official_of(item)) is not None and speaks in sides


def _more_precise(one: EventDate | None, other: EventDate | None) -> EventDate | None:
    if one is None or other is None:
        return one or other
    return other if other.last - other.first < one.last - one.first else one


def _earlier(one: dt.datetime | None, other: dt.datetime | None) -> dt.datetime | None:
    return min(one, other) if one is not None and other is not None else one or other


def _lately(voices: tuple[Voice, ...], new: Voice, last_report_at: dt.datetime) -> tuple[Voice, ...]:
    """The voices of the story's last day, each at its latest report, the latest last."""
    latest = {voice.publisher: voice.at for voice in voices}
    latest[new.publisher] = max(new.at, latest.get(new.publisher, new.at))
    kept = sorted((at, publisher) for publisher, at in latest.items() if at > last_report_at - _REMEMBERED_FOR)
    return tuple(Voice(publisher=publisher, at=at) for at, publisher in kept[-_MOST_VOICES:])
