"""Gathers reports into stories: does this report tell of an event that stands already, or of a new one (P8)?

Pure: takes a report and the stories that may match it, and says what changes; storage finds the stories (all that had
a report within `STANDING_FOR` and share a side with it) and keeps the result. Stories are gathered by relation, kind
of event and days, not by text: headlines about one event share too few words. Comes after classify, before routing.
"""

import dataclasses
import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from monitor.domain.events import EventDate
from monitor.domain.feeds import NewsItem
from monitor.domain.stories import (
    Stage,
    StoredEvent,
    Story,
    StoryAdvanced,
    StoryChange,
    StoryMentioned,
    StoryOpened,
    StoryReported,
    relation_of,
)
from monitor.domain.taxonomy import RelationType, Status
from monitor.stories.corroborate import publisher_of
from monitor.stories.ids import story_id

STANDING_FOR = dt.timedelta(days=3)
"""How long after its last report a story still takes reports in."""

# Types under which different outlets report one and the same event: an encounter is a "visit" to one and a "meeting"
# to the other. Only types of one severity stand together: were "summit" (notable) and "meeting" (routine) one kind, a
# routine first report would open the story and a watch for notable news would never hear of the summit.
_ONE_KIND = (frozenset({"meeting", "visit"}), frozenset({"summit", "talks"}))

# What each later report can do to a story. A report that is not listed leaves the status as it is: a story never goes
# back from deed to plan. A deed that is reported after its denial is news again: a denied plan may be carried out.
_ADVANCES: dict[tuple[Status, Status], Stage] = {
    (Status.POSSIBLE, Status.PLANNED): Stage.PLANNED,
    (Status.POSSIBLE, Status.REPORTED): Stage.HAPPENED,
    (Status.PLANNED, Status.REPORTED): Stage.HAPPENED,
    (Status.DENIED, Status.REPORTED): Stage.HAPPENED,
    (Status.POSSIBLE, Status.DENIED): Stage.DENIED,
    (Status.PLANNED, Status.DENIED): Stage.DENIED,
    (Status.REPORTED, Status.DENIED): Stage.DENIED,
}


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


def gather(report: StoredEvent, standing: Sequence[Story], kind: RelationType) -> StoryChange:
    """What `report` does to the `standing` stories, whose order doesn't matter. `kind` is the type of the report.

    Days are counted between publication times, so that a feed read late gathers as one read at once. A mention, and
    what is recalled from the past, never changes a story.
    """
    story = _best(report, standing, kind)
    if report.event.mention or report.event.status is Status.PAST:
        return StoryMentioned(story=story, report=report)
    if story is None:
        return StoryOpened(story=_open(report, kind), report=report)
    stage = _ADVANCES.get((story.status, report.event.status))
    known = _with_report(story, report, kind)
    if stage is None:
        return StoryReported(story=known, report=report)
    return StoryAdvanced(story=dataclasses.replace(known, status=report.event.status), report=report, stage=stage)


def _best(report: StoredEvent, standing: Sequence[Story], kind: RelationType) -> Story | None:
    """The story that fits best: most shared sides, then the same object, then the latest report."""
    fitting = [story for story in standing if _fits(report, story, kind)]
    if not fitting:
        return None
    object_key = _object_key(report.event.object)

    def closeness(story: Story) -> tuple[int, bool, dt.datetime, str]:
        shared = _sides_as_in(story, report, kind).meets(_Sides(story.source, story.target))
        return shared, _object_key(story.object) == object_key, story.last_report_at, story.id

    return max(fitting, key=closeness)


def _fits(report: StoredEvent, story: Story, kind: RelationType) -> bool:
    event, item = report.event, report.item
    return (
        story.sample == item.sample
        and _same_kind(event.type, story.type)
        and _sides_as_in(story, report, kind).meets(_Sides(story.source, story.target)) > 0
        and _same_object(event.object, story.object)
        and story.opened_at - STANDING_FOR <= item.published_at <= story.last_report_at + STANDING_FOR
        and _dates_touch(event.date, story.date)
    )


def _same_kind(one: str, other: str) -> bool:
    return one == other or any(one in kinds and other in kinds for kinds in _ONE_KIND)


def _sides(report: StoredEvent) -> _Sides:
    source, target = report.event.source, report.event.target
    return _Sides(source.code if source else None, target.code if target else None)


def _sides_as_in(story: Story, report: StoredEvent, kind: RelationType) -> _Sides:
    """The sides of the report in the order in which the story has them, where their order carries no meaning."""
    sides, there = _sides(report), _Sides(story.source, story.target)
    # Two types of one kind ("visit", "meeting") name their sides by different rules, so their order says nothing.
    if not kind.mutual and report.event.type == story.type:
        return sides
    turned = _Sides(sides.target, sides.source)
    return turned if turned.meets(there) > sides.meets(there) else sides


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


def _open(report: StoredEvent, kind: RelationType) -> Story:
    event, item = report.event, report.item
    source, target = _sides(report)
    return Story(
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
        publishers=frozenset({_publisher(item)}),
        headline=item.title,
        sample=item.sample,
    )


def _with_report(story: Story, report: StoredEvent, kind: RelationType) -> Story:
    """The story with what this report adds: a publisher, a side or an object that was unknown, a more precise date."""
    event, item = report.event, report.item
    sides = _sides_as_in(story, report, kind)
    source, target = story.source or sides.source, story.target or sides.target
    return dataclasses.replace(
        story,
        relation=relation_of(source, target),
        source=source,
        target=target,
        object=story.object or event.object,
        date=_more_precise(story.date, event.date),
        last_report_at=max(story.last_report_at, item.published_at),
        publishers=story.publishers | {_publisher(item)},
    )


def _publisher(item: NewsItem) -> str:
    """Who published it; the feed itself stands for an outlet whose name says nothing."""
    return publisher_of(item.outlet) or item.feed_id


def _more_precise(one: EventDate | None, other: EventDate | None) -> EventDate | None:
    if one is None or other is None:
        return one or other
    return other if other.last - other.first < one.last - one.first else one
