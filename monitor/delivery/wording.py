"""Says in words what an alert is about; every channel lays out the same words in its own way.

Plain text only, nothing is escaped or cut here: a channel knows its own limits and signs. Sentences are
sentences.py's. Comes after routing, before a channel renders.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from monitor.delivery.phrasebook import Phrasebook
from monitor.delivery.sentences import event_sentence, label, severity_sentence, story_sentence, why_sentence
from monitor.domain.delivery import Notice, message_id
from monitor.domain.events import EventActor, Evidence
from monitor.domain.feeds import NewsItem
from monitor.domain.publishers import Coverage
from monitor.domain.routing import Alert
from monitor.domain.stories import Story

_EARLIER = 3
_REASONS = 3
_OTHERS = 5
# "msg_" and ten digits: enough for `relmon feedback` to find the alert.
_SHORT_REFERENCE = 14

ADDRESS = re.compile(r"(https?://[^\s<>|]+)")
"""A web address in a text, for channels that make links of it."""

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
class Teller:
    """A publisher beside the one whose report is told: its name, and where its report stands."""

    name: str
    link: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """An alert in words of one language. `update` is what is new where the story stood before.

    `attribution` says on whose word it rests, `others` who else reports it, `and_more` how many have no room there;
    `earlier` is what came before between the two, `why` a sentence for each watch that matched, and `feedback` what to do
    where the alert is wrong.
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
    feedback: str
    others: tuple[Teller, ...] = ()
    and_more: str | None = None

    @property
    def short_reference(self) -> str:
        """As much of the alert's reference as `relmon feedback` needs to find it."""
        return self.reference[:_SHORT_REFERENCE]

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
    independent = len(story.publishers)
    outlet, others = _tellers(alert, book)
    reference = message_id(alert.dedup_key)
    severity = book.say(f"severities.{story.severity}")
    facts = {"severity": severity, "status": book.say(f"statuses.{event.status}"), "outlet": alert.report.item.outlet}
    if grounds := severity_sentence(story, book):
        facts["grounds"] = grounds
    if event.date:
        facts["date"] = book.date(event.date)
    if independent > 1:
        facts["publishers"] = book.say("words.independent", count=independent)
    facts["confidence"] = f"{event.confidence:.0%}"
    why = tuple(why_sentence(watch, book) for watch in alert.matched[:_REASONS])
    if len(why) < len(alert.watches):  # else each stands among the reasons, by its name
        facts["watches"] = ", ".join(alert.watches)
    facts["story"] = story.id
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
        why=why,
        reference=reference,
        feedback=book.say("words.feedback", alert=reference[:_SHORT_REFERENCE]),
        others=others[:_OTHERS],
        and_more=book.say("words.and_more", count=len(others) - _OTHERS) if len(others) > _OTHERS else None,
    )


def _tellers(alert: Alert, book: Phrasebook) -> tuple[str, tuple[Teller, ...]]:
    """What the publisher of the report is called, and the others."""
    item = alert.report.item
    own = _told_by(alert.coverage, item) if alert.coverage else None
    others = tuple(
        Teller(name=_publisher_name(one, book), link=next((each.link for each in one.printings if each.link), None))
        for one in alert.coverage
        if one is not own
    )
    return _publisher_name(own, book) if own else item.outlet, others


def _told_by(coverage: Sequence[Coverage], item: NewsItem) -> Coverage | None:
    """The publisher of an item: an outlet may print an agency's text beside its own, so its link decides."""
    printings = [(each, one) for one in coverage for each in one.printings if each.outlet == item.outlet]
    return next((one for each, one in printings if each.link == item.link), printings[0][1] if printings else None)


def _publisher_name(publisher: Coverage, book: Phrasebook) -> str:
    """An outlet by its name; an agency with whoever prints it, so that three papers with one text are seen as such."""
    outlets = [printing.outlet for printing in publisher.printings]
    if publisher.agency is None:
        return outlets[0]
    if len(outlets) == 1:
        return book.say("words.printed_in", agency=publisher.agency, outlet=outlets[0])
    return book.say("words.printed_by", agency=publisher.agency, count=len(outlets))


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
    return mark_in(evidence, item.text)


def mark_in(evidence: Evidence, text: str) -> MarkedText:
    """The same in a text that is no item's."""
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
