"""The stories that a transaction knows, found by the relation of a report.

`gather` compares a report with each story that it is given; a first poll brings thousands of both, so it is given only
those that share a side with the report. Used by `commit.py`, filled from storage and by what it opens itself.
"""

from collections import defaultdict
from collections.abc import Collection

from monitor.domain.stories import StoredEvent, Story, relation_of


def sides_of(report: StoredEvent) -> tuple[str | None, str | None]:
    """The codes of source and target; None for a side that is unknown."""
    source, target = report.event.source, report.event.target
    return source.code if source else None, target.code if target else None


class StandingStories:
    """Stories by id and by relation; a story that is kept again takes the place of its former state."""

    def __init__(self) -> None:
        self._stories: dict[str, Story] = {}
        self._by_relation: defaultdict[str, dict[str, Story]] = defaultdict(dict)

    @property
    def ids(self) -> Collection[str]:
        """The ids of all stories that are known."""
        return self._stories.keys()

    def get(self, story_id: str) -> Story | None:
        """The story with this id, as it was kept last."""
        return self._stories.get(story_id)

    def keep(self, story: Story) -> None:
        """Takes a story in; its relation may have changed, since a report can name a side that was unknown."""
        former = self._stories.get(story.id)
        if former is not None:
            del self._by_relation[former.relation][story.id]
        self._stories[story.id] = story
        self._by_relation[story.relation][story.id] = story

    def near(self, report: StoredEvent) -> tuple[Story, ...]:
        """The stories that the report might join: an unknown side, there or here, fits any."""
        source, target = sides_of(report)
        if source is not None and target is not None:
            relations = {relation_of(source, target), relation_of(source, None), relation_of(None, target)}
        else:
            relations = {name for name in self._by_relation if (source or target) in name.split("-")}
        return tuple(story for name in relations for story in self._by_relation.get(name, {}).values())

    def between_the_same(self, story: Story) -> tuple[Story, ...]:
        """What else stands between the two sides of this story, the latest first; sample news stays among its own."""
        others = [
            other
            for other in self._by_relation[relation_of(story.source, story.target)].values()
            if other.id != story.id and other.sample == story.sample
        ]
        return tuple(sorted(others, key=lambda other: (other.last_report_at, other.id), reverse=True))
