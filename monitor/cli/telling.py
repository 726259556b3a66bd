"""How commands tell what went wrong, and how loud they are.

Light on purpose: `relmon classify` imports this and must start in a fraction of a second. What needs the configuration is
in common.py.
"""

import functools
import sys
import traceback
from collections.abc import Callable
from typing import Any, ParamSpec

import click

from monitor.domain.errors import ConfigurationError, MonitorError

_Parameters = ParamSpec("_Parameters")
_TRACES_FROM = 2

json_option = click.option("--json", "as_json", is_flag=True, help="Write JSON, for programs.")


def tells_errors(command: Callable[_Parameters, Any]) -> Callable[_Parameters, Any]:
    """Makes a command end with sentences and an exit code where a MonitorError comes out of it.

    Goes directly above the function, below the click decorators.
    """

    @functools.wraps(command)
    def told(*args: _Parameters.args, **kwargs: _Parameters.kwargs) -> Any:
        try:
            return command(*args, **kwargs)
        except MonitorError as error:
            if verbosity() >= _TRACES_FROM:
                traceback.print_exc()
            click.echo(_sentences(error), err=True)
            sys.exit(error.exit_code)

    return told


def _sentences(error: MonitorError) -> str:
    if isinstance(error, ConfigurationError):
        count = len(error.findings)
        mistakes = "one mistake" if count == 1 else f"{count} mistakes"
        return f"{error}\nThe configuration can't be used: {mistakes}. `relmon check` shows them again."
    return f"relmon: {error}"


def verbosity() -> int:
    """How often -v was given to `relmon`."""
    context = click.get_current_context(silent=True)
    return context.obj if context is not None and isinstance(context.obj, int) else 0
