"""`relmon watches remove`: takes watches out of the files where they stand."""

from pathlib import Path

import click

from monitor.cli.common import config_option, tells_errors, when_it_counts
from monitor.cli.feeds.own import NotDone
from monitor.cli.watches.own import WATCHES_FILE, own_configuration
from monitor.settings.remove import remove_entry
from monitor.settings.spelling import did_you_mean


@click.command()
@click.argument("ids", metavar="ID...", nargs=-1, required=True)
@config_option
@tells_errors
def remove(*, ids: tuple[str, ...], config_folder: Path | None) -> None:
    """Remove watches from watches.toml or watches.d. What they were sent stays known.

    To hear nothing of a watch for a while, `relmon silence add --watch ID --for 3d` is the better way.
    """
    entries = own_configuration(config_folder).watch_entries
    for one in ids:
        if one not in entries:
            message = f'"{one}" is no watch of this configuration{did_you_mean(one, entries)}.'
            raise click.BadParameter(f"{message} `relmon watches list` shows them all.", param_hint="ID")
    for one in dict.fromkeys(ids):
        # Read anew for each, since the one before may have moved it within its file.
        entry = own_configuration(config_folder).watch_entries[one]
        try:
            files = remove_entry(entry)
        except OSError as error:
            raise NotDone(
                f"{error.filename or WATCHES_FILE} can't be written: {error.strerror}. Take the watch out where it "
                "stands, as a user who may."
            ) from error
        click.echo(f"{one} is removed from {' and '.join(str(file) for file in files)}.")
    click.echo(when_it_counts(own_configuration(config_folder)), err=True)
