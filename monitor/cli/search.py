"""`relmon search`: stories and items by their words, as the page Search finds them."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from monitor.cli import moments
from monitor.cli.common import config_option, database_option, tells_errors
from monitor.cli.listing import local, story_lines
from monitor.cli.reading import database_of, stored
from monitor.cli.wiring import utc_now
from monitor.delivery.wording import printable
from monitor.domain.browsing import StoryFilter
from monitor.domain.searching import read_search
from monitor.domain.shapes import item_json, story_json
from monitor.storage.browse.search import FoundItem, search_items, search_stories

_LINE_WIDTH = 140


@click.command(short_help="Find stories and items by their words.")
@click.argument("words", nargs=-1, required=True)
@config_option
@database_option
@click.option(
    "--limit", default=20, show_default=True, type=click.IntRange(min=1, max=100), help="At most so many of each."
)
@click.option("--since", metavar="TIME", help=f"Reported or seen since then: {moments.SINCE_HELP}.")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON object a line, for programs.")
@tells_errors
def search(
    *,
    words: tuple[str, ...],
    config_folder: Path | None,
    database: str | None,
    limit: int,
    since: str | None,
    as_json: bool,
) -> None:
    """Find stories and items that hold all of these words, the newest first.

    "Phrases" stand in quotation marks, in shell quotes of their own: '"recalls its envoy"'. The last word may be a beginning, others
    with a star: diplom*. A word with a minus is left out; write -- before the words where the first one has a minus. Exit code 1
    where nothing is found.
    """
    now = utc_now()
    sought = read_search(" ".join(words))
    if sought.is_empty:
        raise click.UsageError("Name a word to be found; words to leave out are not enough.")
    wanted = StoryFilter(since=moments.since(since, now) if since else None)
    with stored(database_of(config_folder, database)) as connection:
        stories = search_stories(connection, sought, wanted, limit=limit).rows
        found = search_items(connection, sought, wanted, now=now, limit=limit).rows
    if as_json:
        for shape in (
            *({"kind": "story", **story_json(story)} for story in stories),
            *({"kind": "item", **item_json(one.item), "stories": [story.id for story in one.stories]} for one in found),
        ):
            click.echo(json.dumps(shape, ensure_ascii=False))
    else:
        for line in (*story_lines(stories), *([""] if stories and found else []), *_item_lines(found)):
            click.echo(line)
    if not stories and not found:
        click.echo("Nothing is stored with these words. Try fewer, or the beginning of one with a star.", err=True)
        raise SystemExit(1)


def _item_lines(found: Iterable[FoundItem]) -> Iterator[str]:
    """Each item with the lead of its summary, and its link."""
    for one in found:
        item = one.item
        yield f"{local(item.published_at)}  {printable(item.title)} ({printable(item.outlet)})"
        if item.summary:
            yield f"                  {printable(item.summary)[:_LINE_WIDTH]}"
        if item.link:
            yield f"                  {printable(item.link)}"
