"""Says in words what an alert is about; every channel lays out the same words in its own way.

Plain text only, nothing is escaped or cut here: a channel knows its own limits and signs. Comes after routing, before
a channel renders.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from monitor.domain.delivery import message_id
from monitor.domain.events import EventActor, Evidence
from monitor.domain.feeds import NewsItem
from monitor.domain.routing import Alert
from monitor.domain.stories import Stage, Story

SAMPLE_MARK = "SAMPLE"

_SPACES = re.compile(r"\s+")

# Most ids read well with their dots as spaces ("diplomat expelled", "sanctions lifted"); these would not.
_LABELS = {
    "cooperation.economic": "economic cooperation",
    "cooperation.security": "security cooperation",
    "cyber.attack": "cyberattack",
    "statement.criticism": "criticism",
    "statement.support": "statement of support",
    "terror.delisted": "taken off a terrorism list",
    "terror.listed": "put on a terrorism list",
}

_STAGES = {
    Stage.FIRST: None,
    Stage.HAPPENED: "Update: now reported to have happened",
    Stage.PLANNED: "Update: now planned",
    Stage.DENIED: "Update: now denied",
    Stage.CALLED_OFF: "Update: not to take place after all",
    Stage.CONTRADICTED: "Update: reported again after it was denied; both claims stand",
    Stage.ATTRIBUTED: "Update: now attributed",
    Stage.RAISED: "Update: graver than first reported",
    Stage.OFFICIAL: "Update: now said officially",
    Stage.CORROBORATED: "Update: a second independent publisher reports it",
    Stage.ESTABLISHED: "Update: a third independent publisher reports it",
    Stage.DETAILED: "Update: now known what it was about",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedText:
    """A sentence in three pieces: before the words that an event rests on, those words, and what follows them."""

    before: str
    marked: str
    after: str

    def __str__(self) -> str:
        return self.before + self.marked + self.after


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """An alert in words. `line` says who did what to whom; `update` what is new where the story stood before."""

    line: str
    update: str | None
    headline: str
    evidence: MarkedText
    facts: tuple[tuple[str, str], ...]
    earlier: tuple[str, ...]
    reference: str

    @property
    def evidence_adds(self) -> bool:
        """Whether the evidence says more than the headline above it: other words, or which of these it rests on."""
        found = self.evidence
        marks_a_part = bool(found.marked and (found.before or found.after))
        return marks_a_part or str(found) != self.headline


def word(alert: Alert, earlier: Sequence[Story] = ()) -> Wording:
    """All that an alert says, but for times and links, which each channel writes in its own way."""
    event, story = alert.report.event, alert.story
    arrow = "↔" if alert.kind.mutual else "→"
    sides = f"{_side(event.source, story.source)} {arrow} {_side(event.target, story.target)}"
    what = label(event.type) + (f": {event.object}" if event.object else "")
    facts = [
        ("Severity", alert.kind.severity.value),
        ("Status", event.status.value),
        ("Outlet", alert.report.item.outlet),
    ]
    if event.date:
        facts.append(("Date of the event", str(event.date)))
    if len(story.publishers) > 1:
        facts.append(("Publishers", f"{len(story.publishers)} independent"))
    facts += [("Confidence", f"{event.confidence:.0%}"), ("Watches", ", ".join(alert.watches)), ("Story", story.id)]
    return Wording(
        line=f"{sides}: {what} ({event.status})",
        update=_STAGES[alert.stage],
        headline=alert.report.item.title,
        evidence=mark(event.evidence, alert.report.item),
        facts=tuple(facts),
        earlier=tuple(_earlier(one) for one in earlier),
        reference=message_id(alert.dedup_key),
    )


def label(type_id: str) -> str:
    """A type in words: "diplomat expelled" for "diplomat.expelled"."""
    return _LABELS.get(type_id, type_id.replace(".", " ").replace("_", " "))


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


def _earlier(story: Story) -> str:
    return f"{story.opened_at:%Y-%m-%d} {label(story.type)} ({story.status}): {story.headline}"
