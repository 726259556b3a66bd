"""What a pattern file changes: two classifiers, one without it and one with it, over the same texts.

Pure but for the texts that come in. `relmon patterns test` gives it both classifiers and shows what it finds.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from monitor.classify.matcher import Classifier
from monitor.domain.events import EventActor, Passage, RelationEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """An event that only one of the two read. `text_id` names its text, in whatever way the texts are named."""

    text_id: Any
    headline: str
    event: RelationEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What came out: how many texts were read, how many events without and with the file, and what differs."""

    texts: int = 0
    without: int = 0
    with_file: int = 0
    gained: tuple[Change, ...] = ()
    lost: tuple[Change, ...] = ()


def compare(without: Classifier, with_file: Classifier, texts: Iterable[tuple[Any, Passage]]) -> Trial:
    """Reads each text twice. An event that changes its type, a side or its status is lost as one and gained as another."""
    gained: list[Change] = []
    lost: list[Change] = []
    count = before_count = after_count = 0
    for text_id, passage in texts:
        count += 1
        before, after = without.classify(passage), with_file.classify(passage)
        before_count += len(before)
        after_count += len(after)
        headline = passage.text.strip().partition("\n")[0]
        gained += (Change(text_id=text_id, headline=headline, event=event) for event in _only_in(after, before))
        lost += (Change(text_id=text_id, headline=headline, event=event) for event in _only_in(before, after))
    return Trial(texts=count, without=before_count, with_file=after_count, gained=tuple(gained), lost=tuple(lost))


def _only_in(events: Iterable[RelationEvent], others: Iterable[RelationEvent]) -> Iterator[RelationEvent]:
    known = {_content(event) for event in others}
    return (event for event in events if _content(event) not in known)


def _content(event: RelationEvent) -> tuple[object, ...]:
    """What a watcher would hear of; which pattern read it, and how sure it was, is no difference."""
    return event.type, _code(event.source), _code(event.target), event.status, event.mention


def _code(actor: EventActor | None) -> str | None:
    return actor.code if actor else None
