"""`relmon feeds pause` and `relmon feeds resume`: feeds that stay in the configuration, and aren't polled for a while."""

import datetime as dt
from pathlib import Path

import click

from monitor.cli.common import config_option, tells_errors
from monitor.cli.feeds.own import FeedId, chosen, own_configuration, write_changes
from monitor.cli.listing import local
from monitor.settings.edit import FeedChange
from monitor.settings.units import parse_duration

_RESTART = "The daemon reads its configuration when it starts: restart it for this to count."


def _moment(_context: click.Context, parameter: click.Parameter, written: str | None) -> dt.datetime | None:
    """A date or time in the zone of whoever types, or a duration from now; an option's callback."""
    if written is None:
        return None
    now = dt.datetime.now(dt.UTC)
    try:
        moment = dt.datetime.fromisoformat(written).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        try:
            moment = now + parse_duration(written)
        except ValueError:
            message = (
                f'{written!r} is no time; write it like 2026-12-24, 2026-12-24T06:00, or "3d" for three days from now.'
            )
            raise click.BadParameter(message, param=parameter) from None
    if moment <= now:
        raise click.BadParameter(f"{written!r} is past already.", param=parameter)
    return moment.replace(microsecond=0)


@click.command()
@click.argument("ids", metavar="ID...", nargs=-1, required=True, type=FeedId())
@click.option(
    "--until",
    metavar="WHEN",
    callback=_moment,
    help="The first moment at which it is polled again: 2026-12-24, 2026-12-24T06:00, or 3d for three days from now.",
)
@config_option
@tells_errors
def pause(*, ids: tuple[str, ...], until: dt.datetime | None, config_folder: Path | None) -> None:
    """Stop polling feeds for a while. They stay in feeds.toml, and what was read stays known.

    Without --until, a feed rests until `relmon feeds resume`.
    """
    loaded = own_configuration(config_folder)
    feeds = chosen(loaded, ids)
    # One of the two keys says it all; the other would contradict it sooner or later.
    values = {"paused": True, "paused_until": None} if until is None else {"paused": None, "paused_until": until}
    write_changes([FeedChange(entry=loaded.feed_entries[feed.id], values=values) for feed in feeds])
    for feed in feeds:
        click.echo(f"{feed.id} is paused{'' if until is None else f' until {local(until)}'}.")
    click.echo(_RESTART, err=True)


@click.command()
@click.argument("ids", metavar="ID...", nargs=-1, required=True, type=FeedId())
@config_option
@tells_errors
def resume(*, ids: tuple[str, ...], config_folder: Path | None) -> None:
    """Poll feeds again that were paused."""
    loaded = own_configuration(config_folder)
    paused = {feed.id for feed in loaded.paused}
    now = dt.datetime.now(dt.UTC)
    feeds = chosen(loaded, ids)
    resting = [feed for feed in feeds if feed.id in paused or feed.is_paused(now)]
    values = {"paused": None, "paused_until": None}
    write_changes([FeedChange(entry=loaded.feed_entries[feed.id], values=values) for feed in resting])
    for feed in feeds:
        click.echo(f"{feed.id} is polled again." if feed in resting else f"{feed.id} was not paused.")
    if resting:
        click.echo(_RESTART, err=True)
