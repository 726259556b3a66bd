"""The pattern language: from a phrase as an operator writes it to what the matcher looks for.

    {source} expel|(kick out) {target} @diplomat          a clause: who, verb, whom
    {target} @diplomat be told to leave {source}          a clause in the passive
    {source} urge {target} to ...                         any infinitive
    {source} say that {target} must|should                a clause within the clause
    {source} and {target} hold talks                      a clause with both sides as its subject
    the expulsion of {target} @diplomat by {source}       a noun group: it begins with an article

`{source}` and `{target}` are the sides (`{target:person}` one that is named by a person in office, `{target:leader}` by an
office of the set @leader, `{target:body}` an organisation, `{source:state}` none, `{target:actor}` one that acts itself), `@diplomat` is a word
set of the language, `|` parts alternatives, brackets hold those of more than one word. Verbs stand in their base form and
nouns in the singular: inflection, voice, word order and tense are the engine's work (chunker, subjects, status).
"""

import itertools
from collections.abc import Iterator, Sequence

from monitor.classify.phrase_pieces import (
    ACTOR,
    ANY_NOUN,
    BODY,
    PERSON,
    STATE,
    PhraseError,
    Piece,
    is_class,
    read_pieces,
)
from monitor.classify.phrases import ANY, ANY_VERB, ClausePhrase, Complement, NominalPhrase, NounSpec, Phrase
from monitor.classify.words import BIT, COPULA, FORM, Language, WordSet, inflected

_PREPOSITION = (
    BIT["preposition"] | BIT["agent"] | BIT["genitive"] | BIT["origin"] | BIT["between"] | BIT["objective"] | BIT["to"]
)
# "as" opens clauses in other places, but "name @any as @envoy" binds a noun with it.
_BINDS = _PREPOSITION | BIT["subordinator"] | BIT["after"]


def parse_phrase(text: str, language: Language) -> tuple[Phrase, ...]:
    """Parses a phrase; alternatives for a verb give a phrase each. Raises PhraseError."""
    return parse_pieces(read_pieces(text, language), language)


def parse_pieces(pieces: Sequence[Piece], language: Language) -> tuple[Phrase, ...]:
    """Parses the pieces of a phrase, as `parse_phrase` does."""
    parser = _Parser(pieces, language)
    return parser.nominal() if parser.at_class(BIT["article"]) else tuple(parser.clauses())


def verbs_in(pieces: Sequence[Piece], language: Language) -> Iterator[str]:
    """The base forms of verbs that a clause phrase names, so that the language can learn them first."""
    if not pieces or is_class(pieces[0], BIT["article"], language):
        return
    verb = next(
        (number for number, piece in enumerate(pieces) if piece.is_words and not is_class(piece, BIT["and"], language)),
        None,
    )
    if verb is None:
        return
    if pieces[verb].singles != (COPULA,):
        words = (_without_reflexive(option.words[0], language)[0] for option in pieces[verb].options)
        yield from (word for word in words if not language.tags.get(word, 0) & _PREPOSITION)
    for before, piece in itertools.pairwise(pieces[verb:]):
        if is_class(before, BIT["to"], language) and piece.is_words:
            # "to go", but not "to the ICC" or "to|from".
            yield from (
                word for word in piece.singles if word.isalpha() and word.islower() and word not in language.tags
            )


def _without_reflexive(verb: str, language: Language) -> tuple[str, bool]:
    """The plain verb of a reflexive one ("retirarse" -> "retirar"), and whether it was one."""
    ending = language.reflexive
    if (
        ending
        and verb.endswith(ending)
        and any(
            form == verb[: -len(ending)]
            for form, tag in language.verbs.forms(verb[: -len(ending)])
            if tag == "infinitive"
        )
    ):
        return verb[: -len(ending)], True
    return verb, False


