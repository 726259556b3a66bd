"""Whether a story is one between the sides that a watch, or a mute, names. Pure."""

from itertools import permutations

from monitor.domain.routing import ANYONE
from monitor.domain.stories import Story


def is_between(between: tuple[frozenset[str], ...], story: Story) -> bool:
    """`between` is read as domain.routing.Watch says. A side that is not known never counts as a named one."""
    sides = (story.source, story.target)
    if not between:
        return True
    if len(between) == 1:
        return any(_names(between[0], side) for side in sides)
    return any(_names(one, sides[0]) and _names(other, sides[1]) for one, other in permutations(between, 2))


def _names(codes: frozenset[str], side: str | None) -> bool:
    return ANYONE in codes or side in codes
