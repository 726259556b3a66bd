"""Recalled: deeds that a sentence takes as known and only comes back to.

What stands behind "after", in a clause that opens the sentence with "when", or in a relative clause that says who somebody
is ("Ghana, which expelled two envoys, votes"), is no news of the sentence. Comes behind status, which reads tense and
modality; clauses and noun phrases ask it whether their deed is a mention.
"""

from monitor.classify.chunks import COMMA, NOUN, OPENER, RELATIVE, STOP, VERB
from monitor.classify.frames import Frame
from monitor.classify.status import is_mention
from monitor.classify.verbs import has_lemma, is_finite, verb_before
from monitor.classify.words import BIT


def is_recalled(frame: Frame, index: int) -> bool:
    """Whether the deed at chunk `index` is told again in passing."""
    return is_mention(frame, index) or _opens_sentence(frame, index) or _says_who(frame, index)


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
    """Whether a verb stands in a relative clause about the subject of the sentence, or in one that looks back ("has")."""
    chunks = frame.chunks
    before = index - 1
    if before < 1 or chunks[index].kind is not VERB or chunks[before].kind is not RELATIVE:
        return False
    noun = before - 2 if chunks[before - 1].kind is COMMA else before - 1
    if noun < 0 or chunks[noun].kind is not NOUN:
        return False
    above = verb_before(frame, before)
    if above is None:
        main = next(
            (at for at in range(index + 1, len(chunks)) if chunks[at].kind is VERB and is_finite(chunks[at])), None
        )
        if main is None:
            return False
        # "Peru, which recalled its envoy on Monday, waits": a day of the week dates it as fresh.
        clause = frame.sentence.lower[chunks[before].last : chunks[main].first]
        return frame.language.dates.weekdays.keys().isdisjoint(clause)
    # Where one word is both, "that" may lead to what somebody says: "advirtió a Perú que ha cerrado".
    told = frame.language.drops_subject or has_lemma(frame, above, frame.language.saying)
    return bool(chunks[index].tag & BIT["have"]) and not told
