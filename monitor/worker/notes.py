"""Notes in the poll's transaction what waits for the digests of watches; routing/digest.py decides what does.

Whatever waits there and nowhere else keeps a silence that says so. The tick of digests.py tells it.
"""

import datetime as dt
from dataclasses import dataclass, field

from monitor.domain.digests import DigestNote
from monitor.domain.feeds import FeedSource, FirstPoll
from monitor.domain.routing import Silence, SilenceReason
from monitor.domain.stories import Stage, StoredEvent, Story, StoryChange
from monitor.routing.digest import notes_of
from monitor.routing.watches import Routed
from monitor.storage import digests
from monitor.storage.connection import Connection
from monitor.worker.desk import Desk


@dataclass(slots=True)
class Notes:
    """What the polls of one transaction leave for digests."""

    connection: Connection
    desk: Desk
    now: dt.datetime
    silences: list[Silence] = field(default_factory=list)
    _notes: list[DigestNote] = field(default_factory=list)

    def take(self, change: StoryChange, routed: Routed, source: FeedSource, *, baseline: bool) -> None:
        """Notes what of a change waits, now that it is routed. `baseline`: it came with the first poll of `source`."""
        if not any(watch.digest for watch in self.desk.watches) and source.first_poll is not FirstPoll.DIGEST:
            return
        alerted = {watch for alert in routed.alerts for watch in alert.watches}
        noted = notes_of(
            change,
            self.desk.watches,
            self.desk.taxonomy[change.report.event.type],
            source,
            alerted=alerted,
            now=self.now,
            max_age=self.desk.max_age,
            baseline=baseline,
        )
        self._notes += noted
        self.silences += [
            Silence(event_id=note.event_id, watch_id=note.watch_id, reason=SilenceReason.DIGEST)
            for note in noted
            if note.watch_id not in alerted
        ]

    def take_corroborated(self, story: Story, report: StoredEvent, routed: Routed) -> None:
        """Notes a report that waited for further publishers, for the watches that leave it to their digest."""
        self._notes += [
            DigestNote(watch_id=one.watch_id, story_id=story.id, stage=Stage.FIRST, event_id=report.id, at=self.now)
            for one in routed.silences
            if one.reason is SilenceReason.DIGEST and one.watch_id is not None
        ]

    def save(self) -> None:
        """Writes the notes; stories and events must be stored already."""
        digests.note(self.connection, self._notes)
