"""From the text of a TOML file to its data, or to a finding that says where it is no TOML.

tomli is what the standard library took its tomllib from, with the same words for the same mistakes; compiled, it reads the
megabyte of names and patterns in half the time. Comes before whatever the data means.
"""

import re
from pathlib import Path

import tomli

from monitor.domain.documents import Finding, TomlDocument


def read_toml(path: Path, *, shown_as: str | None = None) -> TomlDocument | Finding:
    """Reads one TOML file; what can't be read or parsed comes back as a finding with its place."""
    file = shown_as or str(path)
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        return Finding(file=file, line=line, message="is not UTF-8 text; save the file as UTF-8")
    except OSError as error:
        return Finding(file=file, line=None, message=f"can't be read: {error.strerror}")
    return parse_toml(text, file=file)


def parse_toml(text: str, *, file: str) -> TomlDocument | Finding:
    """Parses TOML text; a syntax error comes back as a finding with line and column."""
    try:
        return TomlDocument(file=file, text=text, data=tomli.loads(text))
    except tomli.TOMLDecodeError as error:
        place = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
        line, column = (int(place[1]), int(place[2])) if place else (max(text.count("\n"), 1), None)
        message = re.sub(r" \(at .*\)$", "", str(error))
        return Finding(file=file, line=line, column=column, message=f"is not valid TOML: {message}")
