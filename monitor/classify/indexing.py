"""Indexing: by which words a pattern is found, and which others it needs.

Takes the compiled patterns of a language and makes the grammar that the matcher asks for candidates. Each pattern waits
for the forms of one verb or noun; of each set of words that it needs one must stand in the sentence, too: its
prepositions, its particle, the nouns it names. A set goes by a number, so that most patterns are dismissed by comparing a few numbers. Runs once, at start.
"""

from collections.abc import Hashable, Iterable, Iterator
from collections.abc import Set as AbstractSet

from monitor.classify.grammar import Grammar, Group, Pattern
from monitor.classify.phrases import ANY, ClausePhrase, Complement, NominalPhrase, Phrase, Role
from monitor.classify.words import BIT, COPULA, Language


def index_patterns(language: Language, patterns: Iterable[Pattern]) -> Grammar:
    """The grammar of a language. Of equal rank, the pattern that comes first stays first."""
    groups: dict[Hashable, Group] = {}
    awaited: dict[str, list[Group]] = {}
    needed = _Needed(language)
    for pattern in patterns:
        lemma = pattern.phrase.lemma if isinstance(pattern.phrase, ClausePhrase) else None
        key: Hashable = lemma if lemma not in (None, COPULA) else id(pattern)
        group = groups.get(key)
        if group is None:
            group = groups[key] = Group(lemma=lemma)
            for form in _awaited(pattern.phrase, language):
                awaited.setdefault(form, []).append(group)
        group.rows.append((needed.by(pattern.phrase), pattern))
    lonely = {
        form: found
        for form, waiting in awaited.items()
        if (found := [group for group in waiting if any(pattern.actors == 1 for _, pattern in group.rows)])
    }
    return Grammar(language=language, awaited=awaited, lonely=lonely, needed=needed.of_word)


class _Needed:
    """Gives each set of words a number."""

    def __init__(self, language: Language) -> None:
        self.of_word: dict[str, list[int]] = {}
        self._language = language
        self._of_set: dict[AbstractSet[str], int] = {}
        self._shared: dict[tuple[int, int], frozenset[int]] = {}

    def by(self, phrase: Phrase) -> frozenset[int]:
        """The numbers of the sets that a phrase needs."""
        if isinstance(phrase, NominalPhrase):
            return self._numbers(_nouns_needed(phrase))
        key = (id(phrase.subjects), id(phrase.complements))  # the verbs of one phrase share both
        if key not in self._shared:
            self._shared[key] = self._numbers(_needs(phrase, self._language))
        return self._shared[key] | self._numbers({particle} for particle in phrase.particles)

    def _numbers(self, needs: Iterable[AbstractSet[str]]) -> frozenset[int]:
        return frozenset(map(self._number, map(frozenset, needs)))

    def _number(self, words: frozenset[str]) -> int:
        number = self._of_set.get(words)
        if number is None:
            number = self._of_set[words] = len(self._of_set)
            for word in words:
                self.of_word.setdefault(word, []).append(number)
        return number


def _awaited(phrase: Phrase, language: Language) -> AbstractSet[str]:
    """The forms of which one must stand in a sentence. Headlines leave "be" out, so what stands with it does for it."""
    if isinstance(phrase, NominalPhrase):
        return phrase.head.endings.keys()
    if phrase.lemma != COPULA:
        return language.verb(phrase.lemma).keys()
    nouns = (complement.noun for complement in phrase.complements)
    forms = {form for noun in nouns if noun is not None and noun.words is not None for form in noun.words.endings}
    forms = forms or {lemma for complement in phrase.complements for lemma in complement.infinitives - ANY}
    leading = phrase.complements[0].prepositions if phrase.complements else frozenset()
    return forms or leading | {word for word, tag in language.tags.items() if tag & BIT["be"]}


def _nouns_needed(phrase: NominalPhrase) -> Iterator[AbstractSet[str]]:
    """What binds a side may be missing (the subject of the verb steps in), but no noun that is named."""
    for complement in phrase.bound:
        if complement.partner is None and complement.noun is not None and complement.noun.words is not None:
            yield complement.prepositions
            yield complement.noun.words.endings.keys()


def _needs(phrase: ClausePhrase, language: Language) -> Iterator[AbstractSet[str]]:
    """The sets of words of which a sentence must hold one each for a clause to fit in any form, but for its particles."""
    specs = (*phrase.subjects, *(complement.noun for complement in phrase.complements))
    yield from (spec.words.endings.keys() for spec in specs if spec is not None and spec.words is not None)
    for complement in phrase.complements:
        yield from _needs_of(complement, language)


def _needs_of(complement: Complement, language: Language) -> Iterator[AbstractSet[str]]:
    if complement.prepositions:
        yield complement.prepositions
    if complement.clause_verbs and complement.clause_verbs != ANY:
        yield complement.clause_verbs
    if complement.infinitives and complement.infinitives != ANY:
        yield {form for lemma in complement.infinitives for form in language.verb(lemma)}


def sides_of(phrase: Phrase) -> int:
    """How many different actors a phrase asks for: a noun group always two, a clause as many sides as it names."""
    if not isinstance(phrase, ClausePhrase):
        return 2
    specs = (*phrase.subjects, *(c.noun for c in phrase.complements), *(c.partner for c in phrase.complements))
    return max(len({spec.role for spec in specs if spec is not None and spec.role is not None}), 1)


def has_plain_subject(phrase: Phrase) -> bool:
    """Whether the subject of a clause is simply who acts."""
    return (
        isinstance(phrase, ClausePhrase) and phrase.subjects[0].words is None and phrase.subjects[0].role is Role.SOURCE
    )
