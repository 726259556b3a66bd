"""Kinds of relation events, how loud they are, and the PLOVER root of each.

The types themselves are data (config/relation-types.toml, and an operator's types.d). PLOVER is the ontology of
political events described by the Open Event Data Alliance (https://github.com/openeventdata/PLOVER); `plover_root` is
the table at the head of relation-types.toml in code.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How loudly a default watch treats a type: routine < notable < major < critical."""

    ROUTINE = "routine"
    NOTABLE = "notable"
    MAJOR = "major"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0 for routine to 3 for critical."""
        return tuple(Severity).index(self)


class Status(StrEnum):
    """How a text presents an event: no part of its type."""

    REPORTED = "reported"
    """It has happened, or is happening now, according to the text."""
    PLANNED = "planned"
    """Announced, scheduled, agreed for the future, or in preparation."""
    POSSIBLE = "possible"
    """Conditional, hypothetical, considered, speculated, asked about."""
    DENIED = "denied"
    """The text says that it did not happen, or that someone denies it."""
    PAST = "past"
    """Background: recalled from well before the news itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationType:
    """One kind of event between two actors. `scale` runs from cooperation (+10) to conflict (-10)."""

    id: str
    family: str
    means: str
    plover: str
    scale: float
    severity: Severity
    mutual: bool = False
    recurs: bool = False
    """Whether the same pair does it again within days, each time in a moment: a strike, a threat; not a visit."""
    parent: str | None = None
    above: frozenset[str] = frozenset()
    """The ids and families of its parent, of that one's parent, and so on."""

    @property
    def names(self) -> frozenset[str]:
        """Every name by which a watch can ask for it: its id and family, and those of the types above it."""
        return self.above | {self.id, self.family}


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """All relation types by id, in the order of their file; an operator's own come last."""

    types: Mapping[str, RelationType]

    def __getitem__(self, type_id: str) -> RelationType:
        return self.types[type_id]

    def __contains__(self, type_id: object) -> bool:
        return type_id in self.types

    def __iter__(self) -> Iterator[RelationType]:
        return iter(self.types.values())

    @property
    def families(self) -> tuple[str, ...]:
        """The families in the order of the file."""
        return tuple(dict.fromkeys(kind.family for kind in self))


COOPERATIVE = frozenset({"SUPPORT", "COOPERATE", "AID", "YIELD", "AGREE"})
_COERCIVE = frozenset({"SANCTION", "COERCE", "ASSAULT", "MOBILIZE", "PROTEST"})
PLOVER_ROOTS = COOPERATIVE | _COERCIVE | {"CONSULT", "REQUEST", "ACCUSE", "REJECT", "THREATEN"}


def plover_root(kind: RelationType, status: Status) -> str:
    """The PLOVER root of an event: intent is coded apart from deed, so a plan to cooperate is AGREE."""
    if status in (Status.PLANNED, Status.POSSIBLE):
        if kind.plover in COOPERATIVE:
            return "AGREE"
        if kind.plover in _COERCIVE:
            return "THREATEN"
    return kind.plover
