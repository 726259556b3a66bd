"""`relmon events`: what was read lately, for eyes or for programs."""

import json
from pathlib import Path

import click

from monitor.cli import moments
from monitor.cli.common import config_option, database_option, tells_errors
from monitor.cli.listing import event_lines
from monitor.cli.reading import database_of, stored
from monitor.cli.wiring import utc_now
from monitor.domain.browsing import EventFilter
from monitor.domain.shapes import report_json
from monitor.storage.browse.events import list_events, types_read


@click.command()
@config_option
@database_option
@click.option("--limit", default=30, show_default=True, type=click.IntRange(min=1), help="At most so many.")
@click.option("--since", metavar="TIME", help=f"Seen since then: {moments.SINCE_HELP}.")
@click.option("--actor", metavar="CODE", help="With this state or organisation on either side, such as VEN.")
@click.option("--type", "kind", metavar="TYPE", help="Of this type or family, such as diplomat.expelled or diplomat.")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON object a line, for programs.")
@tells_errors
def events(
    *,
    config_folder: Path | None,
    database: str | None,
    limit: int,
    since: str | None,
    actor: str | None,
    kind: str | None,
    as_json: bool,
) -> None:
    """List the latest events: time, status, who and whom, what, and the headline."""
    after = moments.since(since, utc_now()) if since else None
    url = database_of(config_folder, database)
    with stored(url) as connection:
        types = types_read(connection, kind) if kind else frozenset[str]()
        wanted = EventFilter(sides=(actor,) if actor else (), types=types, since=after)
        # A type that was never read narrows to nothing; no type narrows nothing.
        found = list_events(connection, wanted, limit=limit).rows if types or not kind else ()
    if as_json:
        for archived in found:
            shape = report_json(
                archived.stored,
                story_id=archived.story_id,
                withdrawn_by=archived.withdrawn_by,
                withdrawn_at=archived.withdrawn_at,
            )
            click.echo(json.dumps(shape, ensure_ascii=False))
        return
    for line in event_lines(found):
        click.echo(line)
    if not found:
        click.echo(
            "No events are stored that fit." if since or actor or kind else "No events are stored yet.", err=True
        )
