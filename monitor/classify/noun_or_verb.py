"""Noun or verb: whether a word that may be a verb is one where it stands.

"Peru strikes a deal" and "the strikes on Peru"; "detained envoys" and "Peru detained envoys". There is no part-of-speech
tagger: the form, the words around it and the chunks before it decide. Asked by the chunker.
"""

from monitor.classify.chunks import AND, COMMA, NOUN, PREPOSITION, VERB
from monitor.classify.lexicon import NAMES, Mention, NameKind
from monitor.classify.scan import DASHES, PUNCTUATION, Scan
from monitor.classify.words import ARTICLES, AUXILIARY, BIT, FORM, OPENERS, PREPOSITIONS, VERBAL_NOUN

_FINITE = FORM["base"] | FORM["present"] | FORM["past"] | FORM["future"] | FORM["conditional"] | FORM["subjunctive"]
_PLAIN = FORM["base"] | FORM["present"]
_VERB_OF_CLAUSE = FORM["base"] | FORM["present"] | FORM["past"]


def is_verb(scan: Scan, at: int) -> bool:
    """Whether the verb form at `at`, without an auxiliary, is a verb here."""
    entries = scan.language.verb_forms[scan.lower[at]]
    bits = 0
    for _, more in entries:
        bits |= more
    before = scan.before(at)
    if before is not None:
        if _is_named(scan, at):
            return False
        tag = scan.tags[before]
        if tag & (ARTICLES | BIT["possessive"]) and before not in scan.mention_ends():
            return False
        if tag & PREPOSITIONS & ~BIT["to"]:
            ends = at + 1 >= len(scan.lower) or scan.lower[at + 1] in PUNCTUATION
            if ends and scan.lower[at] in scan.language.also_nouns:
                return False  # "ahead of meeting"
            return bool(bits & VERBAL_NOUN)
    if bits == FORM["infinitive"]:
        return True
    if bits & FORM["base"] and scan.chunks and _assists(scan, at):
        return True
    if scan.lower[at] not in scan.language.also_nouns:
        return _plain_verb_fits(scan, at, bits, before)
    return _ambiguous_is_verb(scan, at, bits, before)


def is_clause(scan: Scan, at: int) -> bool:
    """Whether what looks like a compound at `at` is a body and its verb: "Peru military strikes boat", with no verb later."""
    verb, following = at + 1, at + 2
    if not at or following >= len(scan.lower) or scan.lower[at] not in scan.language.role_heads:
        return False
    present = any(bits & FORM["present"] for _, bits in scan.language.verb_forms.get(scan.lower[verb], ()))
    owned = scan.noun is not None and scan.noun.mentions and scan.noun.mentions[-1].last == at
    has_object = following in scan.mention_at or bool(
        scan.tags[following] & ARTICLES or (not scan.tags[following] and scan.lower[following][0].isalpha())
    )
    return bool(present and owned and has_object) and not _verb_later(scan, following)


def _assists(scan: Scan, at: int) -> bool:
    """Whether a verb like "help" stands right before: "helped rebuild", "helps fund"."""
    last = scan.chunks[-1]
    return last.kind is VERB and last.last == at and any(lemma in scan.language.assisting for lemma, _ in last.lemmas)


def _is_named(scan: Scan, at: int) -> bool:
    """Whether a capital makes a word a name: "the ship Star". Behind a mark, and where all words have one, it says nothing."""
    return (
        scan.sentence.words[at][0].isupper()
        and not scan.sentence.is_title_case
        and scan.lower[at - 1][0].isalnum()
        and not scan.sentence.words[at - 1].isupper()
    )


def _plain_verb_fits(scan: Scan, at: int, bits: int, before: int | None) -> bool:
    """A form that is no noun: a participle before a noun of the same group is an adjective ("detained diplomats")."""
    if bits & (FORM["participle"] | FORM["gerund"]) and not bits & _PLAIN:
        following = at + 1
        starts_group = scan.open_group() is None and (before is None or not scan.is_noun_like(before))
        if not starts_group and scan.noun is not None and _is_object_of_verb(scan):
            # "imposed new targeted sanctions": an adjective; "issued sanctions targeting Peru": a verb.
            return following in scan.mention_at or not scan.is_noun_like(following)
        if starts_group and following < len(scan.lower) and scan.is_noun_like(following):
            # At the head of a clause: "Ousted leader returns", but also "Recalling its envoy, Peru said", and behind
            # a comma or an "and" one more verb of a subject that stands: "Peru, it said, expelled envoys".
            return bool(bits & FORM["gerund"]) or (bool(bits & FORM["past"]) and _continues_clause(scan))
    if bits & FORM["base"] and not bits & (FORM["present"] | FORM["past"]) and scan.open_group() is None and at:
        return bool(scan.tags[at - 1] & (BIT["and"] | BIT["or"]))
    return True


