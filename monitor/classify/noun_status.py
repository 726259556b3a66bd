"""The status of a deed that a noun names: "plans a visit", "ahead of the talks", "an attack would mean war".

A noun has no tense: the words before it, the verb over it and the verb that it is the subject of say how far it has come. What
a verb itself says is read in status.
"""

import itertools

from monitor.classify.chunks import AND, NOUN, OPENER, PREPOSITION, RELATIVE, STOP, VERB, Chunk
from monitor.classify.frames import Frame
from monitor.classify.groups import skip_attached
from monitor.classify.status import is_asked, verb_status, weaker
from monitor.classify.verbs import has_lemma, is_passive, may_be_reduced_passive
from monitor.classify.words import BIT, FORM
from monitor.domain.taxonomy import Status


def nominal_status(frame: Frame, index: int, head: int, *, own_source: bool) -> Status:
    """The status of a deed named by the noun at token `head` of chunk `index`: "planned talks", "ahead of the summit".

    A deed that has its `own_source` happened, however others judge it: "rejects Chile's threats". What two sides do
    together has no such source.
    """
    chunk = frame.chunks[index]
    lower = frame.sentence.lower
    status = Status.REPORTED
    if chunk.tag & BIT["no"]:
        return Status.DENIED
    words = [lower[at] for at in range(chunk.first, head)]
    if head + 1 < chunk.last:
        words.append(lower[head + 1])
    place = index - 1
    while place > 0 and frame.chunks[place].kind is AND and frame.chunks[place - 1].kind is NOUN:
        place -= 2  # "ahead of the release and the visit"
    while place >= 0 and frame.chunks[place].kind in (PREPOSITION, OPENER):
        bound = frame.chunks[place].first
        words += lower[max(bound - 1, 0) : bound + 1]  # "open to talks"
        if place and frame.chunks[place - 1].kind is NOUN:
            if frame.chunks[place - 1].tag & BIT["no"]:
                return Status.DENIED  # "no plans for a meeting"
            words.append(lower[frame.chunks[place - 1].last - 1])
            break
        place -= 1
    for word in words:
        known = frame.language.nominal_status.get(word)
        if known is not None:
            status = weaker(status, Status(known))
    status = weaker(status, _verb_over(frame, index, own_source=own_source))
    if is_asked(frame) or _is_in_doubt(frame, index):
        status = weaker(status, Status.POSSIBLE)
    return status


def _is_in_doubt(frame: Frame, index: int) -> bool:
    """Whether the clause ends in words that leave open if the deed comes about: "talks with Chad in doubt"."""
    behind = itertools.takewhile(lambda chunk: chunk.kind not in (STOP, OPENER, RELATIVE, VERB), frame.chunks[index:])
    last = max(chunk.last for chunk in behind)
    return frame.language.doubts.match_ending(frame.sentence.lower, last - 1, frame.chunks[index].first) > 0


def _verb_over(frame: Frame, index: int, *, own_source: bool) -> Status:
    """What the verb lends to the deed that is its object, its adjunct or its subject.

    "will hold talks" is planned, "considers a visit" possible. A deed that is itself the subject has its own time, save
    before verbs of happening ("talks will begin"); so has one that a cause names ("protests over the visit").
    """
    after = skip_attached(frame, index)
    is_subject = after < len(frame.chunks) and frame.chunks[after].kind is VERB
    if is_subject and _only_supposes(frame.chunks[after]):
        return verb_status(frame, after) if has_lemma(frame, after, frame.language.happening) else Status.POSSIBLE
    above = _verb_above(frame, index)
    if above is not None:
        return _lent_by_verb_above(frame, above, index, own_source=own_source)
    return _lent_by_verb_behind(frame, after, own_source=own_source) if is_subject else Status.REPORTED


def _verb_above(frame: Frame, index: int) -> int | None:
    """The verb left of a noun that may lend it its time; none beyond a clause, a cause, or words with a time of their own."""
    for place in range(index - 1, -1, -1):
        chunk = frame.chunks[place]
        if chunk.kind is VERB:
            return place
        if chunk.kind in (STOP, OPENER, RELATIVE) or (
            chunk.kind is PREPOSITION
            and (
                chunk.tag & (BIT["after"] | BIT["before"] | BIT["cause"])
                or frame.sentence.lower[chunk.first] in frame.language.nominal_status  # "ahead of the meeting"
            )
        ):
            return None
    return None


def _lent_by_verb_above(frame: Frame, place: int, index: int, *, own_source: bool) -> Status:
    chunk, denying = frame.chunks[place], has_lemma(frame, place, frame.language.denying)
    if own_source and has_lemma(frame, place, frame.language.discussing):
        return Status.REPORTED  # "the council will debate Chad's attack on Niger"
    own, lent = verb_status(frame, place), _governing(frame, chunk)
    if own == lent == Status.DENIED and not denying:
        return Status.POSSIBLE  # "does not rule out a strike"
    if lent is Status.DENIED and own_source and not denying:
        lent = None
    if own_source and own is Status.DENIED and lent is None and frame.chunks[index - 1].kind is PREPOSITION:
        return Status.REPORTED  # "not swayed by Chad's threat"
    if (
        own_source
        and own is Status.PLANNED
        and lent is None
        and frame.chunks[place + 1].kind is NOUN
        and place + 1 != index
    ):
        return Status.REPORTED  # "to hold a summit on Chad's strikes": it is the summit that is to come
    if Status.DENIED in (own, lent) and frame.chunks[place + 1].kind is NOUN and place + 1 != index:
        return Status.REPORTED  # "fails to seal a deal at the summit with Peru": it is the deal that failed
    return own if lent is None or is_passive(chunk) else weaker(own, lent)


def _lent_by_verb_behind(frame: Frame, place: int, *, own_source: bool) -> Status:
    verb = frame.chunks[place]
    if has_lemma(frame, place, frame.language.impending):
        return weaker(Status.PLANNED, verb_status(frame, place))
    # "Chad's raid hasn't led to a war": what did not come of it denies no deed.
    if not (has_lemma(frame, place, frame.language.happening) or (verb.negated and not own_source)):
        return Status.REPORTED
    status = verb_status(frame, place)
    # "talks set for Friday", "a visit is expected": what is done to the deed says when it is.
    lent = _governing(frame, verb) if is_passive(verb) or may_be_reduced_passive(verb) else None
    return status if lent is None else weaker(status, lent)


def _governing(frame: Frame, verb: Chunk) -> Status | None:
    """What a verb says of that which it governs: "plans", "considers", "denies"."""
    governing = frame.language.governing
    return next((Status(governing[lemma]) for lemma, _ in verb.lemmas if lemma in governing), None)


def _only_supposes(verb: Chunk) -> bool:
    """Whether a verb tells what its subject would lead to: "an attack would mean war". "Habría dejado" only hears so."""
    heard = verb.tag & BIT["have"] and not verb.tag & BIT["future_in_past"]
    return not heard and bool(verb.tag & BIT["future_in_past"] or verb.bits & FORM["conditional"])
