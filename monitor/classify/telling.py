"""Telling: by what words a text tells a deed, which says whether it may be one that is known already.

A headline tells what is new by a verb ("Togo raids the port"); a noun ("the raid on the port") as often looks back. "Raids
another port" and "raids the port again" say that it was done before. Comes after a phrase has fitted; what follows from it
for a story is gathering's.
"""

import itertools
from collections.abc import Sequence

from monitor.classify.chunks import COMMA, NOUN, OPENER, PREPOSITION, RELATIVE, STOP, VERB, Chunk
from monitor.classify.frames import Frame
from monitor.classify.groups import skip_attached
from monitor.classify.reading import Reading
from monitor.classify.subjects import acting_subject
from monitor.classify.verbs import has_lemma, object_verb
from monitor.domain.events import Telling

_ENDS_OBJECT = (VERB, PREPOSITION, STOP, OPENER, RELATIVE, COMMA)
_ENDS_CLAUSE = (STOP, OPENER, RELATIVE, COMMA)


def telling_of(frame: Frame, reading: Reading) -> Telling:
    """How the deed of a reading is told."""
    if reading.nominal:
        return _of_noun(frame, reading.index)
    if _stands_aside(frame, reading) or _results(frame, reading):
        return Telling.OUTCOME
    behind = frame.chunks[reading.index + 1 :]
    of_object, of_clause = _how_many_before(behind, _ENDS_OBJECT), _how_many_before(behind, _ENDS_CLAUSE)
    if any(_is_one_more(frame, piece) for piece in behind[:of_object] if piece.kind is NOUN):
        return Telling.ANEW
    end = behind[of_clause].first if of_clause < len(behind) else len(frame.sentence.lower)
    return Telling.ANEW if _is_again(frame, frame.chunks[reading.index].first, end) else Telling.VERB


def _of_noun(frame: Frame, index: int) -> Telling:
    """How a noun is told: by the verb that does it ("launches raids on", "holds talks"), or that says how it goes."""
    before, after = object_verb(frame, index), skip_attached(frame, index)
    if before is not None and has_lemma(frame, before, frame.language.light):
        return Telling.VERB
    has_verb = after < len(frame.chunks) and frame.chunks[after].kind is VERB
    goes_on = has_verb and has_lemma(frame, after, frame.language.underway)
    return Telling.OUTCOME if goes_on else Telling.NOUN


def _stands_aside(frame: Frame, reading: Reading) -> bool:
    """Whether who did it stands behind the verb and a preposition, and is not its agent: "die in a Togolese raid"."""
    if reading.pattern.kind.mutual or not reading.sources:
        return False
    language, chunks = frame.language, frame.chunks
    for party in reading.sources:
        at = next((at for at, piece in enumerate(chunks) if piece.first <= party.first < piece.last), reading.index)
        if at <= reading.index + 1 or chunks[at - 1].kind is not PREPOSITION:
            return False
        if frame.sentence.lower[chunks[at - 1].first] in language.agents:
            return False
    return True


def _results(frame: Frame, reading: Reading) -> bool:
    """Whether the verb tells what came of a deed, which its subject names: "the Togolese raid left nine dead"."""
    return has_lemma(frame, reading.index, frame.language.resulting) and not acting_subject(frame, reading.index)


def _how_many_before(chunks: Sequence[Chunk], ends: tuple[int, ...]) -> int:
    return next((at for at, piece in enumerate(chunks) if piece.kind in ends), len(chunks))


def _is_one_more(frame: Frame, piece: Chunk) -> bool:
    """Whether a noun group is one more of its kind: "another tanker", "a second strike", "the 6th tanker"."""
    language, lower = frame.language, frame.sentence.lower
    words = lower[piece.first : piece.last]
    return not language.further.isdisjoint(words) or any(
        word.isdecimal() and word != "1" and ending in language.ordinal_endings
        for word, ending in itertools.pairwise(words)
    )


def _is_again(frame: Frame, first: int, last: int) -> bool:
    lower = tuple(frame.sentence.lower[first:last])
    return any(
        lower[at + 1 : at + 1 + len(rest)] == rest
        for at, word in enumerate(lower)
        for rest in frame.language.again.get(word, ())
    )
