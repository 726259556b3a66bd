"""Recalled: deeds that a sentence takes as known and only comes back to.

What stands behind "after", in a clause that opens the sentence with "when", or in a relative clause that says who somebody
is ("Ghana, which expelled two envoys, votes"), is no news of the sentence. Comes behind status, which reads tense and
modality; clauses and noun phrases ask it whether their deed is a mention.
"""

from monitor.classify.actors import actors_of
from monitor.classify.chunks import COMMA, NOUN, OPENER, PREPOSITION, RELATIVE, STOP, VERB, Chunk
from monitor.classify.frames import Frame
from monitor.classify.status import is_mention, stands_before
from monitor.classify.subjects import subject_of
from monitor.classify.verbs import (
    has_form,
    has_lemma,
    is_finite,
    is_loose_participle,
    may_be_reduced_passive,
    object_verb,
    verb_before,
)
from monitor.classify.words import AUXILIARY, BIT, FORM, MODALS


def is_recalled(frame: Frame, index: int) -> bool:
    """Whether the deed at chunk `index` is told again in passing."""
    verb = object_verb(frame, index) if frame.chunks[index].kind is NOUN else index  # "who led the raid"
    return (
        is_mention(frame, index)
        or _opens_sentence(frame, index)
        or (verb is not None and _says_who(frame, verb))
        or (verb is not None and stands_before(frame, verb) and has_form(frame.chunks[verb], "past"))
        or _is_aside(frame, index)
        or is_loose_participle(frame, index)
    )


def _opens_sentence(frame: Frame, index: int) -> bool:
    """Whether the clause of the chunk opens the sentence with "when": "When Togo attacked Benin, ..."."""
    opener = frame.chunks[0]
    if opener.kind is not OPENER or not opener.tag & BIT["recalling"]:
        return False
    parted = False
    for piece in reversed(frame.chunks[1:index]):
        if piece.kind is STOP or (parted and piece.kind is VERB):
            return False  # the clause that the "when" leads to ended before
        parted = parted or piece.kind is COMMA
    return True


def _says_who(frame: Frame, index: int) -> bool:
    """Whether a verb in the past stands in a relative clause or a participle that says who somebody is."""
    chunks = frame.chunks
    if index < 1 or chunks[index].kind is not VERB:
        return False
    if chunks[index - 1].kind is NOUN:
        return _is_participle_of_subject(frame, index) or _is_participle_of_object(frame, index)
    noun = index - 2 if chunks[index - 1].kind is RELATIVE else -1
    if noun > 0 and chunks[noun].kind is COMMA:
        noun -= 1
    if noun < 0 or chunks[noun].kind is not NOUN:
        return False
    above = verb_before(frame, noun)
    # Where one word is both, "that" may lead to what somebody says: "advirtió a Perú que ha cerrado".
    if above is not None and (frame.language.drops_subject or not _looks_back(chunks[index])):
        return False
    main = _main_verb_behind(frame, index)
    if above is None and main is None:
        return False
    # "Peru, which recalled its envoy on Monday, waits": a day of the week dates it as fresh.
    clause = frame.sentence.lower[chunks[index - 1].last : chunks[main].first if main is not None else None]
    return frame.language.dates.weekdays.keys().isdisjoint(clause)


def _looks_back(verb: Chunk) -> bool:
    """Whether a verb tells of what was: "which led", "which has led", and not "which leads" or "which will lead"."""
    if verb.tag & AUXILIARY:
        return bool(verb.tag & BIT["have"]) and not verb.tag & MODALS
    return bool(verb.bits & FORM["past"])


def _main_verb_behind(frame: Frame, index: int) -> int | None:
    behind = range(index + 1, len(frame.chunks))
    return next((at for at in behind if frame.chunks[at].kind is VERB and is_finite(frame.chunks[at])), None)


def _is_aside(frame: Frame, index: int) -> bool:
    """For "expulsó a Silva, acusado por Chile de espionaje": a bare participle behind a comma, with another verb before."""
    chunks, verb = frame.chunks, frame.chunks[index]
    if verb.kind is not VERB or verb.bits != FORM["participle"] or verb.tag & AUXILIARY:
        return False
    if [piece.kind for piece in chunks[max(index - 2, 0) : index]] != [NOUN, COMMA]:
        return False
    return any(piece.kind is VERB and piece.bits != FORM["participle"] for piece in chunks[: index - 2])


def _tells_of_them(frame: Frame, index: int, last: int) -> bool:
    """Whether those whom the participle at `index` tells apart are what the verb at `last` is about: "Finns held in Chad freed"."""
    verb = frame.chunks[last]
    if frame.chunks[index + 1].kind is not PREPOSITION or any(
        party.acts for party in actors_of(frame, subject_of(frame, index))
    ):
        return False
    behind = frame.chunks[last + 1] if last + 1 < len(frame.chunks) else None
    ends = behind is None or (behind.kind is not NOUN and not behind.tag & BIT["agent"])
    return ends or not verb.bits & (FORM["participle"] | FORM["past"])


def _is_participle_of_subject(frame: Frame, index: int) -> bool:
    """For "Two Finns held in Chad have fled": a participle behind a noun that has another verb in the same clause."""
    chunks = frame.chunks
    if not may_be_reduced_passive(chunks[index]):
        return False
    for at, piece in enumerate(chunks[index + 1 :], index + 1):
        if piece.kind is VERB and is_finite(piece):
            plain = not piece.bits & (FORM["participle"] | FORM["base"])  # "is", "says"
            return (
                plain or bool(piece.tag & AUXILIARY) or _tells_of_them(frame, index, at)
            ) and not piece.is_infinitive
        if piece.kind in (STOP, COMMA, RELATIVE) or (piece.kind is OPENER and not piece.tag & BIT["after"]):
            return False
    return False


def _is_participle_of_object(frame: Frame, index: int) -> bool:
    """For "Chad shows two Finns held in Niger": a participle behind what a verb of today has for its object."""
    chunks = frame.chunks
    above = verb_before(frame, index)
    if above is None or not may_be_reduced_passive(chunks[index]) or index + 1 == len(chunks):
        return False
    if has_lemma(frame, above, frame.language.saying) or not has_form(chunks[above], "present"):
        return False
    together = all(piece.kind in (NOUN, PREPOSITION) for piece in chunks[above + 1 : index])
    return together and chunks[index + 1].kind is PREPOSITION
