"""Asks the archive whether a story is the first of its type between two states, which makes it weigh more.

Only an archive that reaches back far enough can tell: in a new installation everything would be a first. Asked in the
poll's transaction once both sides of a story are known; how much it counts is stories/severity.py's.
"""

import dataclasses
import datetime as dt
from dataclasses import dataclass, field

from monitor.domain.severity import SeverityTable
from monitor.domain.stories import Story, StoryChange, StoryMentioned
from monitor.storage.connection import Connection
from monitor.storage.events import first_seen_at
from monitor.storage.stories import has_had_another
from monitor.stories.severity import as_first_of_its_type
from monitor.worker.standing import StandingStories


@dataclass(slots=True)
class Firsts:
    """The firsts of one transaction. `_reaches_back_to` is when the archive's first event was seen, once that is known."""

    connection: Connection
    table: SeverityTable
    _reaches_back_to: list[dt.datetime | None] = field(default_factory=list)

    def weigh(self, change: StoryChange, former: Story | None, standing: StandingStories) -> StoryChange:
        """The change with its story raised, where it is a first; `former` is the story as it stood before."""
        if isinstance(change, StoryMentioned) or not self._may_be_first(change.story, former):
            return change
        story, since = change.story, change.story.opened_at - self.table.first_within
        if any(one.type == story.type for one in standing.between_the_same(story)):
            return change
        if has_had_another(self.connection, story, since):
            return change
        return dataclasses.replace(change, story=as_first_of_its_type(story, self.table))

    def _may_be_first(self, story: Story, former: Story | None) -> bool:
        if not self.table.first or story.sample or None in (story.source, story.target):
            return False
        if former is not None and None not in (former.source, former.target):
            return False
        if not self._reaches_back_to:
            self._reaches_back_to.append(first_seen_at(self.connection))
        oldest = self._reaches_back_to[0]
        return oldest is not None and oldest <= story.opened_at - self.table.first_within
