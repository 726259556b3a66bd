"""`relmon feeds`: see the feeds that are polled, try others, add, change and mend them. A module for each command or two."""

import click

from monitor.cli.lazy import LazyGroup

# Command name -> module and attribute. The order is the order of `relmon feeds --help`.
_COMMANDS = {
    "list": "monitor.cli.feeds.listing:list_feeds",
    "add": "monitor.cli.feeds.adding:add",
    "test": "monitor.cli.feeds.testing:test",
    "poll": "monitor.cli.feeds.polling:poll",
    "pause": "monitor.cli.feeds.pausing:pause",
    "resume": "monitor.cli.feeds.pausing:resume",
    "fix": "monitor.cli.feeds.fixing:fix",
    "import": "monitor.cli.feeds.lists:import_feeds",
    "export": "monitor.cli.feeds.lists:export",
}


@click.group(cls=LazyGroup, lazy=_COMMANDS)
def feeds() -> None:
    """See the configured feeds, add more, and keep them well."""
