"""relation-types.toml and types.d: the kinds of relation events, shipped ones and an operator's own.

An own type stands below another one, its `parent`, and takes from it what it doesn't say itself. Read without pydantic,
since `relmon classify` needs the types in a fraction of a second. Comes before the watches, which name types and
families.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from monitor.domain.documents import Finding, TomlDocument
from monitor.domain.taxonomy import PLOVER_ROOTS, RelationType, Severity, Taxonomy
from monitor.settings.spelling import did_you_mean

_KEYS = frozenset({"means", "plover", "scale", "severity", "mutual", "recurs", "parent"})
_SCALE_LIMIT = 10
_OWN_ID = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class _OwnType:
    """A type as an operator wrote it."""

    document: TomlDocument
    family: str
    id: str
    table: Mapping[str, Any]

    @property
    def parent(self) -> Any:
        return self.table.get("parent")

    def finding(self, message: str, *key: str) -> Finding:
        return self.document.finding((self.family, self.id, *key), f"{self.id}: {message}")


def read_taxonomy(document: TomlDocument, own: Sequence[TomlDocument] = ()) -> tuple[Taxonomy, tuple[Finding, ...]]:
    """The types of the document in its order, then those of `own`; each type with a mistake is left out and reported."""
    types: dict[str, RelationType] = {}
    findings: list[Finding] = []
    for family, tables in document.data.items():
        for type_id, table in tables.items() if isinstance(tables, dict) else ():
            problems = list(_problems(table))
            findings += [document.finding((family, type_id, key), f"{type_id}: {problem}") for key, problem in problems]
            if not problems:
                types[type_id] = _type(family, type_id, table)
    for kind in types.values():
        if kind.parent is not None and kind.parent not in types:
            message = f'{kind.id}: its parent "{kind.parent}" is no type'
            findings.append(document.finding((kind.family, kind.id, "parent"), message))
    _add_own(types, own, findings)
    return Taxonomy(types), tuple(findings)


def _type(family: str, type_id: str, table: Mapping[str, Any], above: frozenset[str] = frozenset()) -> RelationType:
    """A type from a table that is without mistakes and complete."""
    return RelationType(
        id=type_id,
        family=family,
        means=table["means"],
        plover=table["plover"],
        scale=float(table["scale"]),
        severity=Severity(table["severity"]),
        mutual=table.get("mutual", False),
        recurs=table.get("recurs", False),
        parent=table.get("parent"),
        above=above,
    )


def _problems(table: Any) -> Iterator[tuple[str, str]]:
    """What is wrong with a table: the key and a sentence."""
    if not isinstance(table, dict):
        yield "", "must be a table"
        return
    for key in sorted(table.keys() - _KEYS):
        yield key, f'unknown key "{key}"{did_you_mean(key, _KEYS)}'
    if not isinstance(table.get("means"), str):
        yield "means", '"means" must be a sentence in quotes'
    if table.get("plover") not in tuple(PLOVER_ROOTS):
        yield "plover", f'"plover" must be one of {", ".join(sorted(PLOVER_ROOTS))}'
    scale = table.get("scale")
    if isinstance(scale, bool) or not isinstance(scale, int | float) or not -_SCALE_LIMIT <= scale <= _SCALE_LIMIT:
        yield "scale", f'"scale" must be a number from -{_SCALE_LIMIT} to {_SCALE_LIMIT}'
    if table.get("severity") not in tuple(Severity):
        yield "severity", f'"severity" must be one of {", ".join(Severity)}'
    for key in ("mutual", "recurs"):
        if not isinstance(table.get(key, False), bool):
            yield key, f'"{key}" must be true or false'


def _add_own(types: dict[str, RelationType], documents: Sequence[TomlDocument], findings: list[Finding]) -> None:
    """Adds an operator's types, each after its parent, in whatever order they are written."""
    waiting: dict[str, _OwnType] = {}
    families = {kind.family for kind in types.values()} | {family for document in documents for family in document.data}
    for document in documents:
        for own in _written(document, findings):
            problem = _id_problem(own, types, waiting, families)
            if problem:
                findings.append(own.finding(problem))
            else:
                waiting[own.id] = own
    wrong: set[str] = set()
    for own in waiting.values():
        problem = _parent_problem(own, types, waiting)
        if problem:
            wrong.add(own.id)
            findings.append(own.finding(problem, "parent"))
    while ready := [own for own in waiting.values() if own.id not in wrong and own.parent in types]:
        for own in ready:
            del waiting[own.id]  # even where it is wrong: what stands below it then waits for ever, and is left out
            table = _with_parents(own.table, types[own.parent])
            problems = list(_problems(table))
            findings += [own.finding(problem, key) for key, problem in problems]
            if not problems:
                types[own.id] = _type(own.family, own.id, table, types[own.parent].names)


