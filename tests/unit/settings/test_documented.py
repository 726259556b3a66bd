"""docs/configuration.md names every setting with its default, every key of every file, and every command."""

import dataclasses
import datetime as dt
import json
import re
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

import click
import pytest

from monitor.cli import main
from monitor.settings.feeds import FEED_KEYS
from monitor.settings.process import SECTIONS
from monitor.settings.starter import OPERATOR_FILES, OVERLAY_FOLDERS
from monitor.settings.units import format_duration, format_size
from monitor.settings.watches import WATCH_KEYS

PAGE = (Path(__file__).parents[3] / "docs" / "configuration.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    return PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]


def rows(title: str) -> dict[str, str]:
    """The first two cells of each table row of a section."""
    return dict(re.findall(r"^\| `([\w.]+)` \| (.*?) \|", section(title), flags=re.MULTILINE))


def written(key: str, default: object) -> str:
    if isinstance(default, tuple):
        items = [item if isinstance(item, str) else format_duration(item) for item in default]
        return json.dumps(items, ensure_ascii=False)
    if default is None:
        return '"forever"'
    if isinstance(default, dt.timedelta):
        return f'"{format_duration(default)}"'
    if isinstance(default, StrEnum):
        return f'"{default}"'
    if isinstance(default, int) and key == "poll.max_body":
        return f'"{format_size(default)}"'
    return json.dumps(default)


def test_every_setting_when_looked_up_is_documented_with_its_default() -> None:
    documented = rows("monitor.toml")
    settings = {
        f"{name}.{field.name}": field.default for name, kind in SECTIONS.items() for field in dataclasses.fields(kind)
    }
    assert list(documented) == list(settings)
    for key, default in settings.items():
        if default is not dataclasses.MISSING:
            assert documented[key].startswith(f"`{written(key, default)}`"), key


@pytest.mark.parametrize(("title", "keys"), [("feeds.toml", FEED_KEYS), ("watches.toml", WATCH_KEYS)])
def test_every_key_of_a_file_when_looked_up_is_documented(title: str, keys: tuple[str, ...]) -> None:
    assert set(rows(title)) == set(keys)


@pytest.mark.parametrize("name", [*OPERATOR_FILES, *OVERLAY_FOLDERS])
def test_every_file_and_folder_when_looked_up_is_documented(name: str) -> None:
    assert name in PAGE.split("\n## ")[0]


def test_every_command_when_looked_up_is_documented() -> None:
    documented = re.findall(r"^\| `relmon ([a-z ]+)` \|", section("Commands"), flags=re.MULTILINE)
    assert documented == list(commands(main, ()))


def commands(group: click.Group, above: tuple[str, ...]) -> Iterator[str]:
    """All commands below a group, as they are typed."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from commands(command, (*above, name))
        else:
            yield " ".join((*above, name))
