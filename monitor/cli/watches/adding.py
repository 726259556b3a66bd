"""`relmon watches add`: says a new watch back in plain words, shows what it would have sent, then writes it."""

from collections.abc import Mapping
from pathlib import Path

import click

from monitor.cli.common import config_option, database_option, tells_errors, when_it_counts
from monitor.cli.feeds.own import NotDone
from monitor.cli.sides import BETWEEN_HELP, sides
from monitor.cli.watches.own import WATCHES_FILE, english, own_configuration
from monitor.cli.watches.preview import preview
from monitor.cli.watches.saying import said
from monitor.domain.events import Part
from monitor.domain.routing import ANYONE
from monitor.domain.taxonomy import Severity, Status
from monitor.settings.drafts import Draft, draft_watch
from monitor.settings.entries import stable_id
from monitor.settings.files import Loaded
from monitor.settings.ids import watch_id
from monitor.settings.watches import WATCH_KEYS
from monitor.settings.write import append_watch


class _Names(click.ParamType[tuple[str, ...]]):
    """Names with commas between them."""

    name = "NAMES"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, ...]:
        """The names, without the spaces around them."""
        if isinstance(value, tuple):
            return value
        names = tuple(filter(None, (name.strip() for name in str(value).split(","))))
        return names or self.fail("name at least one.", param, ctx)


class _QuietHours(click.ParamType[dict[str, str]]):
    """Two times of day with a hyphen between them."""

    name = "FROM-TO"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> dict[str, str]:
        """The hours as watches.toml has them; whether they are times is found when the watch is read."""
        if isinstance(value, dict):
            return value
        begin, hyphen, end = str(value).partition("-")
        if not hyphen:
            self.fail("write two times with a hyphen, like 22:00-07:00.", param, ctx)
        return {"from": begin.strip(), "to": end.strip()}


_names = _Names()
_quiet = _QuietHours()


@click.command(short_help="Add a watch, and show what it would have sent.")
@click.option(
    "--between",
    metavar="A,B",
    default=ANYONE,
    help=f"Whose relation: {BETWEEN_HELP}",
)
@click.option(
    "--min", "min_severity", type=click.Choice([one.value for one in Severity]), help="The least severity; notable."
)
@click.option("--to", "send", metavar="CHANNELS", type=_names, required=True, help="The channels, by their ids.")
@click.option("--types", metavar="TYPES", type=_names, help="Types or families, like missions,sanctions.imposed.")
@click.option("--statuses", metavar="STATUSES", type=_names, help=f"Of {', '.join(Status)}; all but the last.")
@click.option("--parts", metavar="PARTS", type=_names, help=f"Who may act: {', '.join(Part)}; the first.")
@click.option("--min-confidence", metavar="NUMBER", type=click.FloatRange(0, 1), help="From 0 to 1.")
@click.option("--min-publishers", metavar="N", type=click.IntRange(min=1), help="So many must report it, or a state.")
@click.option("--feeds", metavar="FEEDS", type=_names, help="Only news from these feeds, by their ids.")
@click.option("--tags", metavar="TAGS", type=_names, help="Only news from feeds with one of these tags.")
@click.option("--languages", metavar="CODES", type=_names, help="Only news in these languages.")
@click.option(
    "--follow-ups", metavar="STAGES", type=_names, help="What is told after a first report; none for nothing."
)
@click.option("--index-changes", is_flag=True, help="Tell changes of band of the relations index, too.")
@click.option(
    "--at-once",
    metavar="SEVERITY",
    type=click.Choice(["never", *(one.value for one in Severity)]),
    help="From which severity it is told at once; the digest tells the rest.",
)
@click.option("--digest", metavar="TIMES", type=_names, help="Local times of a digest, like 07:30 or 07:30,18:00.")
@click.option("--quiet", metavar="FROM-TO", type=_quiet, help="Local hours in which alerts wait, like 22:00-07:00.")
@click.option(
    "--quiet-unless",
    metavar="SEVERITY",
    type=click.Choice([one.value for one in Severity]),
    help="From which severity they don't wait; critical.",
)
@click.option("--at-most-per-hour", metavar="N", type=click.IntRange(min=1), help="So many messages; then a summary.")
@click.option("--tz", "zone", metavar="ZONE", help="By which clock, like America/Caracas; that of alerts.zone.")
@click.option("--name", metavar="TEXT", help="As it is shown.")
@click.option("--id", "wanted_id", metavar="ID", help="How it is called for ever; made from the sides where left out.")
@click.option("--dry-run", is_flag=True, help="Say and show it, and write nothing.")
@config_option
@database_option
@tells_errors
def add(
    *,
    between: str,
    wanted_id: str | None,
    dry_run: bool,
    config_folder: Path | None,
    database: str | None,
    quiet: dict[str, str] | None,
    quiet_unless: str | None,
    **keys: object,
) -> None:
    """Add a watch to watches.toml: who hears of what happens between whom.

    Says the watch back in plain words, and shows what it would have sent in the last 30 days, had it stood there: from
    the news that is stored, through the code that routes new ones.
    """
    if quiet_unless is not None and quiet is None:
        raise click.BadParameter("there are no quiet hours; give --quiet, too.", param_hint="--quiet-unless")
    if quiet is not None:
        keys["quiet"] = quiet | ({"unless": quiet_unless} if quiet_unless else {})
    loaded = own_configuration(config_folder)
    chosen = _id(wanted_id, between, loaded)
    draft = draft_watch(chosen, _values(between, keys, loaded), loaded)
    if draft.watch is None:
        raise click.UsageError("\n".join(draft.errors))
    book = english(loaded)
    click.echo(f"{chosen}: {said(draft.watch, book)}")
    for sentence in draft.warnings:
        click.echo(f"Careful: {sentence}.")
    for line in preview(draft.watch, loaded, database):
        click.echo(line)
    if dry_run:
        click.echo(f"Nothing is written. As it would stand in {WATCHES_FILE}:\n\n{draft.table}", nl=False)
        return
    _write(loaded.location.folder / WATCHES_FILE, draft)
    click.echo(f"Written to {loaded.location.folder / WATCHES_FILE}.")
    click.echo(when_it_counts(loaded), err=True)


def _id(wanted: str | None, between: str, loaded: Loaded) -> str:
    if wanted is None:
        return watch_id("everyone" if between == ANYONE else between, loaded.watch_entries)
    try:
        stable_id(wanted)
    except ValueError as error:
        raise click.BadParameter(f"{error}.", param_hint="--id") from None
    if wanted in loaded.watch_entries:
        raise click.BadParameter(f'there is a watch "{wanted}" already.', param_hint="--id")
    return wanted


def _values(between: str, keys: Mapping[str, object], loaded: Loaded) -> dict[str, object]:
    """The keys of the watch as watches.toml has them; what was not said stays out."""
    values: dict[str, object] = {} if between == ANYONE else {"between": sides(between, loaded)}
    for key, value in keys.items():
        if key == "follow_ups" and value == ("none",):
            values[key] = []
        elif isinstance(value, tuple):
            values[key] = list(value)
        elif value not in (None, False):
            values[key] = value
    return {key: values[key] for key in WATCH_KEYS if key in values}


def _write(path: Path, draft: Draft) -> None:
    try:
        append_watch(path, draft.table)
    except OSError as error:
        click.echo(f"\n{draft.table}", nl=False)
        raise NotDone(
            f"{error.filename or path} can't be written: {error.strerror}. Put the lines above into {WATCHES_FILE} or a "
            "file of watches.d, as a user who may."
        ) from error
