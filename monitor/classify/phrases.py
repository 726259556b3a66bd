"""The pattern language: from a phrase as an operator writes it to what the matcher looks for.

    {source} expel|(kick out) {target} @diplomat          a clause: who, verb, whom
    {target} @diplomat be told to leave {source}          a clause in the passive
    {source} and {target} hold talks                      a clause with both sides as its subject
    the expulsion of {target} @diplomat by {source}       a noun group: it begins with an article

`{source}` and `{target}` are the sides, `@diplomat` is a word set of the language, `|` parts alternatives, brackets hold
those of more than one word. Verbs stand in their base form and nouns in the singular: inflection, voice, word order and
tense are the engine's work (chunks, frames, status).
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from monitor.classify.words import BIT, FORM, Language, WordSet

_PIECE = re.compile(
    r"\{(?P<role>\w+)\}|@(?P<set>[\w-]+)|\((?P<group>[^()]*)\)|(?P<word>[^\s(){}@|]+(?:\|[^\s(){}@|]+)*)|(?P<odd>\S)"
)
_PREPOSITION = BIT["preposition"] | BIT["agent"] | BIT["genitive"] | BIT["to"] | BIT["subordinator"]
# Fits every noun group: "name @any as @envoy".
ANY = "any"


class Role(StrEnum):
    """The two sides of an event."""

    SOURCE = "source"
    TARGET = "target"


class PhraseError(ValueError):
    """A phrase can't be understood; `column` (from 1) is where in the phrase."""

    def __init__(self, message: str, column: int) -> None:
        super().__init__(message)
        self.column = column


