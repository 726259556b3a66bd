"""`relmon feeds pause` and `relmon feeds resume`: feeds that stay in the configuration, and aren't polled for a while."""

import datetime as dt
from pathlib import Path

import click

from monitor.cli.common import config_option, tells_errors, when_it_counts
from monitor.cli.feeds.own import FeedId, chosen, own_configuration, write_changes
from monitor.cli.listing import local
from monitor.cli.moments import AHEAD_HELP, ahead
from monitor.settings.edit import FeedChange


def _moment(_context: click.Context, _parameter: click.Parameter, written: str | None) -> dt.datetime | None:
    """An option's callback."""
    return None if written is None else ahead(written, dt.datetime.now(dt.UTC))


@click.command()
@click.argument("ids", metavar="ID...", nargs=-1, required=True, type=FeedId())
@click.option(
    "--until",
    metavar="WHEN",
    callback=_moment,
    help=f"The first moment at which it is polled again: {AHEAD_HELP}.",
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
    click.echo(when_it_counts(loaded), err=True)


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
        click.echo(when_it_counts(loaded), err=True)
