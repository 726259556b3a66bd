"""TOML documents that remember where each key stands, and findings that point there.

Parsers keep no positions, so a finding looks its line up in the text, once it is needed. Files are read in
settings/toml.py. Comes before every compiler of configuration (settings, patterns, actors); they share this one way to
say "where".
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

TomlPath = tuple[str | int, ...]


class FindingLevel(StrEnum):
    """An error makes the configuration unusable; a warning is worth a look."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One mistake in what an operator wrote: where it is, what is wrong, and what to do."""

    file: str
    line: int | None
    message: str
    column: int | None = None
    level: FindingLevel = FindingLevel.ERROR

    def __str__(self) -> str:
        place = self.file + "".join(f":{number}" for number in (self.line, self.column) if number is not None)
        return f"{place}: {self.level}: {self.message}"


@dataclass(frozen=True, kw_only=True)
class TomlDocument:
    """A TOML file's text and data. `line_of(("watch", 1, "send"))` is where the second watch names its channels."""

    file: str
    text: str = field(repr=False)
    data: dict[str, Any] = field(repr=False)

    @cached_property
    def _lines(self) -> dict[TomlPath, int]:
        return dict(_positions(self.text))

    def line_of(self, path: TomlPath) -> int:
        """The 1-based line of `path`, or of its nearest parent that has one (1 for the document itself)."""
        for length in range(len(path), 0, -1):
            line = self._lines.get(path[:length])
            if line is not None:
                return line
        return 1

    def finding(self, path: TomlPath, message: str, level: FindingLevel = FindingLevel.ERROR) -> Finding:
        """A finding at the place of `path`."""
        return Finding(file=self.file, line=self.line_of(path), message=message, level=level)


# What a valid TOML document is made of, as far as positions need it. Strings come first, so that brackets, commas and
# hashes inside them are not read as structure.
_TOKEN = re.compile(
    r"""(?P<string>"{3}(?:[^\\]|\\.)*?"{3,5}|'{3}.*?'{3,5}|"(?:[^"\\\n]|\\.)*"|'[^'\n]*')"""
    r"""|(?P<comment>\#[^\n]*)|(?P<newline>\n)|(?P<mark>\[\[|\]\]|[\[\]{},=.])|(?P<bare>[^\s\#\[\]{},=."']+)""",
    re.DOTALL,
)


@dataclass(slots=True)
class _Token:
    kind: str
    text: str
    line: int


def _tokens(text: str) -> Iterator[_Token]:
    line, counted_to = 1, 0
    for match in _TOKEN.finditer(text):
        line += text.count("\n", counted_to, match.start())
        counted_to = match.start()
        kind = match.lastgroup or "bare"
        if kind != "comment":
            yield _Token(kind, match[0], line)
    yield _Token("newline", "\n", line)


def _key_part(token: _Token) -> str:
    if token.kind == "string":
        return str(tomllib.loads(f"v = {token.text}")["v"])
    return token.text


def _positions(text: str) -> Iterator[tuple[TomlPath, int]]:
    """Yields (path, line) for each table header, key and array element of a document that is known to be valid."""
    tokens = _tokens(text)
    table: TomlPath = ()
    latest: dict[TomlPath, int] = {}
    for token in tokens:
        if token.kind == "newline":
            continue
        if token.text in ("[", "[["):
            table = _header(tokens, latest, several=token.text == "[[")
            yield table, token.line
            continue
        parts = [_key_part(token)]
        for following in tokens:
            if following.text == "=" and following.kind == "mark":
                break
            if following.kind != "mark":
                parts.append(_key_part(following))
        path = (*table, *parts)
        yield path, token.line
        yield from _elements(tokens, path)


def _header(tokens: Iterator[_Token], latest: dict[TomlPath, int], *, several: bool) -> TomlPath:
    """The path that a header opens; arrays of tables on the way are entered at their latest element."""
    path: TomlPath = ()
    for token in tokens:
        if token.kind == "mark" and token.text in ("]", "]]"):
            break
        if token.kind != "mark":
            path = (*path, latest[path]) if path in latest else path
            path = (*path, _key_part(token))
    if several:
        latest[path] = latest.get(path, -1) + 1
        path = (*path, latest[path])
    return path


def _elements(tokens: Iterator[_Token], path: TomlPath) -> Iterator[tuple[TomlPath, int]]:
    """Walks over one value; where it is an array, yields the place of each element."""
    open_brackets: list[str] = []
    element, awaited = 0, False
    for token in tokens:
        if token.kind == "newline":
            if not open_brackets:
                return
            continue
        marks = token.text if token.kind == "mark" else ""
        if awaited and open_brackets == ["["] and not marks.startswith("]"):
            yield (*path, element), token.line
            awaited = False
        for mark in marks:
            if mark in "[{":
                awaited = awaited or (mark == "[" and not open_brackets)
                open_brackets.append(mark)
            elif mark in "]}":
                open_brackets.pop()
            elif mark == "," and open_brackets == ["["]:
                element, awaited = element + 1, True
