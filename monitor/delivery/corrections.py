"""Says in words what was put right, to whoever was told otherwise (P23). Plain text, laid out as a notice."""

import datetime as dt
import hashlib

from monitor.delivery.sentences import label
from monitor.domain.delivery import MessageKind, Notice
from monitor.domain.stories import Story


def correction(story: Story, said: str, now: dt.datetime) -> Notice:
    """A message that opens with "Corrected:", for a story as it was told. `said` is a sentence or more on what holds now."""
    told = f"{story.source or 'unknown'} → {story.target or 'unknown'}: {label(story.type)} ({story.status})"
    digest = hashlib.blake2b(f"{story.id}:{now.isoformat()}".encode(), digest_size=12).hexdigest()
    return Notice(
        dedup_key=f"correction:{digest}",
        title=f"Corrected: {told}",
        text=f"{said}\nWe had told you: {story.headline}",
        at=now,
        kind=MessageKind.SUMMARY,
    )


def changes(before: Story, after: Story) -> str:
    """What an amendment changed, as a sentence."""
    pairs = (
        ("type", label(before.type), label(after.type)),
        ("who did it", before.source or "unknown", after.source or "unknown"),
        ("to whom", before.target or "unknown", after.target or "unknown"),
        ("what it was about", before.object or "unknown", after.object or "unknown"),
        ("status", before.status.value, after.status.value),
        ("severity", before.severity.value, after.severity.value),
    )
    changed = [f"{name}: {new} (not {old})" for name, old, new in pairs if old != new]
    return f"What holds: {'; '.join(changed)}." if changed else ""
