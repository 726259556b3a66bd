"""Says in words what a situation is about: the message that opens it, and the summaries that follow (P22).

Plain text, which every channel lays out as it does a notice. Comes after stories/situation.py.
"""

import datetime as dt

from monitor.delivery.phrasebook import Phrasebook
from monitor.delivery.sentences import pair_words
from monitor.delivery.wording import word
from monitor.domain.delivery import MessageKind, Notice
from monitor.domain.routing import Alert
from monitor.domain.situations import Situation, SituationEntry

_MOST_LINES = 20


def line_of(alert: Alert, book: Phrasebook) -> str:
    """One alert as a line of a summary."""
    said = word(alert, (), book)
    return f"{f'{said.update}: ' if said.update else ''}{said.sentence}: {said.headline}"


def opening(situation: Situation, book: Phrasebook) -> Notice:
    """The message that says that the pair makes too many stories to tell each at once."""
    stories = len({entry.story_id for entry in situation.entries})
    return Notice(
        dedup_key=_key(situation, 0),
        title=book.say("situations.opening", pair=pair_words(situation.relation, book), count=stories),
        text="\n".join((*_lines(situation.entries, book), book.say("situations.at_once"))),
        at=situation.opened_at,
        kind=MessageKind.SUMMARY,
        language=book.language,
    )


def summary(situation: Situation, now: dt.datetime, book: Phrasebook) -> Notice:
    """What waits, before it is marked as told."""
    waiting = situation.waiting
    stories = len({entry.story_id for entry in waiting})
    pair, time = pair_words(situation.relation, book), f"{situation.told_at:%H:%M}"
    if stories == 1:
        title = book.say("situations.summary_of_one", pair=pair, time=time)
    else:
        title = book.say("situations.summary", pair=pair, count=stories, time=time)
    return Notice(
        dedup_key=_key(situation, situation.summaries + 1),
        title=title,
        text="\n".join(_lines(waiting, book)),
        at=now,
        kind=MessageKind.SUMMARY,
        language=book.language,
    )


def message_key(situation: Situation, number: int) -> str:
    """The dedup key of one of its messages: 0 is the opening one, the others are its summaries."""
    return f"{MessageKind.SUMMARY}:{_key(situation, number)}:{situation.channel_id}"


def _key(situation: Situation, number: int) -> str:
    return f"situation:{situation.id}:{number}"


def _lines(entries: tuple[SituationEntry, ...], book: Phrasebook) -> tuple[str, ...]:
    """The gravest first, each with its severity; what doesn't fit is counted."""
    ordered = sorted(entries, key=lambda entry: (-entry.severity.rank, entry.at))
    lines = [f"{book.say(f'severities.{entry.severity}').upper()} {entry.line}" for entry in ordered[:_MOST_LINES]]
    if more := len(ordered) - len(lines):
        lines.append(book.say("situations.more", count=more))
    return tuple(lines)
