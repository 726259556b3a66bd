"""Verb groups: the auxiliaries, negation and main verb that make one verb chunk.

"has not yet been expelled", "to reopen", "no la expulsó"; an auxiliary without a main verb is the verb itself. Called by
the chunker where a group begins; whether a bare form is a verb at all was decided before (noun_or_verb).
"""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

from monitor.classify.scan import DASHES, PUNCTUATION, Scan
from monitor.classify.words import ARTICLES, AUXILIARY, BIT, COPULA, FORM, PREPOSITIONS, VERBAL_NOUN


def is_prefixed_verb(scan: Scan, at: int) -> bool:
    """Whether a hyphen sets a prefix before a known verb: "re-open", and no noun: "the re-opening"."""
    before = scan.before(at)
    return _joined(scan, at) in scan.language.verb_forms and (
        before is None or not scan.tags[before] & (ARTICLES | BIT["possessive"] | BIT["to"])
    )


def prefixed_words(lower: Sequence[str], prefixes: AbstractSet[str]) -> Iterator[str]:
    """The words of a sentence that a hyphen parts from their prefix, as one: "reopen" for "re-open"."""
    for at in range(len(lower) - 2):
        if lower[at + 1] in DASHES and lower[at] in prefixes:
            yield lower[at] + lower[at + 2]


def _joined(scan: Scan, at: int) -> str | None:
    """The word at `at` with the one that a hyphen binds to it, where it is such a prefix."""
    return next(prefixed_words(scan.lower[at : at + 3], scan.language.verb_prefixes), None)


def is_short_auxiliary(scan: Scan, at: int) -> bool:
    """Whether the possessive at `at` is short for "is" or "has", behind a pronoun: "he's leaving"; if so, it is tagged so."""
    if not at or not scan.tags[at - 1] & BIT["pronoun"]:
        return False
    after = at + 1
    while after < len(scan.lower) and scan.tags[after] & (BIT["adverb"] | BIT["negation"]):
        after += 1
    word = scan.lower[after] if after < len(scan.lower) else ""
    participle = any(bits & FORM["participle"] for _, bits in scan.language.verb_forms.get(word, ()))
    has_object = after + 1 < len(scan.lower) and not scan.tags[after + 1] & (PREPOSITIONS | BIT["to"])
    # "it's been", "he's imposed tariffs", but "he's accused of fraud"
    been = bool(word) and bool(scan.tags[after] & BIT["be"])
    scan.tags[at] = BIT["have"] if been or (participle and has_object) else BIT["be"]
    return True


def read_auxiliaries(scan: Scan, at: int) -> int:
    """A verb group that begins with auxiliaries or "to"; its end, or 0 where "to" is a preposition."""
    tag, place, count = scan.negation_before(at), at, len(scan.lower)
    to = bool(scan.tags[at] & BIT["to"])
    last_auxiliary = at
    while place < count and place not in scan.mention_at:
        here = scan.tags[place]
        if here & (AUXILIARY | (BIT["to"] if place == at or last_auxiliary == place - 1 else 0)):
            tag |= here
            last_auxiliary = place
        elif here & (BIT["adverb"] | BIT["negation"] | BIT["clitic"]):
            tag |= here & BIT["negation"]
        elif not scan.lower[place][0].isalnum() and scan.lower[place] not in PUNCTUATION:
            pass  # "must 'prove'": a quotation mark parts nothing
        elif not (here & BIT["linker"] and tag & (BIT["modal_future"] | BIT["modal_possible"])):
            break
        place += 1
    entries = scan.language.verb_forms.get(scan.lower[place]) if place < count else None
    if place < count and (joined := _joined(scan, place)) in scan.language.verb_forms:
        place, entries = place + 2, scan.language.verb_forms[joined]  # "to re-open"
    if to and place == at + 1 and _is_place_after_to(scan, place):
        return 0
    if entries and place not in scan.mention_at:
        if scan.tags[last_auxiliary] & BIT["to"]:
            tag &= ~(BIT["be"] | BIT["have"])  # "is to reopen", "has to reopen" speak of the future
        fitting = tuple((lemma, bits & _after_auxiliary(tag)) for lemma, bits in entries)
        fitting = tuple((lemma, bits) for lemma, bits in fitting if bits)
        if fitting:
            scan.add_verb(at, place + 1, tag, place, fitting)
            return place + 1
    if to and not tag & AUXILIARY:
        return 0
    # No main verb: the auxiliary is the verb ("is in talks", "has no ambassador").
    name = COPULA if tag & BIT["be"] else "have" if tag & BIT["have"] else "do"
    scan.add_verb(at, last_auxiliary + 1, tag & ~BIT["be"], last_auxiliary, ((name, FORM["present"]),))
    return last_auxiliary + 1


def _is_place_after_to(scan: Scan, at: int) -> bool:
    """Whether the word behind "to" is a noun, since the verb that it may be lacks its object: "troops to border with Chad"."""
    if at >= len(scan.lower) or scan.lower[at] not in scan.language.with_object:
        return False
    following = at + 1
    return following >= len(scan.lower) or not (
        following in scan.mention_at or scan.is_noun_like(following) or scan.tags[following] & ARTICLES
    )


def _after_auxiliary(tag: int) -> int:
    if tag & BIT["be"]:
        return FORM["participle"] | FORM["gerund"]
    if tag & BIT["have"]:
        return FORM["participle"]
    return FORM["base"] | FORM["infinitive"]


def read_verb(scan: Scan, at: int) -> int:
    """A verb group of one word at `at`; its end."""
    entries = scan.language.verb_forms[scan.lower[at]]
    before = scan.before(at)
    if before is not None and scan.tags[before] & PREPOSITIONS & ~BIT["to"]:
        entries = tuple((lemma, bits & VERBAL_NOUN) for lemma, bits in entries if bits & VERBAL_NOUN)
    scan.add_verb(at, at + 1, scan.negation_before(at), at, entries)
    return at + 1
