"""The form of an operator's files in patterns.d and actors.d: which keys they have, and what kind of value stands where.

What the values mean is known in classify, which takes their form for granted: a text where a list belongs would be read
letter by letter. Shipped files are held to the same form by the tests. Comes before documents.py hands the files on.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from monitor.domain.documents import Finding, TomlDocument, TomlPath
from monitor.domain.events import Part
from monitor.settings.holders import holder_findings
from monitor.settings.spelling import did_you_mean

_PATTERN_FILE = ("language", "pattern")
_TEXTS, _TEXT, _SWITCH = (
    'must be a list of texts, like ["one", "two"]',
    "must be text in quotes",
    "must be true or false",
)
_PATTERN = {
    "id": _TEXT,
    "type": _TEXT,
    "say": _TEXTS,
    "yes": _TEXTS,
    "no": _TEXTS,
    "only": _TEXTS,
    "unless": _TEXTS,
    "both": _SWITCH,
    "agentless": _SWITCH,
    "named": _SWITCH,
    "denied": _TEXT,
    "ended": _TEXT,
}
_NAMES = ("names", "adjectives", "people", "capital", "seats", "places")
_INSTITUTION = {"name": _TEXT, "part": _TEXT, "alone": _SWITCH}


def pattern_findings(document: TomlDocument) -> Iterator[Finding]:
    """What is wrong with the form of a file of patterns.d. Unknown keys of a pattern are left to its compiler."""
    for key in document.data.keys() - set(_PATTERN_FILE):
        message = f'unknown key "{key}"{did_you_mean(key, _PATTERN_FILE)}; write each pattern below a line [[pattern]]'
        yield document.finding((key,), message)
    if "language" in document.data and not isinstance(document.data["language"], str):
        yield document.finding(("language",), f'"language" {_TEXT}')
    tables = document.data.get("pattern", [])
    if not _is_tables(tables):
        yield document.finding(("pattern",), "write each pattern below a line [[pattern]]")
        return
    for number, table in enumerate(tables):
        yield from _values(document, ("pattern", number), table, _PATTERN)


def actor_findings(document: TomlDocument) -> Iterator[Finding]:
    """What is wrong with the form of a file of actors.d."""
    for code, table in document.data.items():
        if not isinstance(table, dict) or code == "holder":
            continue
        if code.isupper():
            yield from _actor_findings(document, code, table)
        else:
            hint = f"[{code.upper()}]" if code.isalpha() else "[VEN]"
            yield document.finding((code,), f'"{code}" is no code of an actor; write it in capitals, like {hint}')
    yield from holder_findings(document)


def _actor_findings(document: TomlDocument, code: str, table: Mapping[str, Any]) -> Iterator[Finding]:
    known = (*_NAMES, "institutions", "ambiguous", "kind", "home")
    for key, value in table.items():
        # A dotted key has its place with its language: names.en.
        path = (code, key, *(list(value)[:1] if isinstance(value, dict) else ()))
        if key not in known:
            yield document.finding(path, f'{code}: unknown key "{key}"{did_you_mean(key, known)}')
        elif key == "ambiguous":
            if not _is_texts(value):
                yield document.finding(path, f'{code}: "{key}" {_TEXTS}')
        elif key in _NAMES:
            if not isinstance(value, dict) or not all(map(_is_texts, value.values())):
                yield document.finding(path, f'{code}: name the language, and give a list: {key}.en = ["One", "Two"]')
        elif key == "institutions":
            yield from _institution_findings(document, path, value)


def _institution_findings(document: TomlDocument, path: TomlPath, value: Any) -> Iterator[Finding]:
    lists = list(value.values()) if isinstance(value, dict) else [value]
    tables = [table for several in lists for table in (several if _is_tables(several) else [{}])]
    if not all("name" in table for table in tables):
        yield document.finding(path, 'write institutions.en = [{ name = "the Assembly", part = "legislature" }]')
        return
    for table in tables:
        yield from _values(document, path, table, _INSTITUTION)
        if table.get("part", Part.GOVERNMENT) not in tuple(Part):
            parts = ", ".join(part.value for part in Part)
            yield document.finding(path, f"the part of {table['name']} must be one of {parts}")


def _values(
    document: TomlDocument, at: TomlPath, table: Mapping[str, Any], forms: Mapping[str, str]
) -> Iterator[Finding]:
    for key, form in forms.items():
        if key in table and not _has_form(table[key], form):
            yield document.finding((*at, key), f'"{key}" {form}')


def _has_form(value: Any, form: str) -> bool:
    if form == _TEXTS:
        return _is_texts(value)
    return isinstance(value, str) if form == _TEXT else isinstance(value, bool)


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(text, str) and text.strip() for text in value)


def _is_tables(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(table, dict) for table in value)
