"""Example values for the tests of storage. Their headlines are invented."""

import datetime as dt
import hashlib
from typing import Any

from monitor.domain.delivery import Message, MessageKind, Rendered, message_id
from monitor.domain.events import DatePrecision, EventActor, EventDate, Evidence, RelationEvent
from monitor.domain.feeds import FeedSource, NewsItem
from monitor.domain.stories import StoredEvent, Story
from monitor.domain.taxonomy import Severity, Status

NOW = dt.datetime(2026, 1, 5, 12, 0, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


def digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


def source(feed_id: str = "gazette", **changes: Any) -> FeedSource:
    given: dict[str, Any] = {
        "url": f"https://news.example/{feed_id}",
        "title": feed_id.title(),
        "poll_every": dt.timedelta(minutes=5),
    }
    return FeedSource(id=feed_id, **(given | changes))


def news(name: str = "one", **changes: Any) -> NewsItem:
    given: dict[str, Any] = {
        "key": digest(name),
        "digest": digest(f"{name} as first written"),
        "feed_id": "gazette",
        "guid": f"tag:{name}",
        "link": f"https://news.example/{name}",
        "title": f"Freedonia recalls its envoy, take {name}",
        "summary": "Talks in the capital had ended without a word.",
        "outlet": "The Gazette",
        "language": "en",
        "published_at": NOW - MINUTE,
        "seen_at": NOW,
    }
    return NewsItem(**(given | changes))


def report(name: str = "one", item: NewsItem | None = None, **changes: Any) -> StoredEvent:
    given: dict[str, Any] = {
        "type": "ambassador.recalled",
        "plover": "COERCE",
        "source": EventActor(code="USA", name="Freedonia", role="foreign minister"),
        "target": EventActor(code="VEN", name="Sylvania"),
        "status": Status.REPORTED,
        "confidence": 0.75,
        "evidence": Evidence(sentence="Freedonia recalls its envoy", start=0, end=27, pattern="recall-1"),
        "date": EventDate(first=dt.date(2026, 1, 1), last=dt.date(2026, 1, 31), precision=DatePrecision.MONTH),
    }
    return StoredEvent(id=f"event-{name}", item=item or news(), event=RelationEvent(**(given | changes)))


def story(name: str = "one", **changes: Any) -> Story:
    given: dict[str, Any] = {
        "relation": "USA-VEN",
        "type": "ambassador.recalled",
        "source": "USA",
        "target": "VEN",
        "object": None,
        "status": Status.PLANNED,
        "date": EventDate(first=dt.date(2026, 1, 5), last=dt.date(2026, 1, 5), precision=DatePrecision.DAY),
        "severity": Severity.MAJOR,
        "opened_at": NOW,
        "last_report_at": NOW,
        "publishers": frozenset({"the gazette", "evening star"}),
        "headline": "Freedonia recalls its envoy",
    }
    return Story(id=f"story-{name}", **(given | changes))


def message(name: str = "one", channel_id: str = "desk", **changes: Any) -> Message:
    key = f"alert:{name}:first:{channel_id}"
    given: dict[str, Any] = {
        "id": message_id(key),
        "dedup_key": key,
        "channel_id": channel_id,
        "kind": MessageKind.ALERT,
        "rendered": Rendered(content_type="application/json", body=f'{{"text":"{name}"}}'.encode()),
        "created_at": NOW,
        "watches": ("envoys", "region"),
    }
    return Message(**(given | changes))
