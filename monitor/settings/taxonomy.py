"""relation-types.toml: the kinds of relation events, which ship with the program.

Read without pydantic, since `relmon classify` needs it in a fraction of a second. Comes before the watches, which name
types and families.
"""

from collections.abc import Iterator
from typing import Any

from monitor.domain.documents import Finding, TomlDocument
from monitor.domain.taxonomy import PLOVER_ROOTS, RelationType, Severity, Taxonomy

_KEYS = frozenset({"means", "plover", "scale", "severity", "mutual", "parent"})
_SCALE_LIMIT = 10


def read_taxonomy(document: TomlDocument) -> tuple[Taxonomy, tuple[Finding, ...]]:
    """The types of the document in its order; each type with a mistake is left out and reported."""
    types: dict[str, RelationType] = {}
    findings: list[Finding] = []
    for family, tables in document.data.items():
        for type_id, table in tables.items() if isinstance(tables, dict) else ():
            problems = list(_problems(table))
            findings += [document.finding((family, type_id), f"{type_id}: {problem}") for problem in problems]
            if not problems:
                types[type_id] = RelationType(
                    id=type_id,
                    family=family,
                    means=table["means"],
                    plover=table["plover"],
                    scale=float(table["scale"]),
                    severity=Severity(table["severity"]),
                    mutual=table.get("mutual", False),
                    parent=table.get("parent"),
                )
    for kind in types.values():
        if kind.parent is not None and kind.parent not in types:
            message = f'{kind.id}: its parent "{kind.parent}" is no type'
            findings.append(document.finding((kind.family, kind.id, "parent"), message))
    return Taxonomy(types), tuple(findings)


def _problems(table: Any) -> Iterator[str]:
    if not isinstance(table, dict):
        yield "must be a table"
        return
    if unknown := table.keys() - _KEYS:
        yield f"unknown key {', '.join(sorted(unknown))}"
    if not isinstance(table.get("means"), str):
        yield '"means" must be a sentence in quotes'
    if table.get("plover") not in PLOVER_ROOTS:
        yield f'"plover" must be one of {", ".join(sorted(PLOVER_ROOTS))}'
    scale = table.get("scale")
    if not isinstance(scale, int | float) or not -_SCALE_LIMIT <= scale <= _SCALE_LIMIT:
        yield f'"scale" must be a number from -{_SCALE_LIMIT} to {_SCALE_LIMIT}'
    if table.get("severity") not in tuple(Severity):
        yield f'"severity" must be one of {", ".join(Severity)}'
    if not isinstance(table.get("mutual", False), bool):
        yield '"mutual" must be true or false'
