"""What people ask of the archive when they look rather than read: which stories, and which part of a long list.

Plain values between the pages and the reads of storage. Where they come from (an address, a parameter of the API) is the
web's; what answers them is storage's.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from monitor.domain.taxonomy import Severity, Status

_T = TypeVar("_T")
_U = TypeVar("_U")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryFilter:
    """Which stories are asked for. Every part narrows; one that says nothing leaves all."""

    sides: tuple[str, ...] = ()
    """No code; one, which may stand on either side; or two, between which it is, in either direction."""
    kinds: frozenset[str] = frozenset()
    """Ids of types, any of them; families must have been resolved."""
    min_severity: Severity | None = None
    """That one or worse."""
    statuses: frozenset[Status] = frozenset()
    language: str | None = None
    """The ISO 639-1 code of a language in which at least one report is."""
    since: dt.datetime | None = None
    """Reported at that time or later."""
    until: dt.datetime | None = None
    """And before that time."""

    @property
    def is_everything(self) -> bool:
        """Whether nothing is left out."""
        return self == StoryFilter()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """A place in a list: the values by which it is sorted, of the last row that was shown; the next page begins behind it.

    Times are written in ISO format, in UTC. Which values they are is known to the list alone: to others a cursor says nothing.
    """

    after: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[_T]):
    """A part of a list, and where the next one begins (None: this is the last)."""

    rows: tuple[_T, ...]
    next: Cursor | None = None

    def map(self, change: Callable[[_T], _U]) -> "Page[_U]":
        """The same part of the list, each row as something else."""
        return Page(rows=tuple(map(change, self.rows)), next=self.next)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFilter:
    """Which events are asked for. Every part narrows; one that says nothing leaves all."""

    sides: tuple[str, ...] = ()
    """As in StoryFilter."""
    types: frozenset[str] = frozenset()
    """Ids of types; families must have been resolved."""
    statuses: frozenset[Status] = frozenset()
    since: dt.datetime | None = None
    """Read at that time or later."""
    until: dt.datetime | None = None
    """And before that time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFilter:
    """Which items are asked for. Every part narrows; one that says nothing leaves all."""

    feed_id: str | None = None
    since: dt.datetime | None = None
    """First seen at that time or later."""
    until: dt.datetime | None = None
    """And before that time."""
