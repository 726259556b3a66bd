"""The sides of a watch: `between = ["USA", "VEN"]`, groups of actors, and what can be wrong with them.

Part of reading watches.toml; watches.py does the rest.
"""

from collections.abc import Collection, Mapping, Sequence

from monitor.domain.documents import Finding, TomlDocument, TomlPath
from monitor.domain.routing import ANYONE
from monitor.settings.feeds import actor_code
from monitor.settings.spelling import did_you_mean

_SIDES = 2
_HOW = (
    'write ["USA", "VEN"] for these two, ["VEN"] for Venezuela with anyone, [["USA"], ["VEN", "COL"]] for one of each'
)


class BetweenError(Exception):
    """`between` can't be read; `path` is the element that is wrong."""

    def __init__(self, message: str, path: TomlPath = ()) -> None:
        super().__init__(message)
        self.path = path


def read_groups(
    documents: Sequence[TomlDocument], actor_codes: Collection[str] | None
) -> tuple[dict[str, frozenset[str]], list[Finding]]:
    """The named groups of actors of all documents; a later one replaces an earlier one of the same name."""
    groups: dict[str, frozenset[str]] = {}
    findings: list[Finding] = []
    for document in documents:
        tables = document.data.get("groups", {})
        if not isinstance(tables, dict):
            findings.append(
                document.finding(("groups",), 'write [groups], and below it lines like andes = ["PER", "BOL"]')
            )
            continue
        for name, codes in tables.items():
            place = ("groups", name)
            if name == ANYONE or not name[:1].islower():
                message = f'"{name}" can\'t be a group\'s name: it begins with a small letter, and is not "{ANYONE}"'
                findings.append(document.finding(place, message))
            if not isinstance(codes, list) or not codes:
                findings.append(document.finding(place, f'"{name}" must be a list of actor codes, like ["PER", "BOL"]'))
                continue
            groups[name] = frozenset(str(code) for code in codes)
            for index, code in enumerate(codes):
                problem = _code_problem(code, (), actor_codes)
                if problem:
                    findings.append(document.finding((*place, index), problem))
    return groups, findings


def read_between(
    value: object, groups: Mapping[str, frozenset[str]], actor_codes: Collection[str] | None
) -> tuple[frozenset[str], ...]:
    """The sides as Watch.between wants them: none for every pair, one for "with anyone", two for a pair."""
    if value == ANYONE:
        return ()
    if not isinstance(value, list) or not value:
        raise BetweenError(f'"between" must be a list or "{ANYONE}": {_HOW}')
    if len(value) > _SIDES:
        raise BetweenError(f'"between" has {len(value)} sides, but a relation has two: {_HOW}')
    sides = [_side(element, index, groups, actor_codes) for index, element in enumerate(value)]
    named = tuple(side for side in sides if side)
    if len(named) == _SIDES and named[0] == named[1] and len(named[0]) == 1:
        raise BetweenError(f'both sides are "{next(iter(named[0]))}"; a relation has two different ones', (1,))
    return named


def _side(
    element: object, index: int, groups: Mapping[str, frozenset[str]], actor_codes: Collection[str] | None
) -> frozenset[str]:
    """The codes of one side; none at all means anyone."""
    names = element if isinstance(element, list) else [element]
    if not names:
        raise BetweenError(f'one side of "between" is empty: {_HOW}', (index,))
    if ANYONE in names:
        return frozenset()
    codes: set[str] = set()
    for name in names:
        problem = _code_problem(name, groups, actor_codes)
        if problem:
            raise BetweenError(problem, (index,))
        codes |= groups.get(str(name), frozenset({str(name)}))
    return frozenset(codes)


def _code_problem(name: object, groups: Collection[str], actor_codes: Collection[str] | None) -> str:
    """What is wrong with the name of an actor or group; an empty text if nothing is."""
    if not isinstance(name, str):
        return f"{name!r} is no actor code; write it in quotes"
    if name in groups:
        return ""
    known = (*groups, *(actor_codes or ()))
    if actor_codes is not None:
        is_group = name[:1].islower()
        kind = "neither a group nor an actor code" if is_group else "no known actor code"
        return "" if name in actor_codes else f'"{name}" is {kind}{did_you_mean(name, known)}'
    try:
        actor_code(name)
    except ValueError as error:
        return str(error) + did_you_mean(name, known)
    return ""
