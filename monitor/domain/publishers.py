"""Who stands behind an outlet's name: publishers that print under many names, agencies, and states that speak themselves.

What config/publishers.toml says, as values. Comes before stories/corroborate.py, which finds them in items.
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
