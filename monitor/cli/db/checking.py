"""`relmon db check`: whether the database is whole, and its tables those of this version."""

from contextlib import closing
from pathlib import Path

import click

from monitor.cli.common import config_option, database_option, tells_errors
from monitor.cli.reading import database_of
from monitor.domain.errors import DatabaseDamaged
from monitor.storage import schema
from monitor.storage.engine import open_existing
from monitor.storage.soundness import damage_of


@click.command()
@config_option
@database_option
@tells_errors
def check(config_folder: Path | None, database: str | None) -> None:
    """Read all of the database, while the daemon goes on, and say whether it is whole.

    Exit codes: 0 where it is whole; 1 where it is damaged; 75 where it can't be read; 78 where its tables are those of
    another version.
    """
    with closing(open_existing(database_of(config_folder, database))) as opened:
        found = damage_of(opened)
        if not found:
            schema.require_current(opened)
    for sentence in found:
        click.echo(sentence)
    if found:
        raise DatabaseDamaged(
            f"{opened.name} is damaged. Stop the daemon and restore a copy (`relmon db restore FILE`), or save what is left "
            "with `sqlite3 FILE .recover`."
        )
    if opened.is_shared:
        click.echo(f"The tables of {opened.name} are those of this version; its server keeps watch over the rest.")
    else:
        click.echo(f"{opened.name} is whole, and its tables are those of this version.")
