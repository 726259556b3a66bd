"""`relmon explain`: the whole way of an entry, a story, an alert or a text, and why it went no further.

`lookup.py` finds what is meant, the worker walks, `lines.py` and `shapes.py` show it to people and to programs.
"""

import json
import sys
from pathlib import Path

import click

from monitor.classify.compile import compile_classifier
from monitor.classify.explain import read_text
from monitor.cli.common import config_option, database_option, json_option, tells_errors
from monitor.cli.explain.lines import lines_of
from monitor.cli.explain.lookup import Unknown, is_text, look_up
from monitor.cli.explain.shapes import shape_of
from monitor.cli.reading import configuration_of, stored
from monitor.cli.wiring import utc_now, what_if_of
from monitor.domain.errors import DatabaseError
from monitor.domain.events import Passage
from monitor.domain.explanation import Seen
from monitor.domain.routing import Watch
from monitor.settings.files import Loaded
from monitor.worker.explain import Archivist


@click.command(short_help="Say why something was told, or why it wasn't.")
@click.argument("what", metavar="ITEM|URL|STORY|ALERT|TEXT", nargs=-1, required=True)
@click.option("--watch", "watch_id", metavar="ID", help="What this watch made of it, alone.")
@config_option
@database_option
@json_option
@tells_errors
def explain(
    *, what: tuple[str, ...], watch_id: str | None, config_folder: Path | None, database: str | None, as_json: bool
) -> None:
    """Say for an entry, a story or an alert what became of it and why; for any other text, what would.

    Entries are named by their link, their title or their id, stories and alerts by their id, each id by its first characters.
    A text that isn't stored is read as if it came now. Nothing is changed. Exit code 1 where nothing stored is meant.
    """
    if not (wanted := " ".join(what).strip()):
        raise click.UsageError("Say what is to be explained: a link, an id, or a text.")
    loaded = configuration_of(config_folder, database)
    watches = _watches(loaded, watch_id)
    found = _explained(wanted, loaded, watches)
    if isinstance(found, Unknown):
        click.echo(f"relmon: {found.sentence}", err=True)
        sys.exit(1)
    if as_json:
        shapes = [shape_of(seen) for seen in found]
        click.echo(json.dumps(shapes[0] if len(shapes) == 1 else shapes, ensure_ascii=False, indent=2))
        return
    for number, seen in enumerate(found):
        if number:
            click.echo()
        for line in lines_of(seen):
            click.echo(line)


def _watches(loaded: Loaded, watch_id: str | None) -> tuple[Watch, ...]:
    """The watches that are asked about: all, or the one with this id or name."""
    chosen = tuple(watch for watch in loaded.watches if watch_id in (None, watch.id, watch.name))
    if watch_id is not None and not chosen:
        known = ", ".join(watch.id for watch in loaded.watches) or "none"
        raise click.BadParameter(f"'{watch_id}' is no watch of this configuration ({known}).", param_hint="--watch")
    return chosen


def _explained(wanted: str, loaded: Loaded, watches: tuple[Watch, ...]) -> tuple[Seen, ...] | Unknown:
    documents = loaded.documents
    classifier = compile_classifier(
        documents.taxonomy, languages=documents.languages, patterns=documents.patterns, actors=documents.actors
    )
    now = utc_now()
    what_if = what_if_of(loaded, watches, now)
    passage = Passage(text=wanted, published_on=now.date())
    try:
        with stored(loaded.settings.database.url) as connection:
            archivist = Archivist(
                connection=connection,
                taxonomy=loaded.taxonomy,
                watches=watches,
                classifier=lambda: classifier,
                feeds={feed.id: feed for feed in (*loaded.feeds, *loaded.paused)},
            )
            return look_up(wanted, archivist) or (what_if.of(read_text(classifier, passage), connection),)
    except DatabaseError as error:
        if not is_text(wanted):
            raise
        click.echo(f"{error}\nThe text is read all the same, as if nothing were stored.", err=True)
        return (what_if.of(read_text(classifier, passage), None),)
