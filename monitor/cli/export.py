"""`relmon export`: items, events or stories, all of them or a part, as they are stored."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from monitor.cli import moments
from monitor.cli.common import config_option, database_option, tells_errors
from monitor.cli.reading import database_of, stored
from monitor.cli.wiring import utc_now
from monitor.storage.events import all_events
from monitor.storage.export.columns import EVENT_COLUMNS, ITEM_COLUMNS, STORY_COLUMNS, Value
from monitor.storage.export.formats import csv_lines, json_lines
from monitor.storage.items import all_items
from monitor.storage.stories import all_stories

_READERS: Mapping[str, Callable[..., Iterator[Any]]] = {
    "items": all_items,
    "events": all_events,
    "stories": all_stories,
}
_COLUMNS: Mapping[str, Mapping[str, Callable[[Any], Value]]] = {
    "items": ITEM_COLUMNS,
    "events": EVENT_COLUMNS,
    "stories": STORY_COLUMNS,
}
_FORMATS: Mapping[str, Callable[[Iterable[Any], Mapping[str, Callable[[Any], Value]]], Iterator[str]]] = {
    "jsonl": json_lines,
    "csv": csv_lines,
}


@click.command()
@click.argument("what", type=click.Choice(list(_READERS)))
@config_option
@database_option
@click.option(
    "--format", "format_", type=click.Choice(list(_FORMATS)), default="jsonl", show_default=True, help="How to write."
)
@click.option("--since", metavar="TIME", help=f"Seen, read or last reported since then: {moments.SINCE_HELP}.")
@click.option("--between", metavar="CODES", help="About these: VEN, or USA,VEN for the two with each other.")
@tells_errors
def export(
    *,
    what: str,
    config_folder: Path | None,
    database: str | None,
    format_: str,
    since: str | None,
    between: str | None,
) -> None:
    """Write items, events or stories to standard output, the oldest first, while the daemon goes on.

    What is written is one state of the database. docs/operating.md explains the columns.
    """
    sides = _sides(between) if between else ()
    after = moments.since(since, utc_now()) if since else None
    with stored(database_of(config_folder, database)) as connection:
        rows = _READERS[what](connection, since=after, sides=sides)
        for part in _FORMATS[format_](rows, _COLUMNS[what]):
            # As bytes: UTF-8 whatever the terminal's own, and line ends as the format has them.
            click.echo(part.encode(), nl=False)


def _sides(between: str) -> Sequence[str]:
    codes = tuple(code.strip().upper() for code in between.split(","))
    if len(codes) > 2 or not all(codes):  # noqa: PLR2004 - a relation has two sides
        raise click.BadParameter("write one code, or two with a comma, such as USA,VEN.", param_hint="--between")
    return codes
