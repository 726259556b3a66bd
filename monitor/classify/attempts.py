"""Attempts: each candidate pattern tried on the verbs, prepositions and nouns of a sentence that it waits for.

Between the candidates (grammar) and the readings of which the matcher keeps the best. What can't fit for the verb's voice,
or because its subject acts for nobody, is told at a glance; only the others are matched word for word (clauses, nominals).
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from monitor.classify.chunks import NOUN, PREPOSITION, VERB
from monitor.classify.clauses import ClauseMatch
from monitor.classify.frames import Frame
from monitor.classify.grammar import Candidates, Pattern
from monitor.classify.nominals import read_nominal
from monitor.classify.phrases import ClausePhrase
from monitor.classify.reading import Reading
from monitor.classify.subjects import acting_subject
from monitor.classify.verbs import is_passive, may_be_reduced_passive
from monitor.classify.words import COPULA

_NO_SUBJECT = "{source} as its subject"
_NO_SIDES = "both sides, named beside the noun"


class Attempt(NamedTuple):
    """One try of a pattern: its reading, or what was looked for in vain, in words."""

    pattern: Pattern
    reading: Reading | None
    lacks: str


def attempts(frame: Frame, candidates: Candidates) -> Iterator[Attempt]:
    """Every attempt to fit a candidate to the chunk that it waits for."""
    clauses, nominals = candidates.clauses, candidates.nominals
    heads = {at: nominals[word] for at, word in enumerate(frame.sentence.lower) if word in nominals} if nominals else {}
    for index, piece in enumerate(frame.chunks):
        if piece.kind is VERB:
            for lemma, _ in piece.lemmas:
                if lemma in clauses:
                    yield from _on_verb(frame, index, clauses[lemma])
        elif piece.kind is PREPOSITION and COPULA in clauses:
            yield from _on_preposition(frame, index, clauses[COPULA])
        elif piece.kind is NOUN and heads:
            for place in heads.keys() & range(piece.owner_end or piece.first, piece.last):
                for pattern in heads[place]:
                    yield Attempt(pattern, read_nominal(frame, index, place, pattern), _NO_SIDES)


def _on_preposition(frame: Frame, index: int, patterns: Sequence[Pattern]) -> Iterator[Attempt]:
    """Headlines leave the copula out: "Peru, Chile in talks"."""
    word = frame.sentence.lower[frame.chunks[index].first]
    for pattern in patterns:
        if isinstance(pattern.phrase, ClausePhrase) and word in pattern.phrase.prepositions:
            match = ClauseMatch(frame, index, pattern)
            yield Attempt(pattern, match.read_without_verb(), match.lacks)


def _on_verb(frame: Frame, index: int, patterns: Sequence[Pattern]) -> Iterator[Attempt]:
    verb = frame.chunks[index]
    passive = is_passive(verb)
    in_passive = passive or may_be_reduced_passive(verb)
    acts = frame.language.drops_subject or acting_subject(frame, index)
    for pattern in patterns:
        phrase = pattern.phrase
        if not isinstance(phrase, ClausePhrase):
            continue
        if phrase.passive:
            may_fit = in_passive
        else:
            active = not passive and (acts or not pattern.plain_subject)
            may_fit = active or (in_passive and phrase.takes_object)
        if may_fit:
            match = ClauseMatch(frame, index, pattern)
            yield Attempt(pattern, match.read(), match.lacks)
        else:
            yield Attempt(pattern, None, _NO_SUBJECT)
