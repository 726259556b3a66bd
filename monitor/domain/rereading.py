"""What is read otherwise in a stored item once patterns have changed."""

from dataclasses import dataclass

from monitor.domain.stories import StoredEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Gained:
    """An event that was not read before."""

    after: StoredEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """An event that is read no more."""

    before: StoredEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """The same words are read as another event: another type, side, status or object."""

    before: StoredEvent
    after: StoredEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Refined:
    """The same event, with other details: its date, the offices of those who act, whether it is only mentioned."""

    before: StoredEvent
    after: StoredEvent


Difference = Gained | Lost | Changed | Refined
