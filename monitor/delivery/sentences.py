"""Says an event, a story or a wish as a sentence of a language: who did what to whom, or is said to be about to.

The verb follows the type, its form the status; an unknown side is left out or called unnamed, and a type of an
operator's own is told plainly. The texts are the phrasebook's. Comes before wording.py, which puts an alert together.
"""

import datetime as dt
from dataclasses import dataclass

from monitor.delivery.phrasebook import Phrasebook
from monitor.domain.events import EventActor, EventDate, Part, RelationEvent
from monitor.domain.routing import ANYONE, Alert, Watch
from monitor.domain.stories import UNKNOWN_SIDE, Story
from monitor.domain.taxonomy import RelationType, Severity, Status

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


def label(type_id: str) -> str:
    """A type in English words: "diplomat expelled" for "diplomat.expelled"."""
    return _LABELS.get(type_id, type_id.replace(".", " ").replace("_", " "))


def event_sentence(alert: Alert, book: Phrasebook) -> str:
    """What the report of an alert says. The story lends a side that the report leaves open."""
    told_on = alert.report.item.published_at.date()
    return reading_sentence(alert.report.event, alert.story, alert.kind, book, told_on=told_on)


def reading_sentence(
    event: RelationEvent, story: Story | None, kind: RelationType, book: Phrasebook, *, told_on: dt.date
) -> str:
    """What an event says that was read in a text of that day; without a story, a side that it leaves open stays so."""
    # Of who was acted upon, the state is what matters; in an encounter both are persons of their own.
    source = _actor(event.source, story.source if story else None, book, by_name=True)
    target = _actor(event.target, story.target if story else None, book, by_name=kind.mutual)
    day = event.date if event.date and not _holds(event.date, told_on) else None
    deed = _Deed(
        type=event.type,
        status=event.status,
        source=source,
        target=target,
        object=event.object or (story.object if story else None),
        day=day,
        speaker=_speaker(event, book),
    )
    return _sentence(deed, book)


def story_sentence(story: Story, book: Phrasebook) -> str:
    """What a story says, between states."""
    source = book.actor(story.source) if story.source else None
    target = book.actor(story.target) if story.target else None
    deed = _Deed(type=story.type, status=story.status, source=source, target=target, object=story.object)
    return _sentence(deed, book)


def pair_words(relation: str, book: Phrasebook) -> str:
    """The two sides of a relation ("USA-VEN"), in the midst of a sentence."""
    unnamed = book.say("sentence.unnamed")
    return book.listed([unnamed if code == UNKNOWN_SIDE else book.actor(code) for code in relation.split("-")])


def why_sentence(watch: Watch, book: Phrasebook) -> str:
    """What a watch asks for, as the reason for which it matched."""
    floor = watch.min_severity
    if floor is Severity.ROUTINE:
        severity = book.say("words.any_severity")
    else:
        severity = book.say("words.from_severity", severity=book.say(f"severities.{floor}").lower())
    sides = [_codes(codes, book) for codes in watch.between]
    if not sides:
        return book.say("words.why_any", watch=watch.name, severity=severity)
    if len(sides) == 1:
        return book.say("words.why_one", watch=watch.name, one=sides[0], severity=severity)
    return book.say("words.why_two", watch=watch.name, one=sides[0], other=sides[1], severity=severity)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Speaker:
    """On whose word it is told, in words; `of_own`: who speaks is who is said to have done it."""

    name: str
    of_own: bool


def severity_sentence(story: Story, book: Phrasebook) -> str:
    """What moved the severity of a story ("critical by its type; lowered: only possible"); empty for nothing."""
    if not story.adjustments:
        return ""
    of_type = book.say(f"severities.{story.type_severity or story.severity}").lower()
    pieces = [book.say("words.by_type", severity=of_type)]
    moved: dict[str, list[str]] = {}
    for adjustment in story.adjustments:
        way = "raised" if adjustment.step > 0 else "lowered" if adjustment.step < 0 else "set"
        moved.setdefault(way, []).append(book.say(f"grounds.{adjustment.ground}"))
    pieces += [book.say(f"words.{way}", grounds=", ".join(grounds)) for way, grounds in moved.items()]
    return "; ".join(pieces)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Deed:
    """What is to be said: the sides in words, None for one that nobody names; the day only where it says something."""

    type: str
    status: Status
    source: str | None
    target: str | None
    object: str | None
    day: EventDate | None = None
    speaker: _Speaker | None = None


def _sentence(deed: _Deed, book: Phrasebook) -> str:
    source, target = deed.source, deed.target
    if source is None and deed.type in book.mutual:
        source, target = target, None
    clause = book.clauses.get(deed.type)
    if clause is None:
        unnamed = book.say("sentence.unnamed")
        said = book.say(
            "sentence.plain",
            source=source or unnamed,
            target=target or unnamed,
            kind=label(deed.type),
            status=book.say(f"statuses.{deed.status}"),
        )
    else:
        what = clause["what"].format(target=target) if target else clause["alone"]
        by = source or clause.get("unknown") or book.say("sentence.unnamed")
        if source and "by" in clause and not source.endswith(")"):
            by = clause["by"].format(state=source)
        forms = {name: clause.get(name, "") for name in ("do", "did", "done")}
        said = book.say(_form(deed), by=by, what=what, speaker=deed.speaker.name if deed.speaker else "", **forms)
    if deed.object:
        said = book.say("sentence.with_object", sentence=said, object=deed.object)
    if deed.day is not None:
        said = book.say("sentence.with_day", sentence=said, day=book.on(deed.day))
    if deed.speaker is not None and _form(deed) == f"sentence.{deed.status}":
        key = "sentence.own_word" if deed.speaker.of_own else "sentence.according"
        said = book.say(key, sentence=said, speaker=deed.speaker.name)
    return said[:1].upper() + said[1:]


def _form(deed: _Deed) -> str:
    """Which sentence says it: that of its status, or one in which the speaker denies it."""
    if deed.speaker is None or deed.status is not Status.DENIED:
        return f"sentence.{deed.status}"
    return "sentence.denied_self" if deed.speaker.of_own else "sentence.denied_by"


def _speaker(event: RelationEvent, book: Phrasebook) -> _Speaker | None:
    speaker, source = event.speaker, event.source
    if speaker is None:
        return None
    of_own = source is not None and (source.code, source.part) == (speaker.code, speaker.part)
    name = _actor(speaker, speaker.code, book, by_name=not of_own) or speaker.name
    return _Speaker(name=name, of_own=of_own)


def _actor(actor: EventActor | None, code: str | None, book: Phrasebook, *, by_name: bool) -> str | None:
    """A side in the midst of a sentence: its state, the part that acts, or the person as written with their state."""
    if actor is None:
        return book.actor(code) if code else None
    if by_name and actor.role and (actor.code, actor.name.casefold()) not in book.state_words:
        state = book.short_actor(actor.code)
        if actor.part is not Part.GOVERNMENT:
            state = book.say(f"parts.{actor.part}", state=book.actor(actor.code))
        return book.say("sentence.person", name=actor.name, state=state)
    return book.say(f"parts.{actor.part}", state=book.actor(actor.code))


def _codes(codes: frozenset[str], book: Phrasebook) -> str:
    if ANYONE in codes:
        return book.say("words.anyone")
    return book.listed(sorted(book.actor(code) for code in codes))


def _holds(date: EventDate, day: dt.date) -> bool:
    """Whether the news itself is of that day, so that naming it adds nothing."""
    return date.first <= day <= date.last and date.first == date.last
