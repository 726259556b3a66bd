"""Says in words what was put right, to whoever was told otherwise (P23). Plain text, laid out as a notice."""

import datetime as dt
import hashlib
from collections.abc import Sequence

from monitor.delivery.phrasebook import Phrasebook
from monitor.delivery.sentences import story_sentence
from monitor.domain.delivery import MessageKind, Notice
from monitor.domain.stories import Story


def taken_back(story: Story, reason: str, now: dt.datetime, book: Phrasebook) -> Notice:
    """That a story did not happen, or not so. `reason` is in whoever's words took it back, or empty."""
    title = book.say("corrections.taken_back", sentence=story_sentence(story, book))
    return _correction(story, title, [book.say("corrections.reason", reason=reason)] if reason else [], now, book)


def put_right(before: Story, after: Story, now: dt.datetime, book: Phrasebook) -> Notice:
    """What holds of a story now, and what had been told of it."""
    told, holds = story_sentence(before, book), story_sentence(after, book)
    lines = [book.say("corrections.told", sentence=told)] if told != holds else []
    if before.severity is not after.severity:
        severities = [book.say(f"severities.{one.severity}") for one in (after, before)]
        lines.append(book.say("corrections.severity", now=severities[0], before=severities[1]))
    return _correction(before, book.say("corrections.corrected", sentence=holds), lines, now, book)


def says_otherwise(before: Story, after: Story) -> bool:
    """Whether an amendment changes anything that alerts tell."""
    told = [(one.type, one.source, one.target, one.object, one.status, one.severity) for one in (before, after)]
    return told[0] != told[1]


def _correction(story: Story, title: str, lines: Sequence[str], now: dt.datetime, book: Phrasebook) -> Notice:
    digest = hashlib.blake2b(f"{story.id}:{now.isoformat()}".encode(), digest_size=12).hexdigest()
    return Notice(
        dedup_key=f"correction:{digest}",
        title=title,
        text="\n".join((*lines, book.say("corrections.report", headline=story.headline))),
        at=now,
        kind=MessageKind.SUMMARY,
        language=book.language,
    )
