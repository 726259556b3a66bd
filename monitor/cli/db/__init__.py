"""`relmon db`: care of the database. A module for what belongs together."""

import click

from monitor.cli.lazy import LazyGroup

# Command name -> module and attribute. The order is the order of `relmon db --help`.
_COMMANDS = {
    "upgrade": "monitor.cli.db.upgrading:upgrade",
    "backup": "monitor.cli.db.copies:backup",
    "restore": "monitor.cli.db.copies:restore",
    "check": "monitor.cli.db.checking:check",
    "prune": "monitor.cli.db.pruning:prune",
    "copy": "monitor.cli.db.moving:copy",
}


@click.group(cls=LazyGroup, lazy=_COMMANDS)
def db() -> None:
    """Take care of the database."""
