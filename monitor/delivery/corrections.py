"""Says in words what was put right, to whoever was told otherwise (P23). Plain text, laid out as a notice."""

import datetime as dt
import hashlib
from collections.abc import Iterator, Sequence

from monitor.delivery.phrasebook import Phrasebook
from monitor.delivery.sentences import story_sentence
from monitor.domain.delivery import MessageKind, Notice
from monitor.domain.stories import StoredEvent, Story


def taken_back(story: Story, reason: str, now: dt.datetime, book: Phrasebook) -> Notice:
    """That a story did not happen, or not so. `reason` is in whoever's words took it back, or empty."""
    title = book.say("corrections.taken_back", sentence=story_sentence(story, book))
    lines = [book.say("corrections.reason", reason=reason)] if reason else []
    return _correction(_by_hand(story, now), title, [*lines, _report(story.headline, book)], now, book)


def put_right(before: Story, after: Story, now: dt.datetime, book: Phrasebook) -> Notice:
    """What holds of a story now, and what had been told of it."""
    lines = [*_changes(before, after, book), _report(before.headline, book)]
    return _correction(_by_hand(before, now), _holds(after, book), lines, now, book)


def corrected_by_publisher(
    before: Story, after: Story, report: StoredEvent, book: Phrasebook, *, key: str, now: dt.datetime
) -> Notice:
    """What holds of a story now that the publisher whom it rests on has corrected itself by `report`.

    `key` names the correction, here and below: it is told once.
    """
    by = book.say("corrections.by_publisher", outlet=report.item.outlet)
    lines = [*_changes(before, after, book), by, _report(report.item.title, book)]
    return _correction(key, _holds(after, book), lines, now, book)


def taken_back_by_publisher(
    story: Story, after: Story, report: StoredEvent, book: Phrasebook, *, key: str, now: dt.datetime
) -> Notice:
    """That one publisher of several has corrected itself by `report`, and who still stands behind the story."""
    others = len(after.publishers)
    title = book.say("corrections.withdrawn", outlet=report.item.outlet, sentence=story_sentence(story, book))
    still = book.say("corrections.one_other") if others == 1 else book.say("corrections.others", count=others)
    return _correction(key, title, [still, _report(report.item.title, book)], now, book)


def says_otherwise(before: Story, after: Story) -> bool:
    """Whether an amendment changes anything that alerts tell."""
    told = [(one.type, one.source, one.target, one.object, one.status, one.severity) for one in (before, after)]
    return told[0] != told[1]


def _holds(after: Story, book: Phrasebook) -> str:
    return book.say("corrections.corrected", sentence=story_sentence(after, book))


def _changes(before: Story, after: Story, book: Phrasebook) -> Iterator[str]:
    told = story_sentence(before, book)
    if told != story_sentence(after, book):
        yield book.say("corrections.told", sentence=told)
    if before.severity is not after.severity:
        severities = [book.say(f"severities.{one.severity}") for one in (after, before)]
        yield book.say("corrections.severity", now=severities[0], before=severities[1])


def _report(headline: str, book: Phrasebook) -> str:
    return book.say("corrections.report", headline=headline)


def _by_hand(story: Story, now: dt.datetime) -> str:
    """The key of what a person puts right: each time is another correction."""
    return f"{story.id}:{now.isoformat()}"


def _correction(key: str, title: str, lines: Sequence[str], now: dt.datetime, book: Phrasebook) -> Notice:
    digest = hashlib.blake2b(key.encode(), digest_size=12).hexdigest()
    return Notice(
        dedup_key=f"correction:{digest}",
        title=title,
        text="\n".join(lines),
        at=now,
        kind=MessageKind.SUMMARY,
        language=book.language,
    )
