"""`relmon db prune`: what has been kept for long enough goes now, or is counted."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import click

from monitor.cli.common import config_option, database_option, tells_errors
from monitor.cli.reading import configuration_of, opened
from monitor.cli.wiring import retention_of, utc_now
from monitor.worker.upkeep import shed, would_shed


@click.command()
@config_option
@database_option
@click.option("--dry-run", is_flag=True, help="Count what would go, and remove nothing.")
@tells_errors
def prune(config_folder: Path | None, database: str | None, *, dry_run: bool) -> None:
    """Remove what has been kept for as long as [retention] says. The daemon may go on; it does the same every hour.

    The keys of entries stay, so that nothing is news twice, and so do stories. An SQLite file doesn't shrink: the room is
    used again.
    """
    loaded = configuration_of(config_folder, database)
    retention, now = retention_of(loaded), utc_now()
    with opened(loaded.settings.database.url) as storage:
        if dry_run:
            with storage.read() as connection:
                found = would_shed(connection, retention, now)
            click.echo(_counted("would go", found))
            return
        removed: Counter[str] = Counter()
        while gone := shed(storage, retention, now):
            removed.update(gone)
    click.echo(_counted("removed", removed))


def _counted(what: str, rows: Mapping[str, int]) -> str:
    known = ", ".join(f"{count:,} {name}" for name, count in rows.items() if count)
    return f"{what}: {known}." if known else "Nothing is old enough to go."
