"""The two sides of reports and stories, and the names of what an event was done to: when they may be the same. Pure.

A side or an object that one text leaves open fits any. Used by `sameness`, which asks about the event as a whole.
"""

import re
import unicodedata
from typing import NamedTuple

from monitor.domain.events import Part
from monitor.domain.stories import StoredEvent, Story


class Sides(NamedTuple):
    """The two sides of an event by code; None for one that is unknown."""

    source: str | None
    target: str | None

    @property
    def turned(self) -> "Sides":
        """The same two, the other way round."""
        return Sides(self.target, self.source)

    def meets(self, other: "Sides") -> int:
        """How many known sides the two share: 0 where they don't fit, or share only what neither knows."""
        shared = 0
        for mine, theirs in zip(self, other, strict=True):
            if mine is not None and theirs is not None:
                if mine != theirs:
                    return 0
                shared += 1
        return shared


def sides_of(one: StoredEvent | Story) -> Sides:
    """The sides of a report or of a story."""
    if isinstance(one, Story):
        return Sides(one.source, one.target)
    source, target = one.event.source, one.event.target
    return Sides(source.code if source else None, target.code if target else None)


def opposition_in(report: StoredEvent) -> frozenset[str]:
    """The codes of those sides for which the opposition stands in a report."""
    return frozenset(
        actor.code
        for actor in (report.event.source, report.event.target)
        if actor is not None and actor.part is Part.OPPOSITION
    )


def may_be_same(one: str | None, other: str | None) -> bool:
    """Whether two objects may be one: "Quiroga" is "Ana Quiroga", whatever the accents and capitals.

    >>> may_be_same("El Cóndor", "el condor"), may_be_same("Ana Quiroga", "Luis Quiroga"), may_be_same(None, "El Cóndor")
    (True, False, True)
    """
    if one is None or other is None:
        return True
    here, there = _words(one), _words(other)
    return here <= there or there <= here


def fuller(one: str | None, other: str | None) -> str | None:
    """Of two names of one object the one that says more; the first, where they say the same."""
    if one is None or other is None:
        return one or other
    return other if _words(one) < _words(other) else one


def _words(name: str) -> frozenset[str]:
    plain = unicodedata.normalize("NFKD", name).casefold()
    return frozenset(re.findall(r"\w+", "".join(mark for mark in plain if not unicodedata.combining(mark))))
