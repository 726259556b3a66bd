"""`relmon db`: care of the database."""

import datetime as dt
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import click

from monitor.cli.common import config_option, database_option, tells_errors
from monitor.cli.reading import database_of
from monitor.domain.errors import DatabaseInUse
from monitor.storage import schema, workers
from monitor.storage.copying import copy_rows
from monitor.storage.engine import Database, open_database, open_existing
from monitor.storage.lock import daemon_lock
from monitor.storage.schema import SchemaState

_SEEN_LATELY = dt.timedelta(seconds=30)


@click.group()
def db() -> None:
    """Take care of the database."""


@db.command()
@config_option
@database_option
@tells_errors
def upgrade(config_folder: Path | None, database: str | None) -> None:
    """Bring the tables to this version. Stop the daemon and copy the database first.

    Exit codes: 0 where the tables are current now; 75 where a daemon owns the database; 78 where its tables are those
    of a newer version.
    """
    url = database_of(config_folder, database)
    opened = open_database(url)
    try:
        with daemon_lock(opened.path):
            found = schema.upgrade(opened)
    finally:
        opened.close()
    if found is SchemaState.CURRENT:
        click.echo(f"The tables of {opened.name} are current; there was nothing to do.")
    else:
        click.echo(f"The tables of {opened.name} are current now.")


@db.command()
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
            stack.enter_context(_alone(database))
        schema.require_current(old)
        schema.upgrade(new)
        counts = copy_rows(old, new, _tell_progress)
    click.echo(
        f"{sum(counts.values()):,} rows of {len(counts)} tables are in {new.name} now; each table's number was compared."
    )
    click.echo(f"Start the daemon with it: relmon run --database {new.name}")


@contextmanager
def _alone(database: Database) -> Iterator[None]:
    """While its block runs, no daemon works on the database."""
    if database.is_shared and schema.state(database) is SchemaState.CURRENT:
        with database.read() as connection:
            there = workers.seen_within(connection, _SEEN_LATELY)
        if there:
            raise DatabaseInUse(f"{' and '.join(there)} work on {database.name}. Stop them first.")
    with daemon_lock(database.path):
        yield


def _tell_progress(table: str, done: int, whole: int) -> None:
    if sys.stderr.isatty() or done == whole:
        click.echo(f"{table}: {done:,} of {whole:,} rows", err=True)
