"""Rows as JSON lines or CSV, in parts large enough to be written at once and small enough to be held."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import TypeVar

from monitor.storage.export.columns import Value

_ROWS_AT_ONCE = 500
# What spreadsheets take for the beginning of a formula: https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_Row = TypeVar("_Row")


def json_lines(rows: Iterable[_Row], columns: Mapping[str, Callable[[_Row], Value]]) -> Iterator[str]:
    """One JSON object a line."""
    for part in _parts(rows):
        yield "".join(
            json.dumps({name: of(row) for name, of in columns.items()}, ensure_ascii=False) + "\n" for row in part
        )


def csv_lines(rows: Iterable[_Row], columns: Mapping[str, Callable[[_Row], Value]]) -> Iterator[str]:
    """A heading, and a line for each row (RFC 4180). Text that a spreadsheet would calculate has an apostrophe before it."""
    yield _csv([list(columns)])
    for part in _parts(rows):
        yield _csv([[_cell(of(row)) for of in columns.values()] for row in part])


def _parts(rows: Iterable[_Row]) -> Iterator[tuple[_Row, ...]]:
    waiting = iter(rows)
    while part := tuple(islice(waiting, _ROWS_AT_ONCE)):
        yield part


def _csv(lines: Iterable[Iterable[object]]) -> str:
    written = io.StringIO()
    csv.writer(written).writerows(lines)
    return written.getvalue()


def _cell(value: Value) -> object:
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case list():
            return _text("; ".join(value))
        case str():
            return _text(value)
        case _:
            return value


def _text(text: str) -> str:
    # A publisher chooses its headlines: one that begins with = would be run by whoever opens the file.
    return f"'{text}" if text.startswith(_FORMULA) else text
