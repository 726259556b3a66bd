"""A document says where each of its keys stands, whatever TOML it is written in."""

import tomllib
from pathlib import Path

import tomlkit
from hypothesis import given, strategies

from monitor.domain.documents import Finding, TomlDocument
from monitor.settings.toml import parse_toml, read_toml

EXAMPLE = '''\
# a comment with [brackets] and = signs
title = "a # b = [c]"

[poll]
every = "5m"
"quoted key" = 1

[[watch]]
id = "one"
send = [
    "desk",  # not [ours]
    """a
multi-line""",
    "web",
]

[[watch]]
id = "two"
nested = { a = [1, 2], b = 3 }
[watch.quiet]
from = 22:00:00

[[watch.rule]]
say = [["a"], ["b",
  "c"]]
'''


def document(text: str) -> TomlDocument:
    parsed = parse_toml(text, file="x.toml")
    assert isinstance(parsed, TomlDocument)
    return parsed


def test_a_document_when_asked_for_paths_then_names_their_lines() -> None:
    doc = document(EXAMPLE)
    expected = {
        ("title",): 2,
        ("poll",): 4,
        ("poll", "every"): 5,
        ("poll", "quoted key"): 6,
        ("watch", 0): 8,
        ("watch", 0, "send"): 10,
        ("watch", 0, "send", 0): 11,
        ("watch", 0, "send", 1): 12,
        ("watch", 0, "send", 2): 14,
        ("watch", 1): 17,
        ("watch", 1, "id"): 18,
        ("watch", 1, "nested", "a", 1): 19,
        ("watch", 1, "quiet", "from"): 21,
        ("watch", 1, "rule", 0, "say", 0): 24,
        ("watch", 1, "rule", 0, "say", 1): 24,
        ("no", "such"): 1,
    }
    assert {path: doc.line_of(path) for path in expected} == expected


scalars = strategies.one_of(
    strategies.integers(-5, 5),
    strategies.text(max_size=8),
    strategies.booleans(),
    strategies.lists(strategies.text(max_size=4), max_size=3),
)
tables = strategies.recursive(
    strategies.dictionaries(strategies.text(min_size=1, max_size=5), scalars, max_size=3),
    lambda inner: strategies.dictionaries(
        strategies.text(min_size=1, max_size=5),
        inner | scalars | strategies.lists(inner, min_size=1, max_size=2),
        max_size=3,
    ),
    max_leaves=8,
)


@given(tables)
def test_any_document_when_walked_then_each_named_line_holds_its_key(data: dict[str, object]) -> None:
    text = tomlkit.dumps(data)
    doc = document(text)
    lines = text.split("\n")
    for path, line in doc._lines.items():
        part = path[-1]
        if isinstance(part, str):
            # A key stands on its line bare, or quoted by the writer; reading the line back proves it.
            assert tomlkit.key(part).as_string() in lines[line - 1]
    assert tomllib.loads(text) == doc.data


def test_broken_toml_when_parsed_then_the_finding_names_line_and_column() -> None:
    found = parse_toml('a = 1\nb = "x\n', file="x.toml")
    assert isinstance(found, Finding)
    assert (found.line, found.file) == (2, "x.toml")
    assert str(found).startswith("x.toml:2:")


def test_a_file_that_is_no_text_when_read_then_the_finding_says_so(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_bytes(b"a = 1\nb = '\xff'\n")
    found = read_toml(path)
    assert isinstance(found, Finding)
    assert found.line == 2
    assert "UTF-8" in found.message
    missing = read_toml(tmp_path / "none.toml", shown_as="none.toml")
    assert isinstance(missing, Finding)
    assert str(missing) == "none.toml: error: can't be read: No such file or directory"
