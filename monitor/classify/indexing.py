"""Indexing: by which words a pattern is found, and which others it needs.

Takes the compiled patterns of a language and makes the grammar that the matcher asks for candidates. Each pattern waits
for the forms of one verb or noun; of each set of words that it needs one must stand in the sentence, too: its
prepositions, its particle, the nouns it names. Runs once, at start.
"""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet

from monitor.classify.grammar import Grammar, Group, Pattern
from monitor.classify.phrases import ANY, ClausePhrase, Complement, NominalPhrase, Phrase, Role
from monitor.classify.words import BIT, COPULA, Language


def index_patterns(language: Language, patterns: Iterable[Pattern]) -> Grammar:
    """The grammar of a language. Of equal rank, the pattern that comes first stays first."""
    groups: dict[Hashable, Group] = {}
    awaited: dict[str, list[Group]] = {}
    needs = _Needs(language)
    for pattern in patterns:
        lemma = pattern.phrase.lemma if isinstance(pattern.phrase, ClausePhrase) else None
        key: Hashable = lemma if lemma not in (None, COPULA) else id(pattern)
        group = groups.get(key)
        if group is None:
            group = groups[key] = Group(lemma=lemma)
            for form in _awaited(pattern.phrase, language):
                awaited.setdefault(form, []).append(group)
        rarest, *others = needs.of(pattern.phrase) or (frozenset(_awaited(pattern.phrase, language)),)
        group.rows.append((rarest, others, pattern))
    lonely = {
        form: found
        for form, waiting in awaited.items()
        if (found := [group for group in waiting if any(pattern.actors == 1 for _, _, pattern in group.rows)])
    }
    return Grammar(language=language, awaited=awaited, lonely=lonely)


class _Needs:
    """The sets of words that patterns need, each kept once, the rarest of a pattern first."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self._known: dict[frozenset[str], frozenset[str]] = {}
        self._shared: dict[tuple[int, int], Sequence[frozenset[str]]] = {}

    def of(self, phrase: Phrase) -> Sequence[frozenset[str]]:
        """The sets of words of which a sentence must hold one each for the phrase to fit in any of its forms."""
        if isinstance(phrase, NominalPhrase):
            return self._ordered(_nouns_needed(phrase))
        key = (id(phrase.subjects), id(phrase.complements))  # the verbs of one phrase share both
        if key not in self._shared:
            self._shared[key] = self._ordered(_needs(phrase, self._language))
        return (*self._ordered({particle} for particle in phrase.particles), *self._shared[key])

    def _ordered(self, needs: Iterable[AbstractSet[str]]) -> Sequence[frozenset[str]]:
        kept = (self._known.setdefault(words, words) for words in map(frozenset, needs))
        return tuple(sorted(dict.fromkeys(kept), key=self._commonness))

    def _commonness(self, words: frozenset[str]) -> tuple[int, int]:
        """Function words stand in every sentence; of the others, more words are found more often."""
        return sum(word in self._language.tags for word in words), len(words)


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
