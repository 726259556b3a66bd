"""`relmon digest`: what the digest of a watch would hold now. It sends nothing, and marks nothing as told."""

import datetime as dt
import json
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from monitor.cli.common import config_option, database_option, json_option, tells_errors
from monitor.cli.moments import since
from monitor.cli.reading import configuration_of, stored
from monitor.cli.wiring import desk_of, phrasebooks, utc_now
from monitor.delivery.bulletins import bulletin, text_lines
from monitor.delivery.digest_json import digest_json
from monitor.domain.errors import ConfigurationError
from monitor.domain.routing import Watch
from monitor.routing.digest import next_due
from monitor.settings.files import Loaded
from monitor.settings.spelling import did_you_mean
from monitor.worker.digests import preview

_LONGEST = 2000


@click.command()
@click.argument("name", metavar="WATCH")
@click.option("--at", "at_text", metavar="TIME", help="As it would have been at a time, like 2026-01-31T07:30.")
@click.option("--channel", metavar="ID", help="As this channel would get it; the watch's first where nothing is said.")
@config_option
@database_option
@json_option
@tells_errors
def digest(
    *,
    name: str,
    at_text: str | None,
    channel: str | None,
    config_folder: Path | None,
    database: str | None,
    as_json: bool,
) -> None:
    """Show what the digest of a watch would hold now. Nothing is sent, and what is shown still waits."""
    loaded = configuration_of(config_folder, database)
    watch = _watch(loaded, name)
    channel_id = channel or watch.channels[0]
    if channel_id not in watch.channels:
        raise click.BadParameter(f"the watch sends to {', '.join(watch.channels)}.", param_hint="--channel")
    read = phrasebooks(loaded)
    if read.findings:
        raise ConfigurationError(read.findings)
    language = next((spec.language for spec in loaded.channels if spec.id == channel_id), "en")
    now = utc_now()
    at = since(at_text, now, option="--at") if at_text else now
    with stored(loaded.settings.database.url) as connection:
        shown = preview(connection, desk_of(loaded, {}), watch, channel_id, at)
    book = read.books[language]
    if as_json:
        click.echo(
            json.dumps(digest_json(shown, book, most=_LONGEST, longest_link=_LONGEST), ensure_ascii=False, indent=2)
        )
        return
    said = bulletin(shown, book)
    click.echo(said.title)
    for line in text_lines(said):
        click.echo(f"    {line}")
    click.echo(_when(watch, now), err=True)


def _watch(loaded: Loaded, name: str) -> Watch:
    found = next((watch for watch in loaded.watches if watch.id == name), None)
    if found is None:
        known = [watch.id for watch in loaded.watches]
        hint = did_you_mean(name, known) or f"; known are {', '.join(known) or 'none'}"
        raise click.BadParameter(f'there is no watch "{name}"{hint}', param_hint="WATCH")
    return found


def _when(watch: Watch, now: dt.datetime) -> str:
    due = next_due(watch, now)
    if due is None:
        return f'The watch "{watch.id}" has no digest; times like digest = ["07:30"] in watches.toml give it one.'
    return (
        f"The next digest is sent at {due.at.astimezone(ZoneInfo(watch.time_zone)):%Y-%m-%d %H:%M} ({watch.time_zone})."
    )
