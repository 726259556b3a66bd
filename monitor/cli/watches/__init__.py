"""`relmon watches`: who hears of what, and adding and removing such wishes. A module for each command."""

import click

from monitor.cli.lazy import LazyGroup

# Command name -> module and attribute. The order is the order of `relmon watches --help`.
_COMMANDS = {
    "list": "monitor.cli.watches.listing:list_watches",
    "add": "monitor.cli.watches.adding:add",
    "remove": "monitor.cli.watches.removing:remove",
}


@click.group(cls=LazyGroup, lazy=_COMMANDS)
def watches() -> None:
    """See who hears of what, and add or remove watches."""
