"""Changes single keys of feeds in the files where they stand, and nothing else: comments, order and line ends stay.

Used by `relmon feeds pause`, `resume` and `fix`; adding whole tables is write.py's work. Where a feed stands is known
from entries.py. Nothing is written here unless the new text holds exactly what was asked for.
"""

import copy
import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tomlkit

from monitor.domain.documents import Finding, TomlDocument, TomlPath
from monitor.domain.errors import ConfigurationError
from monitor.settings.entries import Entry, Place
from monitor.settings.toml import parse_toml
from monitor.settings.write import replace_file

Value = str | bool | dt.datetime
_Edit = Callable[[TomlDocument, TomlPath, str, Value | None], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedChange:
    """New values for keys of one feed. None takes a key away, wherever it stands."""

    entry: Entry
    values: Mapping[str, Value | None]


def change_feeds(changes: Sequence[FeedChange]) -> tuple[Path, ...]:
    """Writes the changes, and returns the files that were written; each is replaced whole or not at all.

    A key that stands somewhere changes there, in the file that has the last word on it; a new one goes below the
    feed's id.

    Raises:
        ConfigurationError: a feed is written in a way that can't be changed; nothing was written.
        OSError: a file can't be read or written; its `filename` says which.
    """
    files = _Files()
    for change in changes:
        for key, value in change.values.items():
            files.change(change.entry, key, value)
    return files.write()


def change_toml(change: FeedChange) -> str:
    """The change as a table for a file of feeds.d, where what it sets beats feeds.toml."""
    values = {key: value for key, value in change.values.items() if value is not None}
    return tomlkit.dumps({"feed": [{"id": change.entry.id, **values}]})


@dataclass(slots=True)
class _Files:
    """The texts of the files that change, by path, as far as they are changed."""

    before: dict[Path, str] = field(default_factory=dict)
    after: dict[Path, str] = field(default_factory=dict)

    def change(self, entry: Entry, key: str, value: Value | None) -> None:
        standing = [place for place in entry.places if key in self._table(place)]
        if value is None:
            for place in standing:
                self._put(place, key, value, _without)
        elif standing:
            self._put(standing[-1], key, value, _replaced)
        else:
            self._put(entry.places[0], key, value, _inserted)

    def write(self) -> tuple[Path, ...]:
        changed = [path for path, text in self.after.items() if text != self.before[path]]
        for path in changed:
            replace_file(path, self.after[path])
        return tuple(changed)

    def _put(self, place: Place, key: str, value: Value | None, edited: _Edit) -> None:
        document = self._document(place)
        wanted = copy.deepcopy(document.data)
        table = _at(wanted, place.path)
        table.pop(key, None)
        table |= {} if value is None else {key: value}
        text = edited(document, place.path, key, value)
        result = parse_toml(text, file=document.file)
        if isinstance(result, Finding) or result.data != wanted:
            message = f'"{key}" can\'t be changed as this feed is written; write each feed below a line [[feed]]'
            raise ConfigurationError((document.finding(place.path, message),))
        self.after[Path(document.file)] = text

    def _table(self, place: Place) -> dict[str, Any]:
        return dict(_at(self._document(place).data, place.path))

    def _document(self, place: Place) -> TomlDocument:
        path = Path(place.document.file)
        if path not in self.after:
            # As bytes, since reading as text would turn the line ends of an editor on Windows into others.
            self.before[path] = self.after[path] = path.read_bytes().decode()
        document = parse_toml(self.after[path], file=str(path))
        if isinstance(document, Finding):
            raise ConfigurationError((document,))
        return document


def _replaced(document: TomlDocument, path: TomlPath, key: str, value: Value | None) -> str:
    parsed = tomlkit.parse(document.text)
    _at(parsed, path)[key] = value
    return tomlkit.dumps(parsed)


def _without(document: TomlDocument, path: TomlPath, key: str, _: Value | None) -> str:
    parsed = tomlkit.parse(document.text)
    del _at(parsed, path)[key]
    return tomlkit.dumps(parsed)


def _inserted(document: TomlDocument, path: TomlPath, key: str, value: Value | None) -> str:
    # Not with tomlkit, which takes a comment above the next table for the end of this one, and would write below it.
    lines = document.text.split("\n")
    number = document.line_of((*path, "id"))
    end = "\r" if lines[number - 1].endswith("\r") else ""
    lines.insert(number, tomlkit.dumps({key: value}).rstrip("\n") + end)
    return "\n".join(lines)


def _at(data: Any, path: Iterable[str | int]) -> Any:
    for step in path:
        data = data[step]
    return data
