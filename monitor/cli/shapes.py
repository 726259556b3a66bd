"""The JSON shapes of an event and of a finding, the same wherever a command writes one."""

from typing import Any

from monitor.domain.documents import Finding
from monitor.domain.events import EventActor, RelationEvent


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


def finding_json(finding: Finding) -> dict[str, Any]:
    """A finding with its place in fields, as `relmon check --json` writes it."""
    return {
        "file": finding.file,
        "line": finding.line,
        "column": finding.column,
        "level": finding.level,
        "message": finding.message,
    }
