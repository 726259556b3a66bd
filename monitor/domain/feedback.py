"""What a person says of an alert that should not have come as it did (P23)."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """What was not right with an alert."""

    WRONG = "wrong"
    """The text says nothing of the kind."""
    DUPLICATE = "duplicate"
    """The event was told already, under another story."""
    NOISE = "noise"
    """Right, but not worth a message."""
    DIRECTION = "direction"
    """Who did it to whom is turned round."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """One verdict on one alert, by the id of its message. The last one counts."""

    message_id: str
    fault: Fault
    note: str
    at: dt.datetime
