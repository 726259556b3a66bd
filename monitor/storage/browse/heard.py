"""What has just come in, for pages that follow the news while they are open.

Asked every few seconds, so it reads a few rows at the end of an index and nothing else.
"""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Connection, select

from monitor.domain.stories import Story
from monitor.storage.browse.stories import STANDING
from monitor.storage.stories import story_of
from monitor.storage.tables import event, item, story


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A report of a story that has come in. `event_id` is its own; `language` that of its item."""

    event_id: str
    seen_at: dt.datetime
    language: str | None
    story: Story


def heard_since(connection: Connection, since: dt.datetime, *, limit: int) -> tuple[Heard, ...]:
    """Up to `limit` reports that were seen then or later, the latest first, with the stories as they stand now."""
    query = (
        select(event.c.id.label("event_id"), event.c.seen_at, item.c.language, story)
        .join(story, story.c.id == event.c.story_id)
        .join(item, item.c.key == event.c.item_key)
        .where(
            event.c.seen_at >= since,
            event.c.mention.is_(False),
            event.c.withdrawn_at.is_(None),
            *STANDING,
        )
        .order_by(event.c.seen_at.desc(), event.c.id)
        .limit(limit)
    )
    return tuple(
        Heard(
            event_id=row["event_id"],
            seen_at=row[event.c.seen_at],
            language=row[item.c.language],
            story=story_of(row),
        )
        for row in connection.execute(query).mappings()
    )
