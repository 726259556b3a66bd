"""Says in words what an alert is about; every channel lays out the same words in its own way.

Plain text only, nothing is escaped or cut here: a channel knows its own limits and signs. Sentences are
sentences.py's. Comes after routing, before a channel renders.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from monitor.delivery.phrasebook import Phrasebook
from monitor.delivery.sentences import event_sentence, label, story_sentence, why_sentence
from monitor.domain.delivery import Notice, message_id
from monitor.domain.events import EventActor, Evidence
from monitor.domain.feeds import NewsItem
from monitor.domain.routing import Alert
from monitor.domain.stories import Story

_EARLIER = 3
_REASONS = 3

_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedText:
    """A sentence in three pieces: before the words that an event rests on, those words, and what follows them."""

    before: str
    marked: str
    after: str

    def __str__(self) -> str:
        return self.before + self.marked + self.after


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One line of the table below an alert. `key` is the same in every language, for channels that say it elsewhere."""

    key: str
    label: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """An alert in words of one language. `update` is what is new where the story stood before.

    `attribution` says on whose word it rests, `earlier` is what came before between the two, and `why` a sentence for
    each watch that matched.
    """

    sentence: str
    severity: str
    attribution: str
    update: str | None
    headline: str
    evidence: MarkedText
    facts: tuple[Fact, ...]
    earlier: tuple[str, ...]
    why: tuple[str, ...]
    reference: str

    @property
    def evidence_adds(self) -> bool:
        """Whether the evidence says more than the headline above it: other words, or which of these it rests on."""
        found = self.evidence
        marks_a_part = bool(found.marked and (found.before or found.after))
        return marks_a_part or str(found) != self.headline

    def facts_but(self, *keys: str) -> tuple[Fact, ...]:
        """The facts, but for those that a channel says elsewhere."""
        return tuple(fact for fact in self.facts if fact.key not in keys)


def word(alert: Alert, earlier: Sequence[Story], book: Phrasebook) -> Wording:
    """All that an alert says, but for links and the time of publication, which each channel writes in its own way."""
    event, story = alert.report.event, alert.story
    outlet, independent = alert.report.item.outlet, len(story.publishers)
    severity = book.say(f"severities.{alert.kind.severity}")
    facts = {"severity": severity, "status": book.say(f"statuses.{event.status}"), "outlet": outlet}
    if event.date:
        facts["date"] = book.date(event.date)
    if independent > 1:
        facts["publishers"] = book.say("words.independent", count=independent)
    facts |= {"confidence": f"{event.confidence:.0%}", "watches": ", ".join(alert.watches), "story": story.id}
    if independent > 1:
        attribution = book.say("words.more_sources", outlet=outlet, count=independent)
    else:
        attribution = book.say("words.one_source", outlet=outlet)
    return Wording(
        sentence=event_sentence(alert, book),
        severity=severity,
        attribution=attribution,
        update=book.say(f"stages.{alert.stage}") or None,
        headline=alert.report.item.title,
        evidence=mark(event.evidence, alert.report.item),
        facts=tuple(Fact(key=key, label=book.say(f"labels.{key}"), value=value) for key, value in facts.items()),
        earlier=tuple(_earlier(one, book) for one in earlier[:_EARLIER]),
        why=tuple(why_sentence(watch, book) for watch in alert.matched[:_REASONS]),
        reference=message_id(alert.dedup_key),
    )


def kind_words(notice: Notice, book: Phrasebook) -> str:
    """What kind of message a notice is, in its own language: the operator's are English in every channel."""
    return book.say(f"kinds.{notice.kind}") if notice.language == book.language else notice.kind.value


def line(alert: Alert) -> str:
    """An alert in one line for operators and programs: the sides with their codes, the type, the status."""
    event, story = alert.report.event, alert.story
    arrow = "↔" if alert.kind.mutual else "→"
    sides = f"{_side(event.source, story.source)} {arrow} {_side(event.target, story.target)}"
    what = label(event.type) + (f": {event.object}" if event.object else "")
    return f"{sides}: {what} ({event.status})"


def mark(evidence: Evidence, item: NewsItem) -> MarkedText:
    """The sentence of the evidence with its words found in it.

    Their place counts from the start of the whole text (headline, blank line, body), so the sentence is looked up there.
    Where the text is no longer that of the item, the sentence comes back unmarked rather than marked wrongly.
    """
    text = item.text
    sentence, start, end = evidence.sentence, evidence.start, evidence.end
    at = text.find(sentence) if sentence else -1
    while at >= 0:
        if at <= start < end <= at + len(sentence):
            first, last = start - at, end - at
            return MarkedText(before=sentence[:first], marked=sentence[first:last], after=sentence[last:])
        at = text.find(sentence, at + 1)
    return MarkedText(before=sentence, marked="", after="")


def printable(text: str) -> str:
    """`text` on one line, without control and bidi characters, which could repaint a terminal or turn a line round."""
    return _SPACES.sub(" ", "".join(mark if mark.isprintable() else " " for mark in text))


def _side(actor: EventActor | None, code: str | None) -> str:
    """One side by its name as written and its code; the story may know a side that this report leaves open."""
    if actor is None:
        return code or "unknown"
    return actor.name if actor.name == actor.code else f"{actor.name} ({actor.code})"


def _earlier(story: Story, book: Phrasebook) -> str:
    return book.say("words.earlier", day=book.day(story.opened_at.date()), sentence=story_sentence(story, book))
