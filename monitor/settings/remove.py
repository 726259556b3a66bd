"""Takes whole tables out of an operator's files, and nothing else: comments, order and line ends stay.

Used by `relmon watches remove`. What stands between the table and the next one, a comment on that one mostly, stays; so
does what stands above the table. Nothing is written unless the new text holds exactly what was there without the table.
"""

import copy
from pathlib import Path
from typing import Any

from monitor.domain.documents import Finding, TomlDocument, TomlPath
from monitor.domain.errors import ConfigurationError
from monitor.settings.entries import Entry
from monitor.settings.toml import parse_toml
from monitor.settings.write import replace_file


def remove_entry(entry: Entry) -> tuple[Path, ...]:
    """Takes out every table of this id, and returns the files that were written.

    Raises:
        ConfigurationError: a table is written in a way that can't be taken out; nothing was written.
        OSError: a file can't be read or written; its `filename` says which.
    """
    texts = {Path(place.document.file): _without(place.document, place.path) for place in entry.places}
    for path, text in texts.items():
        replace_file(path, text)
    return tuple(texts)


def _without(document: TomlDocument, path: TomlPath) -> str:
    kind = str(path[0])
    wanted = copy.deepcopy(document.data)
    tables: list[Any] = wanted[kind]
    tables.pop(int(path[1]))
    if not tables:
        del wanted[kind]
    # As bytes, since reading as text would turn the line ends of an editor on Windows into others.
    lines = Path(document.file).read_bytes().decode().splitlines(keepends=True)
    first = document.line_of(path) - 1
    last = min((line - 1 for line in _tables_of(document) if line - 1 > first), default=len(lines))
    while last > first and _says_nothing(lines[last - 1]):
        last -= 1
    if first and not lines[first - 1].strip():
        first -= 1
    text = "".join(lines[:first] + lines[last:])
    result = parse_toml(text, file=document.file)
    if isinstance(result, Finding) or result.data != wanted:
        message = f"this {kind} can't be taken out as it is written; write each {kind} below a line [[{kind}]]"
        raise ConfigurationError((document.finding(path, message),))
    return text


def _tables_of(document: TomlDocument) -> list[int]:
    """The lines at which tables of the document begin, those within a table left out."""
    paths: list[TomlPath] = []
    for key, value in document.data.items():
        several: Any = value if isinstance(value, list) else ()
        paths += [(key, index) for index in range(len(several))] or [(key,)]
    return [document.line_of(path) for path in paths]


def _says_nothing(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#")
