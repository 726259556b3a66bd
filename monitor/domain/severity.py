"""How loud a story is: the severity of its type, moved up or down by what is known of the case.

The table of steps is an operator's (`[severity]` of monitor.toml). stories/severity.py finds which of them hold for a
story; routing compares the result with what a watch asks for.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from monitor.domain.taxonomy import RelationType, Severity

HEADS = frozenset(
    {"president", "presidents", "prime minister", "prime ministers", "premier", "premiers", "chancellor", "pm", "pms"}
    | {"monarch", "king", "queen", "emperor", "empress", "emir", "sultan", "supreme leader", "pope", "pontiff"}
    | {"presidente", "presidenta", "presidentes", "presidentas", "presidente encargado", "presidenta encargada"}
    | {"presidenta interina", "mandatario", "mandataria", "mandatarios", "primer ministro", "primera ministra"}
    | {"primeros ministros", "rey", "reina", "emperador", "emperatriz", "sultán", "papa"}
)
"""The offices of heads of state and government, as texts and config/actors name them, in lower case."""

PERSONAL = frozenset({"contacts"})
"""The family of events in which it matters who acts. Elsewhere the name of a leader stands for the state."""


class Ground(StrEnum):
    """Why a story is louder or quieter than its type."""

    POSSIBLE = "possible"
    """It is only considered, speculated, asked about."""
    HEADS = "heads"
    """A head of state or government acts; in an encounter, one on each side."""
    FIRST = "first"
    """The first of its type between the two for a year, or as long as the table says."""
    BY_HAND = "by hand"
    """An operator has set it, so nothing else moves it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """A ground, and how many steps it moves the severity: up where positive, down where negative."""

    ground: Ground
    step: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SeverityTable:
    """The steps of each ground; 0 leaves it out of account. A denial has the severity of what it denies.

    `heads_in` names the types and families in which it matters who acts.
    `first_within` is how long nothing of a type may have come between two states for the next one to be a first.
    """

    possible: int = -1
    heads: int = 1
    first: int = 1
    first_within: dt.timedelta = dt.timedelta(days=365)
    heads_in: frozenset[str] = PERSONAL
    head_offices: frozenset[str] = HEADS

    def most(self, kind: RelationType) -> Severity:
        """The highest severity that a story of this type can have."""
        heads = 0 if self.heads_in.isdisjoint(kind.names) else self.heads
        return _moved(kind.severity, max(heads, 0) + max(self.first, 0))


def adjusted(severity: Severity, adjustments: Iterable[Adjustment]) -> Severity:
    """The severity so many steps up or down, never beyond routine and critical."""
    return _moved(severity, sum(adjustment.step for adjustment in adjustments))


def _moved(severity: Severity, steps: int) -> Severity:
    levels = tuple(Severity)
    return levels[min(max(severity.rank + steps, 0), len(levels) - 1)]