@dataclass(frozen=True, slots=True, kw_only=True)
class NounSpec:
    """A noun group: one that stands for a side, one whose head is among `words`, or both; neither fits any group."""

    role: Role | None = None
    words: WordSet | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Complement:
    """What follows a verb: a direct object, a preposition with its noun group, or literal words ("to leave")."""

    prepositions: frozenset[str] = frozenset()
    noun: NounSpec | None = None
    partner: NounSpec | None = None
    """The other side where both stand in one group: "between {source} and {target}"."""
    literal: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClausePhrase:
    """A clause: `subjects` are one noun group or two joined by "and"."""

    subjects: tuple[NounSpec, ...]
    lemma: str
    particles: tuple[str, ...]
    passive: bool
    complements: tuple[Complement, ...]

    @property
    def specificity(self) -> int:
        """How many things must be there: the more, the better the reading."""
        return (
            1
            + len(self.particles)
            + len(self.complements)
            + sum(
                1
                for spec in (*self.subjects, *(c.noun for c in self.complements))
                if spec is not None and spec.words is not None
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class NominalPhrase:
    """A noun group whose head is a deed, and the prepositions that bind the sides to it."""

    head: WordSet
    bound: tuple[Complement, ...]

    @property
    def specificity(self) -> int:
        """A clause says more than a noun group, so this counts from less."""
        return len(self.bound) + sum(1 for c in self.bound if c.noun is not None and c.noun.words is not None)


Phrase = ClausePhrase | NominalPhrase


@dataclass(frozen=True, slots=True)
class _Piece:
    kind: str
    options: tuple[tuple[str, ...], ...]
    column: int

    @property
    def words(self) -> tuple[str, ...]:
        """The single-word options."""
        return tuple(option[0] for option in self.options if len(option) == 1)


def parse_phrase(text: str, language: Language) -> tuple[Phrase, ...]:
    """Parses a phrase; alternatives for a verb give a phrase each. Raises PhraseError."""
    pieces = list(_pieces(text, language))
    if not pieces:
        raise PhraseError("is empty", 1)
    if _is(pieces[0], BIT["article"], language):
        return (_nominal(pieces[1:], language),)
    return tuple(_clauses(pieces, language))


def verbs_in(text: str, language: Language) -> Iterator[str]:
    """The base forms of verbs that a clause phrase names, so that the language can learn them first."""
    pieces = list(_pieces(text, language))
    if pieces and pieces[0].kind == "word":
        return
    place = 0
    while place < len(pieces) and (pieces[place].kind != "word" or _is(pieces[place], BIT["and"], language)):
        place += 1
    if place < len(pieces) and pieces[place].options != (("be",),):
        yield from (option[0] for option in pieces[place].options)


def _pieces(text: str, language: Language) -> Iterator[_Piece]:
    """The parts of a phrase; alternatives that stand side by side ("a|(b c)") become one piece."""
    joined = re.sub(r"\s*\|\s*", "|", text)
    place = 0
    while place < len(joined):
        if joined[place] == " ":
            place += 1
            continue
        column = place + 1
        options: list[tuple[str, ...]] = []
        kind = ""
        while True:
            match = _PIECE.match(joined, place)
            if match is None or match["odd"]:
                raise PhraseError(f"'{joined[place]}' has no meaning here", place + 1)
            kind, found = _read_piece(match, language)
            options += found
            place = match.end()
            if place < len(joined) and joined[place] == "|":
                place += 1
                continue
            break
        yield _Piece(kind, tuple(options), column)


def _read_piece(match: re.Match[str], language: Language) -> tuple[str, list[tuple[str, ...]]]:
    if match["role"] is not None:
        if match["role"] not in tuple(Role):
            raise PhraseError(f"{{{match['role']}}} is no side; write {{source}} or {{target}}", match.start() + 1)
        return "role", [(match["role"],)]
    if match["set"] is not None:
        if match["set"] != ANY and match["set"] not in language.sets:
            known = ", ".join(f"@{name}" for name in sorted(language.sets))
            raise PhraseError(f"there is no word set @{match['set']}; there are {known}", match.start() + 1)
        return "set", [(match["set"],)]
    source = match["group"] if match["group"] is not None else match["word"]
    options = [tuple(option.split()) for option in source.split("|") if option.split()]
    if not options:
        raise PhraseError("a pair of brackets is empty", match.start() + 1)
    return "word", options


def _clauses(pieces: Sequence[_Piece], language: Language) -> Iterator[ClausePhrase]:
    subjects, place = _subjects(pieces, language)
    if place >= len(pieces) or pieces[place].kind != "word":
        column = pieces[min(place, len(pieces) - 1)].column
        raise PhraseError("a verb is missing behind the subject", column)
    verb = pieces[place]
    place += 1
    passive = False
    if verb.options == (("be",),) and place < len(pieces) and pieces[place].kind == "word":
        participles = [
            (word, lemma)
            for word in pieces[place].words
            for lemma, bits in language.verb_forms.get(word, ())
            if bits & FORM["participle"]
        ]
        if len(participles) >= len(pieces[place].words) and participles:
            passive = True
            verb = replace(verb, options=tuple((lemma,) for _, lemma in participles))
            place += 1
    complements = tuple(_complements(pieces[place:], language))
    for option in dict.fromkeys(verb.options):
        yield ClausePhrase(
            subjects=subjects, lemma=option[0], particles=option[1:], passive=passive, complements=complements
        )


def _subjects(pieces: Sequence[_Piece], language: Language) -> tuple[tuple[NounSpec, ...], int]:
    spec, place = _noun(pieces, 0, language)
    if spec is None:
        raise PhraseError("a phrase begins with {source}, {target}, a @set or an article", pieces[0].column)
    if place < len(pieces) and _is(pieces[place], BIT["and"], language):
        other, after = _noun(pieces, place + 1, language)
        if other is None:
            raise PhraseError("'and' joins {source} and {target}", pieces[place].column)
        return (spec, other), after
    return (spec,), place


def _complements(pieces: Sequence[_Piece], language: Language) -> Iterator[Complement]:
    place = 0
    while place < len(pieces):
        piece = pieces[place]
        if _is(piece, _PREPOSITION, language):
            spec, after = _noun(pieces, place + 1, language)
            if spec is None:
                spec, after = _word_noun(pieces, place + 1, language)
                if spec is not None and _is(piece, BIT["to"], language):
                    literal = ("to", *pieces[place + 1].options[0])
                    yield Complement(literal=literal)
                    place += 2
                    continue
            if spec is None:
                raise PhraseError(f"'{piece.options[0][0]}' needs something behind it", piece.column)
            partner, after = _partner(pieces, after, language)
            yield Complement(prepositions=frozenset(piece.words), noun=spec, partner=partner)
            place = after
            continue
        spec, after = _noun(pieces, place, language)
        if spec is None:
            spec, after = _word_noun(pieces, place, language)
        if spec is None:
            raise PhraseError(f"'{piece.options[0][0]}' can't be placed", piece.column)
        partner, after = _partner(pieces, after, language)
        yield Complement(noun=spec, partner=partner)
        place = after


def _partner(pieces: Sequence[_Piece], place: int, language: Language) -> tuple[NounSpec | None, int]:
    """The noun group behind an "and", if one follows."""
    if place < len(pieces) and _is(pieces[place], BIT["and"], language):
        return _noun(pieces, place + 1, language)
    return None, place


def _nominal(pieces: Sequence[_Piece], language: Language) -> NominalPhrase:
    if not pieces:
        raise PhraseError("an article needs a noun behind it", 1)
    head = language.sets[pieces[0].options[0][0]] if pieces[0].kind == "set" else _words(pieces[0], language)
    bound = tuple(_complements(pieces[1:], language))
    for complement in bound:
        if not complement.prepositions:
            raise PhraseError("in a noun group each side needs a preposition (of, by, between ...)", pieces[0].column)
    return NominalPhrase(head=head, bound=bound)


def _noun(pieces: Sequence[_Piece], place: int, language: Language) -> tuple[NounSpec | None, int]:
    """A noun group with a side or a set in it: {source}, {source} @diplomat, @embassy, the @embassy."""
    role: Role | None = None
    words: WordSet | None = None
    if place < len(pieces) and _is(pieces[place], BIT["article"], language):
        place += 1
        if place < len(pieces) and pieces[place].kind == "word":
            return _word_noun(pieces, place, language)
    if place < len(pieces) and pieces[place].kind == "role":
        role = Role(pieces[place].options[0][0])
        place += 1
    if place < len(pieces) and pieces[place].kind == "set":
        if pieces[place].options == ((ANY,),):
            return NounSpec(role=role), place + 1
        words = _union(language.sets[option[0]] for option in pieces[place].options)
        place += 1
    if role is None and words is None:
        return None, place
    return NounSpec(role=role, words=words), place


def _word_noun(pieces: Sequence[_Piece], place: int, language: Language) -> tuple[NounSpec | None, int]:
    if place >= len(pieces) or pieces[place].kind != "word":
        return None, place
    run = [pieces[place]]
    place += 1
    while place < len(pieces) and pieces[place].kind == "word" and not _is(pieces[place], -1, language):
        run.append(pieces[place])
        place += 1
    options = tuple(
        tuple(itertools.chain.from_iterable(combination))
        for combination in itertools.product(*(p.options for p in run))
    )
    return NounSpec(words=_words(_Piece("word", options, run[0].column), language)), place


def _words(piece: _Piece, language: Language) -> WordSet:
    endings: dict[str, set[tuple[str, ...]]] = {}
    for option in piece.options:
        for form in language.noun(option[-1]):
            endings.setdefault(form, set()).add(option[:-1])
    return WordSet({last: tuple(sorted(befores, key=len, reverse=True)) for last, befores in endings.items()})


def _union(sets: Iterator[WordSet]) -> WordSet:
    endings: dict[str, set[tuple[str, ...]]] = {}
    for one in sets:
        for last, befores in one.endings.items():
            endings.setdefault(last, set()).update(befores)
    return WordSet({last: tuple(sorted(befores, key=len, reverse=True)) for last, befores in endings.items()})


def _is(piece: _Piece, classes: int, language: Language) -> bool:
    """Whether every option of a piece is a function word of one of these classes."""
    return piece.kind == "word" and all(
        len(option) == 1 and language.tags.get(option[0], 0) & classes for option in piece.options
    )
