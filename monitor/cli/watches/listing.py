"""`relmon watches list`: every watch in plain words, with where it stands."""

import dataclasses
import datetime as dt
import json
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

import click

from monitor.cli.common import config_option, json_option, tells_errors
from monitor.cli.reading import configuration_of
from monitor.cli.watches.own import english
from monitor.cli.watches.saying import said
from monitor.domain.routing import Watch
from monitor.settings.files import Loaded


@click.command("list")
@config_option
@json_option
@tells_errors
def list_watches(*, config_folder: Path | None, as_json: bool) -> None:
    """List the watches, and say in plain words what each does."""
    loaded = configuration_of(config_folder, None)
    for line in _objects(loaded) if as_json else _lines(loaded):
        click.echo(line)
    if not loaded.watches and not as_json:
        click.echo("No watch is configured, so nothing alerts. `relmon watches add` adds one.", err=True)


def _lines(loaded: Loaded) -> Iterator[str]:
    book = english(loaded)
    for watch in loaded.watches:
        title = watch.id if watch.name == watch.id else f"{watch.id} ({watch.name})"
        yield f"{title}\n    {said(watch, book)}\n    {_place(loaded, watch)}"


def _place(loaded: Loaded, watch: Watch) -> str:
    place = loaded.watch_entries[watch.id].places[-1]
    return f"{place.document.file}:{place.document.line_of(place.path)}"


def _objects(loaded: Loaded) -> Iterator[str]:
    for watch in loaded.watches:
        yield json.dumps({**_plain(dataclasses.asdict(watch)), "place": _place(loaded, watch)}, ensure_ascii=False)


def _plain(values: dict[str, object]) -> dict[str, object]:
    return {key: _value(value) for key, value in values.items()}


def _value(value: object) -> object:
    match value:
        case frozenset():
            return sorted(str(one) for one in value)
        case tuple() | list():
            return [_value(one) for one in value]
        case dict():
            return _plain(value)
        case StrEnum():
            return value.value
        case dt.time():
            return f"{value:%H:%M}"
        case _:
            return value
