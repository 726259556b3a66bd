"""The command line: one module a command group, imported only when it is called.

`relmon classify` must start in a fraction of a second, so nothing here imports the database or the network.
"""

import click

from monitor import __version__
from monitor.cli.lazy import LazyGroup

# Command name -> module and attribute. The order is the order of `relmon --help`.
_COMMANDS = {
    "run": "monitor.cli.run:run",
    "poll": "monitor.cli.poll:poll",
    "classify": "monitor.cli.classify:classify",
    "events": "monitor.cli.events:events",
    "search": "monitor.cli.search:search",
    "watches": "monitor.cli.watches:watches",
    "digest": "monitor.cli.digest:digest",
    "silence": "monitor.cli.silence:silence",
    "stories": "monitor.cli.stories:stories",
    "explain": "monitor.cli.explain:explain",
    "index": "monitor.cli.index:index",
    "export": "monitor.cli.export:export",
    "backtest": "monitor.cli.backtest.command:backtest",
    "reclassify": "monitor.cli.reclassify.command:reclassify",
    "feedback": "monitor.cli.feedback:feedback",
    "status": "monitor.cli.status:status",
    "doctor": "monitor.cli.doctor.command:doctor",
    "init": "monitor.cli.init:init",
    "check": "monitor.cli.check:check",
    "config": "monitor.cli.config:config",
    "feeds": "monitor.cli.feeds:feeds",
    "channels": "monitor.cli.channels:channels",
    "deliveries": "monitor.cli.deliveries:deliveries",
    "actors": "monitor.cli.actors:actors",
    "patterns": "monitor.cli.patterns:patterns",
    "db": "monitor.cli.db:db",
}


@click.group(
    cls=LazyGroup,
    lazy=_COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="relmon")
@click.option("-v", "--verbose", count=True, help="Say more; -vv shows stack traces, too.")
@click.pass_context
def main(context: click.Context, verbose: int) -> None:
    """Watches news feeds for changes in the relations between states, and tells the people who follow them.

    Exit codes: 0 done; 1 the command ran and found something wrong; 2 the command line is wrong; 75 try again later
    (the database is in use or can't be reached); 78 the configuration or the database's tables can't be used.
    """
    context.obj = verbose
