"""Where the configuration and the state of this installation lie.

Decides on folders only; reading what is in them is files.py's work, which comes next.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from monitor.settings.starter import OPERATOR_FILES, starter_folder

_FOLDER_NAME = "relation-monitor"
_SYSTEM_CONFIG = Path("/etc") / _FOLDER_NAME
_SYSTEM_STATE = Path("/var/lib") / _FOLDER_NAME


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigLocation:
    """The folder that is read, and what led there ("--config", "RELMON_CONFIG", ...)."""

    folder: Path
    chosen_by: str
    packaged: bool = False
    """True where nothing else was found: the starter configuration, which is not the operator's to edit."""


def find_config(
    flag: Path | None, environ: Mapping[str, str], *, system_folder: Path = _SYSTEM_CONFIG
) -> ConfigLocation:
    """`--config`, else RELMON_CONFIG, else the user's folder, else the system's, else the starter configuration.

    The first two are taken as they are, so that a typing error shows; the others only where they hold one of the
    operator's files.
    """
    if flag is not None:
        return ConfigLocation(folder=flag, chosen_by="--config")
    if named := environ.get("RELMON_CONFIG"):
        return ConfigLocation(folder=Path(named), chosen_by="RELMON_CONFIG")
    user = _user_folder(environ, "XDG_CONFIG_HOME", ".config")
    if user is not None and _holds_configuration(user):
        return ConfigLocation(folder=user, chosen_by="your configuration folder")
    if _holds_configuration(system_folder):
        return ConfigLocation(folder=system_folder, chosen_by="the system's configuration folder")
    return ConfigLocation(folder=starter_folder(), chosen_by="the starter configuration", packaged=True)


def state_folder(environ: Mapping[str, str], *, root: bool) -> Path:
    """Where the database lies unless told otherwise: systemd's STATE_DIRECTORY, else the user's state folder.

    Root has no state of its own under a home directory: it runs the machine's daemon, in /var/lib.
    """
    if by_systemd := environ.get("STATE_DIRECTORY"):
        return Path(by_systemd.split(":")[0])
    if root and not environ.get("XDG_STATE_HOME"):
        return _SYSTEM_STATE
    return _user_folder(environ, "XDG_STATE_HOME", ".local/state") or _SYSTEM_STATE


def _user_folder(environ: Mapping[str, str], variable: str, beneath_home: str) -> Path | None:
    """The XDG base directory's folder of ours; relative values are ignored, as that specification asks."""
    if (base := environ.get(variable)) and Path(base).is_absolute():
        return Path(base) / _FOLDER_NAME
    if home := environ.get("HOME"):
        return Path(home) / beneath_home / _FOLDER_NAME
    return None


def _holds_configuration(folder: Path) -> bool:
    return any((folder / name).is_file() for name in OPERATOR_FILES)