def _written(document: TomlDocument, findings: list[Finding]) -> Iterator[_OwnType]:
    """The types of one document; what has another shape is reported with the shape that it should have."""
    for family, tables in document.data.items():
        if not isinstance(tables, dict):
            message = f'"{family}" stands outside of any type; begin a type with a line like [coercion."visa.stopped"]'
            findings.append(document.finding((family,), message))
            continue
        for type_id, table in tables.items():
            if not isinstance(table, dict):
                message = f'"{family}" is no family with types; write the family first, like [coercion."{family}"]'
                findings.append(document.finding((family,), message))
                break
            if table and all(isinstance(value, dict) for value in table.values()):
                message = f'put the id in quotes, since it holds a dot: [{family}."{type_id}.{next(iter(table))}"]'
                findings.append(document.finding((family, type_id, next(iter(table))), message))
                continue
            yield _OwnType(document=document, family=family, id=type_id, table=table)


def _id_problem(
    own: _OwnType, types: Mapping[str, RelationType], waiting: Mapping[str, _OwnType], families: set[str]
) -> str:
    """What is wrong with the id; an empty text if nothing is."""
    if own.id in types:
        return (
            "this type ships with the program and is not to be redefined; give yours another id, and this one as parent"
        )
    if own.id in waiting:
        first = waiting[own.id]
        place = f"{first.document.file}:{first.document.line_of((first.family, first.id))}"
        return f"stands already at {place}; give one of the two another id"
    if own.id in families:
        return "is the name of a family; give the type another id"
    if own.family in types:
        return f'its family "{own.family}" is the id of a type; name a family, such as "{types[own.family].family}"'
    for name in (own.id, own.family):
        if not _OWN_ID.fullmatch(name):
            return f'"{name}" must be made of small letters, digits and dots, like "visa.stopped"'
    return ""


def _parent_problem(own: _OwnType, types: Mapping[str, RelationType], waiting: Mapping[str, _OwnType]) -> str:
    """What is wrong with the parent; an empty text if nothing is, or if the mistake is the parent's own."""
    if own.parent is None:
        return 'needs a "parent": the type that it is a kind of, such as parent = "sanctions.imposed"'
    if not isinstance(own.parent, str) or not (own.parent in types or own.parent in waiting):
        return f'its parent "{own.parent}" is no type{did_you_mean(str(own.parent), (*types, *waiting))}'
    trail = [own.id]
    while trail[-1] in waiting:
        above = waiting[trail[-1]].parent
        if above == own.id:
            return (
                f"its parents lead back to itself: {' -> '.join((*trail, own.id))}; one of them needs a shipped parent"
            )
        if not isinstance(above, str) or above in trail:
            return ""
        trail.append(above)
    return ""


def _with_parents(table: Mapping[str, Any], parent: RelationType) -> dict[str, Any]:
    return {
        "plover": parent.plover,
        "scale": parent.scale,
        "severity": parent.severity,
        "mutual": parent.mutual,
        "recurs": parent.recurs,
        **table,
    }
