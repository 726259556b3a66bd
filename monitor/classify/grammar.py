"""A language's compiled patterns, and which of them a sentence can hold at all.

Stands between the pattern compiler and the matcher. Most sentences of a newspaper hold no word that any pattern waits
for; for the others one look-up for each word leaves a handful of patterns, before anything is parsed.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from monitor.classify.phrases import Phrase
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
    by_people: bool = False
    """Whether a people may do it as well, who else don't act for their state: a protest."""
    actors: int = 1
    """How many different actors a sentence must name for it to fit."""
    only: frozenset[Status] = frozenset()
    """The statuses in which it holds, where not in all: to let somebody pass is an offer while it is planned."""
    unless: frozenset[str] = frozenset()
    """Words in whose company it means something else: an embassy that closes for a holiday."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """The patterns that a sentence may hold: clauses by the lemma of their verb, noun groups by their head's form."""

    clauses: Mapping[str, list[Pattern]]
    nominals: Mapping[str, list[Pattern]]

    def __bool__(self) -> bool:
        return bool(self.clauses or self.nominals)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Group:
    """The patterns that wait for the same word."""

    lemma: str | None
    """The verb that they wait for, in its base form; None where it is a noun."""
    rows: list[tuple[frozenset[str], Sequence[frozenset[str]], Pattern]] = field(default_factory=list)
    """Each pattern behind the sets of words of which it needs one each: the rarest set, then the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grammar:
    """A language with its patterns."""

    language: Language
    awaited: Mapping[str, Sequence[Group]] = field(repr=False)
    """By each form of a verb or head noun: the patterns that wait for it."""
    lonely: Mapping[str, Sequence[Group]] = field(repr=False)
    """Of `awaited` what holds a pattern that is content with one actor: few do, and half of all sentences name but one."""

    def candidates(self, present: AbstractSet[str], actors: int) -> Candidates:
        """The patterns whose words are all among the lower-case words of a sentence that names so many actors."""
        awaited = self.awaited if actors > 1 else self.lonely
        forms = sorted(awaited.keys() & present)  # in order, so that a tie ends the same way every time
        missing = present.isdisjoint
        clauses: dict[str, list[Pattern]] = {}
        nominals: dict[str, list[Pattern]] = {}
        tried: set[Group] = set()
        for form in forms:
            for group in awaited[form]:
                if group in tried:
                    continue
                fitting = [
                    pattern
                    for rarest, others, pattern in group.rows
                    if not missing(rarest)
                    and not any(map(missing, others))
                    and pattern.actors <= actors
                    and missing(pattern.unless)
                ]
                if group.lemma is not None:
                    tried.add(group)  # another form of a verb brings nothing new
                if fitting and group.lemma is not None:
                    clauses.setdefault(group.lemma, []).extend(fitting)
                elif fitting:
                    nominals.setdefault(form, []).extend(fitting)
        return Candidates(clauses, nominals)
