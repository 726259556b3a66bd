"""`relmon db`: care of the database."""

from pathlib import Path

import click

from monitor.cli.common import config_option, database_option, tells_errors
from monitor.cli.reading import database_of
from monitor.storage import schema
from monitor.storage.engine import open_database
from monitor.storage.lock import daemon_lock
from monitor.storage.schema import SchemaState


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
