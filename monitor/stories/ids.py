"""Ids of events and stories: derived from content, so that a repeated commit meets its own rows again (R2)."""

import hashlib

from monitor.domain.events import RelationEvent
from monitor.domain.feeds import NewsItem


def event_id(item: NewsItem, event: RelationEvent) -> str:
    """32 hex characters from the item's key and what the event says: type, both codes, object and status.

    Wording, confidence and evidence stay out: an edited headline that still says the same is the same event (P5).
    """
    said = (
        event.type,
        event.source.code if event.source else None,
        event.target.code if event.target else None,
        event.object,
        event.status.value,
    )
    # repr() quotes each part, so that no two different events can run together into one text.
    return _digest(item.key + repr(said).encode())


def story_id(opening_event_id: str) -> str:
    """32 hex characters from the id of the event that opened the story; never equal to an event's own id."""
    return _digest(b"story:" + opening_event_id.encode())


def _digest(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=16).hexdigest()
