"""Phrases: what the matcher looks for, as plain values.

A clause is a verb with its subject and what follows it; a noun phrase is a deed named by a noun, with the prepositions
that bind the sides to it. How an operator writes them is the parser's affair (phrase_parser).
"""

from dataclasses import dataclass, field
from enum import StrEnum

from monitor.classify.words import WordSet

ANY_VERB = "..."
"""Fits every verb: "urge {target} to ..."."""
ANY = frozenset({ANY_VERB})


class Role(StrEnum):
    """The two sides of an event."""

    SOURCE = "source"
    TARGET = "target"


@dataclass(frozen=True, slots=True, kw_only=True)
class NounSpec:
    """A noun group: one that stands for a side, one whose head is among `words`, or both; neither fits any group."""

    role: Role | None = None
    words: WordSet | None = None
    office: WordSet | None = None
    """Where the side must be a person: the offices that count."""
    body: bool = False
    """Whether the side must be an organisation, which one leaves as one leaves a treaty."""
    state: bool = False
    """Whether the side must be a state, no organisation."""
    acts: bool = False
    """Whether the side must itself act, not merely own the thing that is named."""
    shown: str = field(default="", compare=False)
    """As the author wrote it."""

    def __str__(self) -> str:
        return self.shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Complement:
    """What follows a verb: a direct object, a preposition with its noun group, an infinitive, or a clause."""

    prepositions: frozenset[str] = frozenset()
    noun: NounSpec | None = None
    partner: NounSpec | None = None
    """The other side where both stand in one group: "between {source} and {target}"."""
    infinitives: frozenset[str] = frozenset()
    """Base forms of the verbs of an infinitive; ANY for whichever."""
    clause_verbs: frozenset[str] = frozenset()
    """With `noun` as its subject, a clause ("that {target} must"): words of its verb group; ANY for whichever."""

    @property
    def is_direct(self) -> bool:
        """Whether it is a direct object."""
        return not self.prepositions and not self.infinitives and not self.clause_verbs

    def __str__(self) -> str:
        if self.infinitives:
            return "to " + "|".join(sorted(self.infinitives))
        if self.clause_verbs:
            return f"a clause about {self.noun}"
        parts = ["|".join(sorted(self.prepositions)), str(self.noun), f"and {self.partner}" if self.partner else ""]
        return " ".join(filter(None, parts))


@dataclass(frozen=True, slots=True, kw_only=True)
class ClausePhrase:
    """A clause: `subjects` are one noun group or two joined by "and"."""

    subjects: tuple[NounSpec, ...]
    lemma: str
    particles: tuple[str, ...]
    passive: bool
    reflexive: bool
    complements: tuple[Complement, ...]

    @property
    def prepositions(self) -> frozenset[str]:
        """The prepositions that may stand right behind the verb: "be in|at talks with"."""
        return self.complements[0].prepositions if self.complements else frozenset()

    @property
    def takes_object(self) -> bool:
        """Whether a direct object comes first behind the verb, so that it may be the subject of a passive."""
        first = self.complements[0] if self.complements else None
        return first is not None and first.noun is not None and not (first.prepositions or first.clause_verbs)

    @property
    def names_object(self) -> bool:
        """Whether the object is said to be something, or is given something: "declare {target} (persona non grata)"."""
        second = self.complements[1] if len(self.complements) > 1 else None
        return self.takes_object and second is not None and second.is_direct

    @property
    def specificity(self) -> int:
        """How many things must be there: the more, the better the reading."""
        specs = (*self.subjects, *(complement.noun for complement in self.complements))
        named = sum(
            1 for spec in specs if spec is not None and (spec.words is not None or spec.office is not None or spec.body)
        )
        verbs = sum(1 for complement in self.complements if complement.infinitives and complement.infinitives != ANY)
        return 1 + len(self.particles) + len(self.complements) + named + verbs


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
