"""What the commands share that need the configuration: where it is, how it is loaded, how loud the log is.

How errors are told is in telling.py, and can be had from here, too.
"""

import os
from collections.abc import Mapping
from pathlib import Path

import click
import structlog

from monitor import logs
from monitor.cli.telling import json_option, tells_errors, verbosity
from monitor.domain.documents import Finding, FindingLevel
from monitor.domain.errors import ConfigurationError
from monitor.settings.documents import Documents, read_documents
from monitor.settings.files import Loaded, load
from monitor.settings.location import ConfigLocation, find_config

__all__ = [
    "config_option",
    "database_option",
    "documents_of",
    "json_option",
    "load_or_exit",
    "locate",
    "set_up_log",
    "tells_errors",
    "verbosity",
    "when_it_counts",
]

log = structlog.get_logger()

config_option = click.option(
    "--config",
    "config_folder",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="The folder of the configuration. Else RELMON_CONFIG, then your and the system's configuration folder.",
)

database_option = click.option(
    "--database",
    metavar="URL",
    help="The database, like sqlite:////var/lib/relation-monitor/monitor.db. Beats the configuration.",
)


def locate(config_folder: Path | None) -> ConfigLocation:
    """The configuration that this command is about."""
    return find_config(config_folder, os.environ)


def documents_of(config_folder: Path | None) -> tuple[ConfigLocation, Documents, tuple[Finding, ...]]:
    """The classifier's documents alone, shipped and own, with what is wrong with them.

    Raises:
        ConfigurationError: there is no such folder.
    """
    location = locate(config_folder)
    if not location.folder.is_dir():
        message = f"is no folder (named by {location.chosen_by}); `relmon init {location.folder}` makes one"
        raise ConfigurationError((Finding(file=str(location.folder), line=None, message=message),))
    documents, findings = read_documents(location.folder)
    return location, documents, findings


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
    level = "debug" if verbosity() else loaded.settings.log.level
    logs.configure(level, loaded.settings.log.format)


def when_it_counts(loaded: Loaded) -> str:
    """What becomes of an edit that a command has just made, for whoever has a daemon running."""
    if loaded.settings.reload.watch_files:
        return "A daemon that runs takes it up within seconds."
    return "A daemon that runs takes it up at SIGHUP (`systemctl reload`), since reload.watch_files is false."
