"""`relmon db backup` and `relmon db restore`: a copy of an SQLite database, and the way back."""

from contextlib import closing
from pathlib import Path

import click

from monitor.cli.common import config_option, database_option, tells_errors
from monitor.cli.reading import database_of
from monitor.cli.wiring import utc_now
from monitor.domain.errors import CopyFailed
from monitor.storage.backup import back_up, pg_restore
from monitor.storage.backup import restore as restore_file
from monitor.storage.engine import file_of, open_database, open_existing
from monitor.storage.lock import daemon_lock
from monitor.storage.schema import SchemaState

_file = click.argument("file", type=click.Path(path_type=Path, dir_okay=False))


@click.command()
@_file
@config_option
@database_option
@tells_errors
def backup(file: Path, config_folder: Path | None, database: str | None) -> None:
    """Copy the SQLite database to a new FILE, while the daemon goes on, and check the copy.

    Exit codes: 0 where FILE holds a checked copy; 1 where it doesn't; 75 where the database can't be read just now.
    """
    with closing(open_existing(database_of(config_folder, database))) as opened:
        size = back_up(opened, file)
    click.echo(f"{file} holds a copy of {opened.name} ({size / 1_000_000:.1f} MB); it was read again, and is whole.")


@click.command()
@_file
@config_option
@database_option
@tells_errors
def restore(file: Path, config_folder: Path | None, database: str | None) -> None:
    """Put the copy in FILE in the place of the SQLite database, which is kept beside it. Stop the daemon first.

    Exit codes: 0 where the copy is in place; 1 where FILE can't be used, and the database is as it was; 75 where a daemon
    or another process uses the database; 78 where FILE is that of a newer version, or no database of this program.
    """
    url = database_of(config_folder, database)
    target = file_of(url)
    if target is None:
        with closing(open_database(url)) as opened:
            if opened.is_shared:
                raise CopyFailed(
                    f"{opened.name} is PostgreSQL, which has its own tool for this:\n  {pg_restore(opened, file)}"
                )
        raise CopyFailed("A database in memory has no place for a copy. Name one with --database.")
    with daemon_lock(target):
        done = restore_file(file, target, utc_now())
    click.echo(f"{target} is as {file} was.")
    if done.kept is not None:
        click.echo(f"What was there before is in {done.kept}.")
    if done.state is SchemaState.OLDER:
        click.echo("Its tables are those of an older version: run `relmon db upgrade`.")
