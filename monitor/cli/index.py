"""`relmon index`: how a pair stands, day by day."""

import datetime as dt
import json
from pathlib import Path

import click

from monitor.cli.common import config_option, database_option, json_option, tells_errors
from monitor.cli.reading import configuration_of, stored
from monitor.cli.wiring import utc_now
from monitor.delivery.sentences import label
from monitor.domain.shapes import reading_json
from monitor.domain.stories import relation_of
from monitor.storage.stories import stories_of_pair
from monitor.stories.index import REACHES_BACK, Reading, readings

_DAYS_SHOWN = 30
_BAR = 20
_day = click.DateTime(formats=["%Y-%m-%d"])


@click.command()
@click.argument("pair", metavar="A,B")
@click.option(
    "--from",
    "first",
    metavar="DATE",
    type=_day,
    help="The first day (UTC); 30 days before the last where nothing is said.",
)
@click.option("--to", "last", metavar="DATE", type=_day, help="The last day (UTC); today where nothing is said.")
@config_option
@database_option
@json_option
@tells_errors
def index(
    *,
    pair: str,
    first: dt.datetime | None,
    last: dt.datetime | None,
    config_folder: Path | None,
    database: str | None,
    as_json: bool,
) -> None:
    """Show how two states stand day by day, from -100 (conflict) to +100 (cooperation), by the stories between them."""
    codes = [code.strip().upper() for code in pair.split(",")]
    if len(codes) != 2 or not all(codes):  # noqa: PLR2004 - a pair
        raise click.BadParameter("write two codes with a comma, such as USA,VEN.", param_hint="A,B")
    to = last.date() if last else utc_now().date()
    since = first.date() if first else to - dt.timedelta(days=_DAYS_SHOWN - 1)
    if since > to:
        raise click.BadParameter("lies after --to.", param_hint="--from")
    loaded = configuration_of(config_folder, database)
    scales = {kind.id: kind.scale for kind in loaded.taxonomy}
    opened_since = dt.datetime.combine(since, dt.time(), dt.UTC) - REACHES_BACK
    with stored(loaded.settings.database.url) as connection:
        found = stories_of_pair(connection, relation_of(*codes), opened_since)
    for reading in readings(found, scales, first=since, last=to):
        shape = reading_json(reading.day, reading.index, reading.band, reading.stories)
        click.echo(json.dumps(shape) if as_json else _line(reading))
    if not found and not as_json:
        click.echo(f"No stories between {codes[0]} and {codes[1]} are stored for these days.", err=True)


def _line(reading: Reading) -> str:
    bar = round(abs(reading.index) / 100 * _BAR)
    left, right = ("#" * bar, "") if reading.index < 0 else ("", "#" * bar)
    what = ", ".join(dict.fromkeys(label(story.type) for story in reading.stories))
    return (f"{reading.day}  {reading.index:+6.1f}  {reading.band:<8}  {left:>{_BAR}}|{right:<{_BAR}}  {what}").rstrip()
