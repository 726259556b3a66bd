"""A language's compiled patterns, and which of them a sentence can hold at all.

Stands between the pattern compiler and the matcher. Most sentences of a newspaper hold no word that any pattern waits
for; for the others one look-up for each word leaves a handful of patterns, before anything is parsed.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from monitor.classify.phrases import ClausePhrase, Phrase
from monitor.classify.words import Language
from monitor.domain.taxonomy import RelationType, Status


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pattern:
    """One compiled phrase with the type that it reports and the id that evidence names."""

    id: str
    kind: RelationType
    phrase: Phrase
    agentless: bool = False
    """Whether it may leave open who acted ("The embassy was attacked"); else a reading without a source is none."""
    both: bool = False
    """Whether each side does it to the other, as in an exchange of fire: an event in each direction."""
    ended: RelationType | None = None
    """The type that it is when its own verb ends it: "talks collapse" breaks a contact."""
    denied: RelationType | None = None
    """The type that it is when the text denies it: "does not recognise" refuses recognition."""
    named: bool = False
    """Whether the name of its direct object is kept: which ship was seized, who was arrested."""
    plain_subject: bool = False
    """Whether its subject is simply who acts, so that without such a subject an active verb can't fit."""
    actors: int = 1
    """How many different actors a sentence must name for it to fit."""
    only: frozenset[Status] = frozenset()
    """The statuses in which it holds, where not in all: to let somebody pass is an offer while it is planned."""
    unless: frozenset[str] = frozenset()
    """Words in whose company it means something else: an embassy that closes for a holiday."""
    required: tuple[frozenset[str], ...] = ()
    """Of each of these sets a word must stand in the sentence: a look-up that saves most attempts."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """The patterns that a sentence may hold: clauses by the lemma of their verb, noun groups by their head's form."""

    clauses: Mapping[str, list[Pattern]]
    nominals: Mapping[str, list[Pattern]]

    def __bool__(self) -> bool:
        return bool(self.clauses or self.nominals)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grammar:
    """A language with its patterns."""

    language: Language
    by_form: Mapping[str, tuple[Pattern, ...]] = field(repr=False)
    """Patterns by each form of the verb or head noun that they wait for."""

    def candidates(self, present: AbstractSet[str], actors: int) -> Candidates:
        """The patterns whose words are all among the lower-case words of a sentence that names so many actors."""
        clauses: dict[str, list[Pattern]] = {}
        nominals: dict[str, list[Pattern]] = {}
        for form in sorted(self.by_form.keys() & present):  # in order, so that a tie ends the same way every time
            for pattern in self.by_form[form]:
                if pattern.actors > actors or any(map(present.isdisjoint, pattern.required)):
                    continue
                if pattern.unless and not present.isdisjoint(pattern.unless):
                    continue
                phrase = pattern.phrase
                if isinstance(phrase, ClausePhrase):
                    same = clauses.setdefault(phrase.lemma, [])
                    if pattern not in same:
                        same.append(pattern)
                else:
                    nominals.setdefault(form, []).append(pattern)
        return Candidates(clauses, nominals)
