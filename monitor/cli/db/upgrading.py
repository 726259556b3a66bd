"""`relmon db upgrade`: the tables of an older version become those of this one."""

from contextlib import closing
from pathlib import Path

import click

from monitor.cli.common import config_option, database_option, tells_errors
from monitor.cli.db.alone import alone
from monitor.cli.reading import database_of
from monitor.cli.wiring import utc_now
from monitor.domain.errors import CopyFailed
from monitor.storage import schema
from monitor.storage.backup import pg_dump, upgrade_after_copy
from monitor.storage.engine import open_database
from monitor.storage.schema import SchemaState


@click.command()
@config_option
@database_option
@click.option("--no-backup", is_flag=True, help="Don't copy the database first.")
@tells_errors
def upgrade(config_folder: Path | None, database: str | None, *, no_backup: bool) -> None:
    """Bring the tables to this version. Stop the daemons first; an SQLite file is copied beside itself before.

    An upgrade is one transaction: it is done, or nothing of it is.

    Exit codes: 0 where the tables are current now; 1 where the copy could not be made; 75 where a daemon works on the
    database; 78 where its tables are those of a newer version.
    """
    with closing(open_database(database_of(config_folder, database))) as opened, alone(opened):
        if schema.state(opened) is SchemaState.OLDER and opened.is_shared and not no_backup:
            raise CopyFailed(
                f"The tables of {opened.name} are those of an older version. Copy the database first:\n"
                f"  {pg_dump(opened, Path('relmon-before-upgrade.dump'))}\n"
                "Then upgrade it: relmon db upgrade --no-backup"
            )
        if no_backup:
            found, copy = schema.upgrade(opened), None
        else:
            found, copy = upgrade_after_copy(opened, utc_now())
    if copy is not None:
        click.echo(f"As it was before, the database is in {copy}.")
    if found is SchemaState.CURRENT:
        click.echo(f"The tables of {opened.name} are current; there was nothing to do.")
    else:
        click.echo(f"The tables of {opened.name} are current now.")
