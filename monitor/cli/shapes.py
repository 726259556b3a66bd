"""The JSON shapes of an event, a story and a finding, the same wherever a command writes one."""

from typing import Any

from monitor.domain.documents import Finding
from monitor.domain.events import EventActor, RelationEvent
from monitor.domain.stories import Story


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
        "retracted_at": story.retracted_at.isoformat() if story.retracted_at else None,
        "merged_into": story.merged_into,
    }


def finding_json(finding: Finding) -> dict[str, Any]:
    """A finding with its place in fields, as `relmon check --json` writes it."""
    return {
        "file": finding.file,
        "line": finding.line,
        "column": finding.column,
        "level": finding.level,
        "message": finding.message,
    }
