"""Verbs: what a verb group is, and which verb stands over what.

Asks chunks alone: finite, passive, reduced to a participle as headlines have it; the nearest verb to the left, the verb
of an object, the verb that governs an infinitive. Who does what a verb says is the subject's question (subjects).
"""

from monitor.classify.chunks import AND, COMMA, NOUN, PREPOSITION, STOP, VERB, Chunk
from monitor.classify.frames import Frame
from monitor.classify.words import AUXILIARY, BIT, FORM

_FINITE = FORM["base"] | FORM["present"] | FORM["past"] | FORM["future"] | FORM["conditional"] | FORM["subjunctive"]


def is_finite(verb: Chunk) -> bool:
    """Whether a verb group can be the verb of a clause of its own."""
    return bool(verb.tag & AUXILIARY or (verb.bits & _FINITE and not verb.is_infinitive))


def is_passive(verb: Chunk) -> bool:
    """Whether a verb group with an auxiliary is in the passive."""
    return bool(verb.tag & BIT["be"] and verb.bits & FORM["participle"] and not verb.bits & FORM["gerund"])


def may_be_reduced_passive(verb: Chunk) -> bool:
    """Whether a bare participle may stand for a passive, as headlines do: "Envoy summoned over remarks"."""
    return not verb.tag and bool(verb.bits & FORM["participle"])


def is_loose_participle(frame: Frame, index: int) -> bool:
    """Whether a form behind a comma is a participle, since the clause before is told in the present.

    "Chad frees two Finns, held for months in Niger": they were held, whereas who "freed two Finns, held" did both.
    """
    chunks = frame.chunks
    if index < 2 or index + 1 == len(chunks) or not may_be_reduced_passive(chunks[index]):  # noqa: PLR2004 (noun, comma)
        return False
    above = verb_before(frame, index)
    return (
        above is not None
        and has_form(chunks[above], "present")
        and chunks[above + 1].kind is NOUN
        and (chunks[index - 2].kind, chunks[index - 1].kind) == (NOUN, COMMA)
        and chunks[index + 1].kind is PREPOSITION
    )


def has_form(verb: Chunk, *forms: str) -> bool:
    """Whether a bare verb has one of these forms, and is not as well a past one or, asked for the past, a present one."""
    tenses = FORM["present"] | FORM["base"] | FORM["past"]
    asked = sum(FORM[form] for form in forms)
    return not verb.tag & AUXILIARY and bool(verb.bits & asked) and not verb.bits & tenses & ~asked


def verb_before(frame: Frame, place: int) -> int | None:
    """The nearest verb left of a chunk, in the same part of the sentence."""
    for index in range(place - 1, -1, -1):
        if frame.chunks[index].kind is VERB:
            return index
        if frame.chunks[index].kind is STOP:
            return None
    return None


def object_verb(frame: Frame, index: int) -> int | None:
    """The verb whose direct object the noun chunk is."""
    return index - 1 if index and frame.chunks[index - 1].kind is VERB else None


def governor_of(frame: Frame, index: int) -> int | None:
    """The verb that governs an infinitive or gerund: agrees -> to reopen, urges (Peru) -> to reopen."""
    for place in range(index - 1, -1, -1):
        kind = frame.chunks[place].kind
        if kind is VERB:
            return place
        if kind not in (NOUN, PREPOSITION, AND):
            return None
    return None


def is_ceased(frame: Frame, index: int) -> bool:
    """Whether a verb stands right behind one that ends it: "stop bombing", "dejar de bombardear". Nobody is about to do it."""
    before = index - 1
    if before > 0 and frame.chunks[before].kind is PREPOSITION and frame.chunks[before].tag & BIT["genitive"]:
        before -= 1
    return before >= 0 and frame.chunks[before].kind is VERB and has_lemma(frame, before, frame.language.ceasing)


def has_lemma(frame: Frame, index: int, lemmas: frozenset[str]) -> bool:
    """Whether the verb at `index` may be one of these."""
    return any(lemma in lemmas for lemma, _ in frame.chunks[index].lemmas)