class _Parser:
    """Reads the pieces of one phrase from left to right."""

    def __init__(self, pieces: Sequence[Piece], language: Language) -> None:
        self.language = language
        self.pieces = pieces
        self.place = 0
        if not self.pieces:
            raise PhraseError("is empty", 1)

    def peek(self) -> Piece | None:
        """The piece that comes next."""
        return self.pieces[self.place] if self.place < len(self.pieces) else None

    def at_class(self, classes: int) -> bool:
        piece = self.peek()
        return piece is not None and is_class(piece, classes, self.language)

    def error(self, message: str, place: int | None = None) -> PhraseError:
        at = min(self.place if place is None else place, len(self.pieces) - 1)
        return PhraseError(message, self.pieces[at].column)

    def nominal(self) -> tuple[NominalPhrase]:
        self.place = 1
        noun = self.peek()
        if noun is None:
            raise self.error("an article needs a noun behind it")
        if noun.role is not None:
            raise self.error("a noun group begins with its noun: the expulsion of {target}")
        head = self._words((noun,))
        self.place += 1
        bound = tuple(self._complements())
        for complement in bound:
            if not complement.prepositions:
                raise self.error("in a noun group each side needs a preposition (of, by, between ...)", 1)
        return (NominalPhrase(head=head, bound=bound),)

    def clauses(self) -> Iterator[ClausePhrase]:
        subjects = self._subjects()
        verb = self.peek()
        if verb is None or not verb.is_words:
            raise self.error("a verb is missing behind the subject")
        self.place += 1
        lemmas = [option.words for option in verb.options]
        participles, adjectives = self._participles() if verb.singles == (COPULA,) else ([], [])
        if participles:
            self.place += 1
        complements = tuple(self._complements())
        for lemma in dict.fromkeys(participles):
            yield ClausePhrase(
                subjects=subjects, lemma=lemma, particles=(), passive=True, reflexive=False, complements=complements
            )
        if participles:
            if not adjectives:
                return
            # "be ready|prepared": what is no participle is said of the subject like a noun.
            words = WordSet(dict.fromkeys(adjectives, ((),)))
            said = Complement(noun=NounSpec(words=words, shown="|".join(adjectives)))
            complements = (said, *complements)
        for option in dict.fromkeys(lemmas):
            base, reflexive = _without_reflexive(option[0], self.language)
            yield ClausePhrase(
                subjects=subjects,
                lemma=base,
                particles=option[1:],
                passive=False,
                reflexive=reflexive,
                complements=complements,
            )

    def _participles(self) -> tuple[list[str], list[str]]:
        """The verbs of "be told|ordered", and what among the words is no participle."""
        piece = self.peek()
        if piece is None or not piece.is_words:
            return [], []
        verbs: list[str] = []
        others: list[str] = []
        for word in piece.singles:
            found = [lemma for lemma, bits in self.language.verb_forms.get(word, ()) if bits & FORM["participle"]]
            verbs += found
            others += [] if found else [word]
        return verbs, others

    def _subjects(self) -> tuple[NounSpec, ...]:
        first = self.peek()
        spec = self._noun() if first is not None and not first.is_words else None
        if spec is None:
            raise self.error("a phrase begins with {source}, {target}, a @set or an article")
        if not self.at_class(BIT["and"]):
            return (spec,)
        self.place += 1
        partner = self.peek()
        if partner is None or partner.role is None:
            raise self.error("'and' joins {source} and {target}", self.place - 1)
        other = self._noun()
        return (spec, other) if other is not None else (spec,)

    def _complements(self) -> Iterator[Complement]:
        while self.peek() is not None:
            yield self._clause() or self._infinitive() or self._bound() or self._object()

    def _clause(self) -> Complement | None:
        """Where "that {target} must" stands: a clause with a side as its subject."""
        if not self.at_class(BIT["relative"]):
            return None
        that = self.place
        self.place += 1
        noun, verb = self._noun(), self.peek()
        if noun is None or noun.role is None:
            raise self.error("behind 'that' a side is needed: that {target} must", that)
        if verb is None or not verb.is_words:
            return Complement(noun=noun, clause_verbs=ANY)
        verbs = frozenset(verb.singles)
        self.place += 1
        return Complement(noun=noun, clause_verbs=verbs)

    def _infinitive(self) -> Complement | None:
        """Where "to leave|go" stands, "to ...", or the infinitive of a language that has a form for it."""
        marked = self.at_class(_PREPOSITION)
        ahead = self.place + marked
        verbs = self.pieces[ahead] if ahead < len(self.pieces) else None
        if verbs is None or not verbs.is_words or not verbs.singles:
            return None
        by_to = marked and self.at_class(BIT["to"]) and not is_class(verbs, BIT["article"], self.language)
        if not (by_to or all(self._is_infinitive(word) for word in verbs.singles)):
            return None
        self.place = ahead + 1
        return Complement(infinitives=frozenset(verbs.singles))

    def _is_infinitive(self, word: str) -> bool:
        return word == ANY_VERB or any(
            form == word and tag == "infinitive" for form, tag in self.language.verbs.forms(word)
        )

    def _bound(self) -> Complement | None:
        piece = self.peek()
        if piece is None or not self.at_class(_BINDS):
            return None
        words, column = frozenset(piece.singles), self.place
        self.place += 1
        noun = self._noun()
        if noun is None:
            raise self.error(f"'{self.pieces[column]}' needs something behind it", column)
        return Complement(prepositions=words, noun=noun, partner=self._partner())

    def _object(self) -> Complement:
        noun = self._noun()
        if noun is None:
            raise self.error(f"'{self.peek()}' can't be placed")
        return Complement(noun=noun, partner=self._partner())

    def _partner(self) -> NounSpec | None:
        """The noun group behind an "and", if one follows."""
        if not self.at_class(BIT["and"]):
            return None
        self.place += 1
        return self._noun()

    def _noun(self) -> NounSpec | None:
        """A noun group: {source}, {source} @diplomat, @embassy|consulate, the asset|fund, persona non grata."""
        begun = self.place
        if self.at_class(BIT["article"]):
            self.place += 1
        role, office, acts = None, None, False
        side = self.peek()
        if side is not None and side.role is not None:
            role = side.role
            office = self.language.persons if side.office == PERSON else self.language.sets.get(side.office or "")
            acts = side.office == ACTOR
            self.place += 1
            following = self.peek()
            if following is None or not following.has_set:
                body, state = side.office == BODY, side.office == STATE
                return NounSpec(role=role, office=office, acts=acts, body=body, state=state, shown=self._shown(begun))
        run: list[Piece] = []
        while (piece := self.peek()) is not None and piece.role is None and not is_class(piece, -1, self.language):
            if run and piece.is_words and all(map(self._is_infinitive, piece.singles)):
                break
            run.append(piece)
            self.place += 1
            if role is not None or piece.has_set:
                break
        if not run:
            return None
        if any(option.words == (ANY_NOUN,) and option.is_set for option in run[0].options):
            return NounSpec(role=role, office=office, shown=self._shown(begun))
        words, shown = self._words(run), self._shown(begun)
        return NounSpec(role=role, words=words, office=office, acts=acts, shown=shown)

    def _shown(self, begun: int) -> str:
        """The pieces from `begun` to here as the author wrote them."""
        return " ".join(map(str, self.pieces[begun : self.place]))

    def _words(self, run: Sequence[Piece]) -> WordSet:
        """The words of a run of pieces, inflected as nouns; sets bring their own forms."""
        if len(run) == 1 and len(run[0].options) == 1 and run[0].options[0].is_set:
            return self.language.sets[run[0].options[0].words[0]]
        endings: dict[str, set[tuple[str, ...]]] = {}
        for combination in itertools.product(*(piece.options for piece in run)):
            before = tuple(itertools.chain.from_iterable(option.words for option in combination[:-1]))
            last = combination[-1]
            if last.is_set:
                for ending, befores in self.language.sets[last.words[0]].endings.items():
                    endings.setdefault(ending, set()).update((*before, *group) for group in befores)
            else:
                words = (*before, *last.words)
                for group in inflected(words, self.language.nouns, every=self.language.head_first):
                    endings.setdefault(group[-1], set()).add(group[:-1])
        return WordSet({last: tuple(sorted(befores, key=len, reverse=True)) for last, befores in endings.items()})
