"""What looking at one thing came to."""

from dataclasses import dataclass
from enum import StrEnum


class Health(StrEnum):
    """How a thing does."""

    OK = "ok"
    WARNING = "warning"
    """It works, and will not for ever, or not as it should."""
    ERROR = "error"
    """It doesn't work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """One thing: what it is, how it does, what was found, and what to do where something is."""

    what: str
    health: Health
    found: str
    do: str = ""


def ok(what: str, found: str) -> Diagnosis:
    """It does well."""
    return Diagnosis(what=what, health=Health.OK, found=found)


def warning(what: str, found: str, do: str) -> Diagnosis:
    """It is worth a look."""
    return Diagnosis(what=what, health=Health.WARNING, found=found, do=do)


def error(what: str, found: str, do: str) -> Diagnosis:
    """It doesn't work."""
    return Diagnosis(what=what, health=Health.ERROR, found=found, do=do)
