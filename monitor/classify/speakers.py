"""Speakers: on whose word a sentence tells a deed.

"Lima denies that ...", "Chile has ..., Lima says", "according to Lima": only where grammar names one actor plainly; whoever
is quoted in another way is left unsaid. Asks a frame about a reading that was kept; the matcher puts both together.
"""

from dataclasses import replace

from monitor.classify.actors import actors_of
from monitor.classify.chunks import AND, COMMA, NOUN, OPENER, PREPOSITION, RELATIVE, STOP, VERB
from monitor.classify.frames import Frame, Group, Party
from monitor.classify.reading import Reading
from monitor.classify.status import is_refused
from monitor.classify.subjects import subject_of
from monitor.classify.verbs import has_lemma, is_finite, is_passive, object_verb, verb_before
from monitor.classify.words import FORM, MODALS
from monitor.domain.taxonomy import Status

_PARTING = frozenset({COMMA, STOP, OPENER})


def speaker_of(frame: Frame, reading: Reading) -> Party | None:
    """Who gives their word for a deed, or denies it; None where nobody, several or no actor does so plainly."""
    verb = _verb_before(frame, reading)
    contradicted = verb is not None and _contradicts(frame, verb)
    if reading.status is Status.DENIED and not contradicted and (reading.nominal or is_refused(frame, reading.index)):
        return (
            None  # "says it did not strike" denies a deed; "says it will not meet", "does not want talks" denies none
        )
    if verb is not None:
        return _party(frame, subject_of(frame, verb))
    return _party(frame, _teller_behind(frame, reading.index) or _source_ahead(frame, reading.index))


def _party(frame: Frame, group: Group) -> Party | None:
    parties = actors_of(frame, group)
    if len(parties) != 1 or not parties[0].acts:
        return None
    (party,) = parties
    # "Trump envoy says": it is not the one whose name leads the group.
    leads = party.person and any(
        party.first >= frame.chunks[at].first and party.last < frame.chunks[at].last for at in group
    )
    return replace(party, role=None, person=False, office=None) if leads else party


def _verb_before(frame: Frame, reading: Reading) -> int | None:
    """The verb whose clause tells the deed: "Lima says Chile has ...", "Lima denies having ..."."""
    index = reading.index
    if reading.nominal:
        over = object_verb(frame, index)
        if over is None:
            return None
        if _gives_word(frame, over) and _contradicts(frame, over):
            return over
        index = over
    # "says it plans to reopen": the verb that governs the deed stands in the clause.
    while index > 0 and frame.chunks[index - 1].kind is VERB and not _gives_word(frame, index - 1):
        index -= 1
    above = verb_before(frame, index)
    if above is None or frame.chunks[index - 1].kind is AND:
        return None
    return above if _gives_word(frame, above) and _tells(frame, above, index) else None


def _contradicts(frame: Frame, verb: int) -> bool:
    return has_lemma(frame, verb, frame.language.contradicting)


def _gives_word(frame: Frame, index: int) -> bool:
    """Whether a verb says or denies, here and now, as somebody's deed: no "may say", "is said", "does not deny"."""
    verb = frame.chunks[index]
    return (
        has_lemma(frame, index, frame.language.saying | frame.language.contradicting)
        and is_finite(verb)
        and not (is_passive(verb) or verb.negated or verb.tag & MODALS)
    )


def _tells(frame: Frame, above: int, index: int) -> bool:
    """Whether the clause of the verb at `index` is what the verb `above` says: with "that", or with its subject alone."""
    between = [piece.kind for piece in frame.chunks[above + 1 : index]]
    if not between:
        # "denies expelling", "niega haber expulsado": without a clause of its own, only a denial tells a deed.
        return _contradicts(frame, above)
    clause = between[1:] if between[0] is RELATIVE else between
    plain = frame.chunks[index].bits != FORM["gerund"] and is_finite(frame.chunks[index])
    return plain and _PARTING.isdisjoint(clause) and RELATIVE not in clause and between[0] in (RELATIVE, NOUN)


def _teller_behind(frame: Frame, index: int) -> Group:
    """For "..., Lima says", "..., says Lima", "..., according to Lima": behind the last comma, and nothing behind it."""
    commas = [place for place, piece in enumerate(frame.chunks) if piece.kind is COMMA and place > index]
    if not commas or any(piece.kind is STOP for piece in frame.chunks[index : commas[-1]]):
        return ()
    first, last = commas[-1] + 1, len(frame.chunks) - 1
    while last > first and frame.chunks[last].kind is STOP:
        last -= 1
    verbs = [place for place in range(first, last + 1) if frame.chunks[place].kind is VERB]
    if not verbs:
        return _source_at(frame, first)
    verb = verbs[0]
    if len(verbs) > 1 or verb not in (first, last) or not has_lemma(frame, verb, frame.language.saying):
        return ()
    subject = subject_of(frame, verb) if _gives_word(frame, verb) else ()
    return subject if all(first <= at <= last for at in subject) else ()


def _source_ahead(frame: Frame, index: int) -> Group:
    """For "According to Lima, ...": before the first comma, where no verb stands."""
    for piece in frame.chunks[:index]:
        if piece.kind is COMMA:
            return _source_at(frame, 0)
        if piece.kind not in (NOUN, PREPOSITION, AND):
            break
    return ()


def _source_at(frame: Frame, place: int) -> Group:
    """The one noun behind words that name a source: "according to Lima"."""
    lower = frame.sentence.lower
    first = frame.chunks[place].first if place < len(frame.chunks) else len(lower)
    for rest in frame.language.crediting.get(lower[first] if first < len(lower) else "", ()):
        behind = first + 1 + len(rest)
        if tuple(lower[first + 1 : behind]) == rest:
            nouns = (at for at, piece in enumerate(frame.chunks) if piece.kind is NOUN and piece.first >= behind)
            found = next(nouns, len(frame.chunks))
            several = any(piece.kind is AND for piece in frame.chunks[found + 1 : found + 2])
            return () if several or found == len(frame.chunks) else (found,)
    return ()
