"""The mutes that count in one transaction, and the stories that they held back before (`relmon silence`).

Asked once for all polls of a transaction, so that an installation without mutes pays two small queries. routing/mute.py
decides what a mute covers; `commit.py` asks here before it routes, and notes what came of it. Watches that were told of a story
as it read before its patterns changed (rereading.py) count with those that a mute kept from it.
"""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from monitor.domain.routing import Mute, Silence, SilenceReason
from monitor.storage import mutes, notes, silences
from monitor.storage.connection import Connection

# Longer than a story stands without a report, and as long as reasons are kept.
_REMEMBERED_FOR = dt.timedelta(days=30)
RECLASSIFIED_AT = "reclassified_at"
"""The note that says when changed patterns last took a report out of a story that watches were told of."""


@dataclass(slots=True)
class Mutings:
    """`standing` are the mutes in force or lately so; `held_back` names the watches that each story was kept from."""

    standing: tuple[Mute, ...] = ()
    held_back: dict[str, set[str]] = field(default_factory=dict)

    @classmethod
    def look_up(cls, connection: Connection, story_ids: Collection[str], now: dt.datetime) -> "Mutings":
        """The mutes, and what they did to these stories."""
        standing = mutes.ended_after(connection, now - _REMEMBERED_FOR)
        since = notes.read(connection, RECLASSIFIED_AT)
        was_reread = since is not None and dt.datetime.fromisoformat(since) > now - _REMEMBERED_FOR
        may_be_held = bool(standing) or was_reread
        return cls(standing=standing, held_back=silences.watches_silenced(connection, story_ids) if may_be_held else {})

    def of(self, story_id: str) -> Collection[str]:
        """The ids of the watches that have not heard of the story, and won't hear of it as if it were new."""
        return self.held_back.get(story_id, ())

    def note(self, story_id: str, given: Iterable[Silence]) -> None:
        """Remembers the silences of this transaction, for the reports that follow."""
        watches = {one.watch_id for one in given if one.reason is SilenceReason.SILENCED and one.watch_id is not None}
        if watches:
            self.held_back.setdefault(story_id, set()).update(watches)
