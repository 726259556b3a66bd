"""Stories for those who subscribe to a list: each with its last step, and those that were taken back of late among them.

Whoever reads a feed keeps what was in it. So a story that was taken back has to come once more, to say so, while lists of stories
leave it out.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select

from monitor.domain.browsing import StoryFilter
from monitor.domain.stories import Stage, Story
from monitor.storage.browse.stories import list_stories, narrowed
from monitor.storage.stories import story_of
from monitor.storage.tables import event, story

_MOST_TAKEN_BACK = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldStory:
    """A story as it stands. `changed_at` is when it last came to say something else; `stage` the last one that it reached.

    `stage` is None for one that is as it was first reported, and where an earlier version wrote it, which kept no stages.
    """

    story: Story
    stage: Stage | None
    changed_at: dt.datetime


def told_stories(
    connection: Connection, wanted: StoryFilter, *, taken_back_since: dt.datetime, limit: int
) -> tuple[ToldStory, ...]:
    """Up to `limit` stories that the filter leaves, those that changed last first.

    They are those that were reported last, and those that were taken back since then.
    """
    standing = list_stories(connection, wanted, limit=limit).rows
    taken_back = _taken_back(connection, wanted, taken_back_since)
    steps = _last_steps(connection, [one.id for one in (*standing, *taken_back)])
    told = [_told(one, steps) for one in (*standing, *taken_back)]
    return tuple(sorted(told, key=lambda one: (one.changed_at, one.story.id), reverse=True)[:limit])


def _taken_back(connection: Connection, wanted: StoryFilter, since: dt.datetime) -> tuple[Story, ...]:
    # In two steps: in one, an index of the sides would be searched for all that they ever did.
    lately = connection.scalars(
        select(story.c.id)
        .where(story.c.retracted_at >= since)
        .order_by(story.c.retracted_at.desc())
        .limit(_MOST_TAKEN_BACK)
    ).all()
    if not lately:
        return ()
    query = select(story).where(story.c.id.in_(lately), story.c.merged_into.is_(None), *narrowed(wanted))
    return tuple(story_of(row) for row in connection.execute(query).mappings())


def _told(one: Story, steps: Mapping[str, tuple[dt.datetime, Stage]]) -> ToldStory:
    moved_at, stage = steps.get(one.id, (None, None))
    moments = (one.opened_at, moved_at, one.put_right_at, one.retracted_at)
    return ToldStory(story=one, stage=stage, changed_at=max(at for at in moments if at is not None))


def _last_steps(connection: Connection, story_ids: Iterable[str]) -> dict[str, tuple[dt.datetime, Stage]]:
    query = (
        select(event.c.story_id, event.c.seen_at, event.c.stage)
        .where(event.c.story_id.in_(list(story_ids)), event.c.stage.is_not(None), event.c.withdrawn_at.is_(None))
        .order_by(event.c.seen_at, event.c.id)
    )
    return {story_id: (seen_at, Stage(stage)) for story_id, seen_at, stage in connection.execute(query)}
