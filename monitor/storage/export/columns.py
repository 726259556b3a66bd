"""The columns of an export, the same in every format; docs/operating.md explains them, and a test compares the two."""

import datetime as dt
from collections.abc import Callable, Mapping

from monitor.domain.events import EventActor
from monitor.domain.feeds import NewsItem
from monitor.domain.stories import Story
from monitor.storage.events import ArchivedEvent

Value = str | int | float | bool | list[str] | None
"""What a cell may hold; moments and dates are text, in UTC."""

ITEM_COLUMNS: Mapping[str, Callable[[NewsItem], Value]] = {
    "id": lambda item: item.key.hex(),
    "feed": lambda item: item.feed_id,
    "outlet": lambda item: item.outlet,
    "title": lambda item: item.title,
    "summary": lambda item: item.summary,
    "link": lambda item: item.link,
    "language": lambda item: item.language,
    "published_at": lambda item: _moment(item.published_at),
    "seen_at": lambda item: _moment(item.seen_at),
    "sample": lambda item: item.sample,
}

EVENT_COLUMNS: Mapping[str, Callable[[ArchivedEvent], Value]] = {
    "id": lambda one: one.stored.id,
    "story": lambda one: one.story_id,
    "type": lambda one: one.stored.event.type,
    "plover": lambda one: one.stored.event.plover,
    "source": lambda one: _code(one.stored.event.source),
    "source_name": lambda one: _name(one.stored.event.source),
    "source_role": lambda one: _role(one.stored.event.source),
    "target": lambda one: _code(one.stored.event.target),
    "target_name": lambda one: _name(one.stored.event.target),
    "target_role": lambda one: _role(one.stored.event.target),
    "speaker": lambda one: _code(one.stored.event.speaker),
    "object": lambda one: one.stored.event.object,
    "status": lambda one: one.stored.event.status.value,
    "date": lambda one: str(one.stored.event.date) if one.stored.event.date else None,
    "confidence": lambda one: one.stored.event.confidence,
    "mention": lambda one: one.stored.event.mention,
    "withdrawn_at": lambda one: _moment(one.withdrawn_at),
    "evidence": lambda one: one.stored.event.evidence.sentence,
    "pattern": lambda one: one.stored.event.evidence.pattern,
    "item": lambda one: one.stored.item.key.hex(),
    "outlet": lambda one: one.stored.item.outlet,
    "title": lambda one: one.stored.item.title,
    "link": lambda one: one.stored.item.link,
    "published_at": lambda one: _moment(one.stored.item.published_at),
    "read_at": lambda one: _moment(one.read_at),
}

STORY_COLUMNS: Mapping[str, Callable[[Story], Value]] = {
    "id": lambda story: story.id,
    "relation": lambda story: story.relation,
    "type": lambda story: story.type,
    "source": lambda story: story.source,
    "target": lambda story: story.target,
    "object": lambda story: story.object,
    "status": lambda story: story.status.value,
    "date": lambda story: str(story.date) if story.date else None,
    "severity": lambda story: story.severity.value,
    "headline": lambda story: story.headline,
    "publishers": lambda story: sorted(story.publishers),
    "reached": lambda story: sorted(stage.value for stage in story.reached),
    "opened_at": lambda story: _moment(story.opened_at),
    "last_report_at": lambda story: _moment(story.last_report_at),
    "retracted_at": lambda story: _moment(story.retracted_at),
    "merged_into": lambda story: story.merged_into,
    "sample": lambda story: story.sample,
}


def _moment(at: dt.datetime | None) -> str | None:
    return at.isoformat() if at else None


def _code(actor: EventActor | None) -> str | None:
    return actor.code if actor else None


def _name(actor: EventActor | None) -> str | None:
    return actor.name if actor else None


def _role(actor: EventActor | None) -> str | None:
    return actor.role if actor else None
