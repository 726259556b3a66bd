"""Who stands behind an outlet's name: publishers that print under many names, agencies, and states that speak themselves.

What config/publishers.toml says, as values, and who has told a story. stories/corroborate.py and stories/coverage.py find
both in items.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """One voice, whatever it prints under. `names` are those of its outlets, in any spelling of case.

    `agency`: others print its text under its credit. `official` is the code of the state for which it speaks.
    """

    id: str
    names: tuple[str, ...]
    agency: bool = False
    official: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Printing:
    """A report as one outlet prints it. `link` leads to it, where the feed gave one."""

    outlet: str
    link: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """One independent publisher of a story, and each outlet that printed its text, the first one first.

    `agency` is what the publisher is called where others print under its credit, None where the outlet speaks for itself.
    """

    publisher: str
    printings: tuple[Printing, ...]
    agency: str | None = None
