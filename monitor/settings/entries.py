"""Tables with an id ([[feed]], [[watch]], [[channel]]), gathered from a file and its overlay folder.

A table of an overlay whose id already stands changes only the keys that it names; any other is one more entry. Each key
remembers the file that gave it, so that a finding points to the right line. What the keys mean is left to feeds.py,
watches.py and channels.py, which come next.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from monitor.domain.documents import Finding, FindingLevel, TomlDocument, TomlPath
from monitor.settings.mistakes import unknown_key

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_ID_RULE = 'an id is made of lowercase letters, digits and dashes, like "bbc-world"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A table in a document."""

    document: TomlDocument
    path: TomlPath


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One table after its overlays: `values` without the id, and the places that gave them, first to last."""

    id: str
    places: tuple[Place, ...]
    values: dict[str, Any] = field(repr=False)

    def finding(self, path: TomlPath, message: str, level: FindingLevel = FindingLevel.ERROR) -> Finding:
        """A finding at `path` within the table, in the file that has the last word on its first key."""
        for place in reversed(self.places):
            table = _at(place)
            if path and path[0] in table:
                return place.document.finding((*place.path, *path), message, level)
        place = self.places[0]
        return place.document.finding(place.path, message, level)


def gather_entries(
    documents: Sequence[TomlDocument], kind: str, *, beside: Iterable[str] = ()
) -> tuple[tuple[Entry, ...], tuple[Finding, ...]]:
    """The entries of all documents (the main file first, then overlays in order), and what is wrong with their shape.

    `beside` names the other top-level keys that such a file may hold.
    """
    known = (kind, *beside)
    entries: dict[str, Entry] = {}
    findings: list[Finding] = []
    for document in documents:
        findings += [document.finding((key,), unknown_key(key, known)) for key in document.data if key not in known]
        ids_here: dict[str, int] = {}
        for index, table in _tables(document, kind, findings):
            place = Place(document=document, path=(kind, index))
            entry_id = table.get("id")
            problem = _id_problem(entry_id, kind)
            if problem or not isinstance(entry_id, str):
                findings.append(document.finding((*place.path, "id"), problem))
                continue
            if entry_id in ids_here:
                first = document.line_of((kind, ids_here[entry_id], "id"))
                message = f'the id "{entry_id}" stands already at line {first}; give this {kind} another'
                findings.append(document.finding((*place.path, "id"), message))
                continue
            ids_here[entry_id] = index
            entries[entry_id] = _laid_over(entries.get(entry_id), entry_id, place, table)
    return tuple(entries.values()), tuple(findings)


def _tables(document: TomlDocument, kind: str, findings: list[Finding]) -> Iterator[tuple[int, dict[str, Any]]]:
    tables = document.data.get(kind, [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        findings.append(document.finding((kind,), f"write each {kind} below a line [[{kind}]]"))
        return
    yield from enumerate(tables)


def stable_id(text: str) -> str:
    """Accepts what can be an id; otherwise a ValueError with a sentence."""
    if not _ID.fullmatch(text):
        raise ValueError(f"{text!r} is no id; {_ID_RULE}")
    return text


def _id_problem(entry_id: object, kind: str) -> str:
    if entry_id is None:
        return f'this {kind} has no "id"; {_ID_RULE}'
    if not isinstance(entry_id, str) or not _ID.fullmatch(entry_id):
        return f"{entry_id!r} is no id; {_ID_RULE}"
    return ""


def _laid_over(standing: Entry | None, entry_id: str, place: Place, table: dict[str, Any]) -> Entry:
    values = {key: value for key, value in table.items() if key != "id"}
    if standing is None:
        return Entry(id=entry_id, places=(place,), values=values)
    return Entry(id=entry_id, places=(*standing.places, place), values={**standing.values, **values})


def _at(place: Place) -> dict[str, Any]:
    value: Any = place.document.data
    for step in place.path:
        value = value[step]
    return dict(value)
