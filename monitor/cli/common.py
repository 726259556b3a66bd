"""What the commands share: where the configuration is, how mistakes are told, how loud the log is.

Every MonitorError ends here as its sentences on standard error and its exit code; a stack trace only with -vv.
"""

import functools
import os
import sys
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ParamSpec

import click
import structlog

from monitor import logs
from monitor.domain.documents import FindingLevel
from monitor.domain.errors import ConfigurationError, MonitorError
from monitor.settings.files import Loaded, load
from monitor.settings.location import ConfigLocation, find_config

log = structlog.get_logger()

_Parameters = ParamSpec("_Parameters")
_TRACES_FROM = 2

config_option = click.option(
    "--config",
    "config_folder",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="The folder of the configuration. Else RELMON_CONFIG, then your and the system's configuration folder.",
)

json_option = click.option("--json", "as_json", is_flag=True, help="Write JSON, for programs.")

database_option = click.option(
    "--database",
    metavar="URL",
    help="The database, like sqlite:////var/lib/relation-monitor/monitor.db. Beats the configuration.",
)


def locate(config_folder: Path | None) -> ConfigLocation:
    """The configuration that this command is about."""
    return find_config(config_folder, os.environ)


def load_or_exit(config_folder: Path | None, *, overrides: Mapping[str, str | None] | None = None) -> Loaded:
    """Loads a configuration that can be used, sets the log up, and tells its warnings.

    `overrides` are flags by "section.key"; those that were not given (None) count for nothing. Where something is
    wrong, the ConfigurationError goes through to `tells_errors`.
    """
    given = {key: value for key, value in (overrides or {}).items() if value is not None}
    loaded = load(locate(config_folder), overrides=given, environ=os.environ)
    set_up_log(loaded)
    for finding in loaded.findings:
        if finding.level is FindingLevel.WARNING:
            log.warning("configuration_warning", file=finding.file, line=finding.line, message=finding.message)
    return loaded


def set_up_log(loaded: Loaded) -> None:
    """Logs as the settings say; -v asks for everything."""
    level = "debug" if _verbosity() else loaded.settings.log.level
    logs.configure(level, loaded.settings.log.format)


def tells_errors(command: Callable[_Parameters, Any]) -> Callable[_Parameters, Any]:
    """Makes a command end with sentences and an exit code where a MonitorError comes out of it.

    Goes directly above the function, below the click decorators.
    """

    @functools.wraps(command)
    def told(*args: _Parameters.args, **kwargs: _Parameters.kwargs) -> Any:
        try:
            return command(*args, **kwargs)
        except MonitorError as error:
            if _verbosity() >= _TRACES_FROM:
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


def _verbosity() -> int:
    """How often -v was given to `relmon`."""
    context = click.get_current_context(silent=True)
    return context.obj if context is not None and isinstance(context.obj, int) else 0