def _ambiguous_is_verb(scan: Scan, at: int, bits: int, before: int | None) -> bool:
    """A form that is as often a noun: strikes, visits, talks."""
    if _is_joint(scan, at):
        return False  # "Peru-Chile clashes", "the Peru-Chile meeting"
    if at and scan.tags[at - 1] & BIT["clitic"] and bits & _FINITE:
        return True  # "se burla", "le pide": a pronoun leans on no noun
    if not bits & ~FORM["gerund"]:
        # "denies lifting sanctions", but "the lifting of sanctions", "Armenian shelling wounds".
        following = at + 1
        if _adjective_before(scan, at) and not scan.language.head_first:
            return False
        return following < len(scan.lower) and (scan.is_noun_like(following) or bool(scan.tags[following] & ARTICLES))
    group = scan.open_group()
    if before is not None and scan.language.drops_subject and scan.tags[before] & BIT["relative"]:
        return bool(bits & _FINITE)  # "asegura que cuenta con ..."
    if before is None and scan.language.verb_first and _stands_before_subject(scan, at, bits):
        return True
    if before is None or group is None:
        # Nothing before it that could be its subject: a noun, save for a coordinated verb ("... and visits Peru").
        coordinated = before is not None and (
            bool(scan.tags[before] & BIT["and"])
            or (scan.lower[before] == "," and any(piece.kind is VERB for piece in scan.chunks))
        )
        plain = bits & FORM["base"] and any(
            piece.kind is VERB and piece.bits == FORM["base"] and not piece.tag for piece in scan.chunks
        )  # "they shake hands and sign a treaty"
        if not (coordinated and (bits & FORM["present"] or plain)):
            return False
        following = at + 1
        return following < len(scan.lower) and (scan.is_noun_like(following) or bool(scan.tags[following] & ARTICLES))
    if _is_object_of_verb(scan):
        return False
    last = group.mentions[-1] if group.mentions else None
    if bits == FORM["base"] and last is not None and last.last == at and not _is_plural(scan, last):
        return False  # "the Iran deal": a plain form would need several ("Iran and Iraq deal")
    if last is None and len(scan.chunks) > 1 and scan.chunks[-2].kind is PREPOSITION:
        # "pulls out of grain deal with": only a name there may be a subject; where adjectives follow their noun, no noun
        # stands right behind another, and the first verb of a clause is one: "El relator sobre torturas denuncia ...".
        only = not any(piece.kind is VERB for piece in scan.chunks) and not _verb_later(scan, at + 1)
        return bool(scan.language.head_first and bits & FORM["present"] and only)
    adjective = last is not None and last.last == at and last.kind is NameKind.ADJECTIVE
    if adjective and not scan.language.head_first:
        # "Russian strikes": a noun, unless the same word also names the state ("US strikes ...").
        return False
    following = at + 1
    while following < len(scan.lower) and scan.tags[following] & BIT["adverb"]:
        following += 1
    if following >= len(scan.lower):
        return bool(last is not None and bits & FORM["base"])
    if following in scan.mention_at:
        return True
    tag = scan.tags[following]
    if tag & BIT["objective"] and last is not None and not bits & FORM["participle"]:
        return True
    if tag & (AUXILIARY | BIT["possessive"]):
        return False
    if tag & ARTICLES:
        return True
    if tag & BIT["agent"] and bits & FORM["participle"] and last is not None and last.last == at:
        return not _verb_later(scan, following)  # "Peru hit by tariffs"
    if tag & PREPOSITIONS:
        return not _is_adjunct(scan) and not _verb_later(scan, following) and not tag & (BIT["genitive"] | BIT["agent"])
    entries = scan.language.verb_forms.get(scan.lower[following])
    if entries and scan.lower[following] not in scan.language.also_nouns:
        return False
    if tag & (BIT["and"] | BIT["or"]) or scan.lower[following] in PUNCTUATION:
        return bool(bits & FORM["past"]) or not _verb_later(scan, following)
    if scan.lower[at] in scan.language.without_object:
        return False
    # A noun without an article follows: "strikes port", "calls meeting".
    return not _verb_later(scan, following) or bool(bits & FORM["present"] and last is not None and last.last == at)


