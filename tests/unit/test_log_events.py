"""What is logged, read out of the source: events with names that can be searched for, and their facts in fields."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LEVELS = frozenset({"debug", "info", "warning", "error", "exception"})
_NAME = re.compile(r"[a-z]+(_[a-z]+)+")


def logged() -> Iterator[tuple[str, ast.Call]]:
    """Every call of a module's `log`, or of the one of its methods that a line of code has chosen, with its place."""
    for file in sorted((ROOT / "monitor").rglob("*.py")):
        source = file.read_text(encoding="utf-8")
        if "log = structlog.get_logger()" not in source:
            continue
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Call) and _speaks(node):
                yield f"{file.relative_to(ROOT)}:{node.lineno}", node


def _speaks(call: ast.Call) -> bool:
    function = call.func
    if isinstance(function, ast.Attribute):
        return isinstance(function.value, ast.Name) and function.value.id == "log" and function.attr in LEVELS
    named = bool(call.args) and isinstance(call.args[0], ast.Constant)
    return isinstance(function, ast.Name) and function.id == "line" and named


def names() -> set[str]:
    return {
        call.args[0].value
        for _, call in logged()
        if call.args and isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str)
    }


@pytest.mark.parametrize(("place", "call"), [pytest.param(*one, id=one[0]) for one in logged()])
def test_every_event_when_logged_has_a_name_of_its_own_and_its_facts_in_fields(place: str, call: ast.Call) -> None:
    (name,) = call.args
    assert isinstance(name, ast.Constant), f"{place}: the name is put together, so nobody can search for it"
    assert _NAME.fullmatch(str(name.value)), place
    # "event" is the name itself, and "level" and "timestamp" are the log's.
    assert not {"event", "level", "timestamp"} & {keyword.arg for keyword in call.keywords}, place


def test_every_event_of_the_guide_when_looked_for_is_logged_somewhere() -> None:
    guide = (ROOT / "docs" / "seeing-inside.md").read_text(encoding="utf-8")
    table = guide.split("## The log\n")[1].split("\n## ")[0].split("| event |")[1]
    told = {
        name
        for row in table.splitlines()
        for name in re.findall(r"`([a-z_]+)`", row.partition("| ")[2].partition(" |")[0])
    }
    assert told
    assert told <= names()
