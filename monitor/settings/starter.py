"""The starter configuration that ships with the program, wherever this installation keeps it.

In a wheel it is the package data `monitor/starter`; in an editable install the same files lie in the repository's
`config/`, beside the package. Types, actors, patterns and languages are always read from here, so that an upgrade
improves them; the four files that an operator edits are read from here only where there is no other configuration.
"""

from importlib.resources import files
from pathlib import Path

OPERATOR_FILES = ("monitor.toml", "feeds.toml", "watches.toml", "channels.toml")
"""What an operator edits, and what `relmon init` writes."""

OVERLAY_FOLDERS = {
    "types.d": "Relation types of your own: *.toml files here add types below those that ship with the program.",
    "actors.d": "Names of your own: *.toml files here add names and actors to those that ship with the program.",
    "patterns.d": "Patterns of your own: <language>/*.toml files here, such as en/mine.toml, add to the shipped ones.",
    "publishers.d": "Publishers of your own: *.toml files here say which outlets are one voice, or replace what ships.",
    "feeds.d": "More feeds: *.toml files here add [[feed]] tables to feeds.toml, or change those with the same id.",
    "watches.d": "More watches: *.toml files here add [[watch]] tables to watches.toml, or change those with its id.",
}


def starter_folder() -> Path:
    """The folder of the starter configuration; FileNotFoundError says that this installation is incomplete."""
    package = Path(str(files("monitor")))
    for folder in (package / "starter", package.parent / "config"):
        if (folder / "relation-types.toml").is_file():
            return folder
    raise FileNotFoundError(f"the starter configuration is missing beside {package}; install relation-monitor again")
