"""Texts to classify, from JSON lines: `relmon classify --jsonl` and `relmon patterns test --against` read the same.

A row is an object {"id", "text", "lang", "published", "actors", "home"}; which of these must be there, the command says.
"""

import datetime as dt
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

import click

from monitor.domain.events import NamedActor, Passage


def passages(lines: Iterable[str], source: str, *, needed: Collection[str]) -> Iterator[tuple[Any, Passage]]:
    """The id and the text of each line that isn't blank; one that can't be read ends the command and is named."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield _read(line, f"line {number} of {source}", needed)


def day_of(written: object, where: str) -> dt.date | None:
    """The day of a date or time as people and programs write it; None where nothing is written."""
    if not written:
        return None
    try:
        return dt.datetime.fromisoformat(str(written)).date()
    except ValueError as error:
        raise click.ClickException(f"{where}: {written!r} is no date; write it like 2026-01-31.") from error


def _read(line: str, where: str, needed: Collection[str]) -> tuple[Any, Passage]:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise click.ClickException(f"{where} is not JSON: {error}") from error
    if not isinstance(row, Mapping) or not all(key in row for key in needed) or not isinstance(row.get("text"), str):
        quoted = (f'"{key}"' for key in needed)
        raise click.ClickException(f"{where} needs {' and '.join(quoted)}.")
    actors = row.get("actors") or ()
    if not all(isinstance(actor, Mapping) and actor.get("name") and actor.get("code") for actor in actors):
        raise click.ClickException(f'{where}: "actors" is a list of {{"name", "code"}}.')
    return row.get("id"), Passage(
        text=row["text"],
        language=row.get("lang"),
        published_on=day_of(row.get("published"), f'{where}, "published"'),
        actors=tuple(NamedActor(name=str(actor["name"]), code=str(actor["code"])) for actor in actors),
        home=row.get("home"),
    )
