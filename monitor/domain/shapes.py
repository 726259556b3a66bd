"""The JSON shapes of events, stories and items: the same in the API, in what commands write, and wherever else one is shown.

Plain dictionaries of what JSON has. docs/api.md says what each field means; the API describes them to programs
(web/api/models.py), and its tests hold the two together.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from monitor.domain.bands import Band
from monitor.domain.events import EventActor, RelationEvent
from monitor.domain.feeds import NewsItem
from monitor.domain.stories import StoredEvent, Story, Withdrawal


def event_json(event: RelationEvent) -> dict[str, Any]:
    """An event in the shape that `relmon classify --jsonl` documents."""
    return {
        "type": event.type,
        "plover": event.plover,
        "source": _side(event.source),
        "target": _side(event.target),
        "speaker": _side(event.speaker),
        "object": event.object,
        "status": event.status,
        "date": str(event.date) if event.date else None,
        "confidence": event.confidence,
        "mention": event.mention,
        "evidence": {
            "sentence": event.evidence.sentence,
            "start": event.evidence.start,
            "end": event.evidence.end,
            "pattern": event.evidence.pattern,
        },
    }


def _side(actor: EventActor | None) -> dict[str, Any] | None:
    if actor is None:
        return None
    return {"code": actor.code, "name": actor.name, "role": actor.role, "part": actor.part}


def story_json(story: Story) -> dict[str, Any]:
    """A story as a whole, without its reports."""
    return {
        "id": story.id,
        "relation": story.relation,
        "type": story.type,
        "source": story.source,
        "target": story.target,
        "object": story.object,
        "status": story.status.value,
        "date": str(story.date) if story.date else None,
        "severity": story.severity.value,
        "severity_of_type": (story.type_severity or story.severity).value,
        "severity_adjustments": {one.ground.value: one.step for one in story.adjustments},
        "opened_at": story.opened_at.isoformat(),
        "last_report_at": story.last_report_at.isoformat(),
        "publishers": sorted(story.publishers),
        "reached": sorted(story.reached),
        "headline": story.headline,
        "sample": story.sample,
        "retracted_at": moment(story.retracted_at),
        "merged_into": story.merged_into,
    }


def item_json(item: NewsItem) -> dict[str, Any]:
    """An item without its summary, which may be long."""
    return {
        "id": item.key.hex(),
        "feed": item.feed_id,
        "title": item.title,
        "link": item.link,
        "outlet": item.outlet,
        "language": item.language,
        "published_at": item.published_at.isoformat(),
        "seen_at": item.seen_at.isoformat(),
        "sample": item.sample,
    }


def report_json(
    report: StoredEvent,
    *,
    story_id: str | None,
    withdrawn_by: Withdrawal | None = None,
    withdrawn_at: dt.datetime | None = None,
) -> dict[str, Any]:
    """An event of the archive, with the item that it was read in."""
    return {
        "id": report.id,
        "story": story_id,
        **event_json(report.event),
        "withdrawn_by": withdrawn_by.value if withdrawn_by else None,
        "withdrawn_at": moment(withdrawn_at),
        "item": item_json(report.item),
    }


def reading_json(day: dt.date, index: float, band: Band, stories: Iterable[Story]) -> dict[str, Any]:
    """How a pair stood at the end of a day, with that day's stories."""
    return {
        "day": day.isoformat(),
        "index": round(index, 2),
        "band": band.value,
        "stories": [story.id for story in stories],
    }


def moment(at: dt.datetime | None) -> str | None:
    """A moment as ISO 8601 has it, in UTC, where there is one."""
    return at.isoformat() if at else None
