"""Says in words what a situation is about: the message that opens it, and the summaries that follow (P22).

Plain text, which every channel lays out as it does a notice. Comes after stories/situation.py.
"""

import datetime as dt

from monitor.delivery.phrasebook import Phrasebook
from monitor.delivery.wording import word
from monitor.domain.delivery import MessageKind, Notice
from monitor.domain.routing import Alert
from monitor.domain.situations import Situation, SituationEntry

_MOST_LINES = 20
_AT_ONCE = (
    "What else comes is summed up every half hour. Told at once: the first event of its kind, a higher severity, a denial, "
    "and first reports that are critical."
)


def line_of(alert: Alert, book: Phrasebook) -> str:
    """One alert as a line of a summary."""
    said = word(alert, (), book)
    return f"{f'{said.update}: ' if said.update else ''}{said.sentence}: {said.headline}"


def opening(situation: Situation) -> Notice:
    """The message that says that the pair makes too many stories to tell each at once."""
    stories = len({entry.story_id for entry in situation.entries})
    return Notice(
        dedup_key=f"situation:{situation.id}:0",
        title=f"Situation {situation.relation}: {stories} stories within an hour",
        text="\n".join((*_lines(situation.entries), _AT_ONCE)),
        at=situation.opened_at,
        kind=MessageKind.SUMMARY,
    )


def summary(situation: Situation, now: dt.datetime) -> Notice:
    """What waits, before it is marked as told."""
    waiting = situation.waiting
    stories = len({entry.story_id for entry in waiting})
    return Notice(
        dedup_key=f"situation:{situation.id}:{situation.summaries + 1}",
        title=f"Situation {situation.relation}: {stories} {'story' if stories == 1 else 'stories'} "
        f"since {situation.told_at:%H:%M} UTC",
        text="\n".join(_lines(waiting)),
        at=now,
        kind=MessageKind.SUMMARY,
    )


def _lines(entries: tuple[SituationEntry, ...]) -> tuple[str, ...]:
    """The gravest first, each with its severity; what doesn't fit is counted."""
    ordered = sorted(entries, key=lambda entry: (-entry.severity.rank, entry.at))
    lines = [f"{entry.severity.upper()} {entry.line}" for entry in ordered[:_MOST_LINES]]
    if more := len(ordered) - len(lines):
        lines.append(f"and {more} more")
    return tuple(lines)
