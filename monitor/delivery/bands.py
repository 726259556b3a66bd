"""Says in words that the relations index of a pair has come into another band. Plain text, laid out as a notice."""

import datetime as dt
from collections.abc import Sequence

from monitor.delivery.sentences import label
from monitor.domain.delivery import MessageKind, Notice
from monitor.domain.stories import Story


def band_changed(
    relation: str, *, day: dt.date, index: float, band: str, before: str, stories: Sequence[Story], now: dt.datetime
) -> Notice:
    """`stories` are those of the days that led there, the weightiest first; `day` is the day that the index is of."""
    lines = [f"{one.opened_at:%Y-%m-%d} {label(one.type)} ({one.status}): {one.headline}" for one in stories]
    led = "What weighs most:" if lines else "Nothing new weighs on it: what came before is fading."
    return Notice(
        dedup_key=f"index:{relation}:{day}",
        title=f"{relation}: the relations index is {band} now ({index:+.0f}), it was {before}",
        text="\n".join((f"On {day} (UTC). {led}", *lines)),
        at=now,
        kind=MessageKind.SUMMARY,
    )