def _stands_before_subject(scan: Scan, at: int, bits: int) -> bool:
    """Whether a form that opens a sentence is a verb before its subject.

    "Denuncia Perú una red": a name alone follows, and more behind it, but no other verb. "Detenidos en Malí dos malteses":
    a participle, and behind it no noun that it would need.
    """
    behind = at + 1
    if bits == FORM["participle"]:
        tag = scan.tags[behind] if behind < len(scan.lower) else 0
        return bool(tag & PREPOSITIONS) and not tag & BIT["genitive"] and not _verb_later(scan, behind)
    name = scan.mention_at.get(behind)
    if not bits & FORM["present"] or name is None or name.kind not in (*NAMES, NameKind.HOLDER):
        return False
    return name.last < len(scan.lower) and scan.lower[name.last] not in PUNCTUATION and not _verb_later(scan, name.last)


def _is_joint(scan: Scan, at: int) -> bool:
    """Whether two names joined by a dash stand right before."""
    names = scan.noun.mentions if scan.noun is not None else []
    return len(names) > 1 and names[-1].last == at and scan.lower[names[-1].first - 1] in DASHES


def _continues_clause(scan: Scan) -> bool:
    """Whether a comma or an "and" stands right before, with a noun group further left."""
    return (
        bool(scan.chunks) and scan.chunks[-1].kind in (COMMA, AND) and any(piece.kind is NOUN for piece in scan.chunks)
    )


def _is_plural(scan: Scan, name: Mention) -> bool:
    """Whether a plain form of a verb may follow a name: a people, a collective, or the last of several."""
    several = len(scan.chunks) > 1 and scan.chunks[-2].kind in (AND, COMMA)
    return several or name.kind is NameKind.PEOPLE or scan.lower[name.last - 1] in scan.language.collective


def _adjective_before(scan: Scan, at: int) -> bool:
    group = scan.noun
    if group is None or not group.mentions:
        return False
    return group.mentions[-1].last == at and group.mentions[-1].kind is NameKind.ADJECTIVE


def _is_object_of_verb(scan: Scan) -> bool:
    """Whether the noun group that is open follows a verb, so that a verb of its own would be one too many.

    After a verb of saying a clause begins: "says Russia strikes".
    """
    if len(scan.chunks) < 2:  # noqa: PLR2004 (a verb and the group)
        return False
    verb = scan.chunks[-2]
    return verb.kind is VERB and not any(lemma in scan.language.saying for lemma, _ in verb.lemmas)


def _is_adjunct(scan: Scan) -> bool:
    """Whether the noun group that is open only hangs, behind a preposition, on a verb that stands: "rises on US sanctions".

    After a verb of saying it may be the subject of what is said: "says the king of Peru visits ...".
    """
    for piece in reversed(scan.chunks[:-1]):
        if piece.kind is VERB:
            main = not piece.bits & FORM["participle"]  # "a summit boycotted by Peru opens in ..."
            said = any(lemma in scan.language.saying for lemma, _ in piece.lemmas)
            return main and not said and scan.chunks[-2].kind is PREPOSITION
        if piece.kind not in (NOUN, PREPOSITION):
            return False
    return False


def _verb_later(scan: Scan, at: int) -> bool:
    """Whether an unmistakable verb follows in this clause."""
    for place in range(at, len(scan.lower)):
        word, tag = scan.lower[place], scan.tags[place]
        if PUNCTUATION.get(word) in ("stop", "comma") or tag & (OPENERS | BIT["relative"] | BIT["and"]):
            return False
        if tag & AUXILIARY and not tag & BIT["to"]:
            return True
        entries = scan.language.verb_forms.get(word)
        if entries and word not in scan.language.also_nouns and place not in scan.mention_at:
            bits = 0
            for _, more in entries:
                bits |= more
            if bits & _VERB_OF_CLAUSE and not scan.tags[place - 1] & (BIT["to"] | ARTICLES | BIT["preposition"]):
                return True
    return False
