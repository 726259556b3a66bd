"""Situations: so many stories of one pair within an hour that a channel hears of them together (P22)."""

import datetime as dt
from dataclasses import dataclass

from monitor.domain.stories import Stage
from monitor.domain.taxonomy import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class SituationEntry:
    """What a channel is told of one step of one story. `summary` is the number of the summary that told of it.

    0 is the message that opened the situation, None says that it waits for the next one. What was told at once is in no
    summary: its number is that of the last one before.
    """

    story_id: str
    stage: Stage
    type: str
    severity: Severity
    at: dt.datetime
    line: str
    watches: tuple[str, ...]
    summary: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """A burst of stories between one pair, as one channel hears of it.

    `summaries` counts the messages that were sent of it, the opening one left out; `told_at` is when the last one was.
    """

    id: str
    relation: str
    channel_id: str
    opened_at: dt.datetime
    last_at: dt.datetime
    told_at: dt.datetime
    entries: tuple[SituationEntry, ...]
    summaries: int = 0
    closed_at: dt.datetime | None = None

    @property
    def waiting(self) -> tuple[SituationEntry, ...]:
        """What the next summary will tell."""
        return tuple(entry for entry in self.entries if entry.summary is None)
