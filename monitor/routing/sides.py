"""Whether a story is one between the sides that a watch, or a mute, names. Pure."""

from itertools import permutations

from monitor.domain.routing import ANYONE
from monitor.domain.stories import Story


def is_between(between: tuple[frozenset[str], ...], story: Story) -> bool:
    """`between` is read as domain.routing.Watch says. A side that is not known never counts as a named one."""
    return are_between(between, story.source, story.target)


def are_between(between: tuple[frozenset[str], ...], source: str | None, target: str | None) -> bool:
    """`is_between` for a pair without a story."""
    sides = (source, target)
    if not between:
        return True
    if len(between) == 1:
        return any(_names(between[0], side) for side in sides)
    return any(_names(one, source) and _names(other, target) for one, other in permutations(between, 2))


def _names(codes: frozenset[str], side: str | None) -> bool:
    return ANYONE in codes or side in codes
