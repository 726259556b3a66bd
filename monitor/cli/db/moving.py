"""`relmon db copy`: an installation moves to another database."""

import sys
from contextlib import ExitStack, closing

import click

from monitor.cli.common import tells_errors
from monitor.cli.db.alone import alone
from monitor.storage import schema
from monitor.storage.copying import copy_rows
from monitor.storage.engine import open_database, open_existing


@click.command()
@click.argument("source")
@click.argument("target")
@tells_errors
def copy(source: str, target: str) -> None:
    """Move all that is stored from the database SOURCE to TARGET, which must be empty.

    Both are addresses, such as sqlite:////var/lib/relation-monitor/monitor.db and postgresql://relmon@db.example/relmon.
    Stop the daemons first. Ids stay, so that nothing is sent twice; SOURCE is left as it is.

    Exit codes: 0 where every row has arrived; 1 where TARGET holds rows; 75 where a daemon works on either, or it can't be
    reached; 78 where the tables of SOURCE are those of another version.
    """
    with ExitStack() as stack:
        old, new = (
            stack.enter_context(closing(opening(url)))
            for opening, url in ((open_existing, source), (open_database, target))
        )
        for database in (old, new):
            stack.enter_context(alone(database))
        schema.require_current(old)
        schema.upgrade(new)
        counts = copy_rows(old, new, _tell_progress)
    click.echo(
        f"{sum(counts.values()):,} rows of {len(counts)} tables are in {new.name} now; each table's number was compared."
    )
    click.echo(f"Start the daemon with it: relmon run --database {new.name}")


def _tell_progress(table: str, done: int, whole: int) -> None:
    if sys.stderr.isatty() or done == whole:
        click.echo(f"{table}: {done:,} of {whole:,} rows", err=True)
