"""What the commands about watches share: the operator's own configuration, and the words for a watch."""

import os
from pathlib import Path

from monitor.cli.common import locate
from monitor.cli.feeds.own import NotDone
from monitor.cli.wiring import phrasebooks
from monitor.delivery.phrasebook import Phrasebook
from monitor.domain.documents import Finding
from monitor.domain.errors import ConfigurationError
from monitor.settings.files import Loaded, examine

WATCHES_FILE = "watches.toml"


def own_configuration(config_folder: Path | None) -> Loaded:
    """A configuration that is the operator's to change, and whose watches hold no mistake.

    Raises:
        ConfigurationError: it lists the mistakes about watches.
        NotDone: it is the starter configuration.
    """
    loaded = examine(locate(config_folder), overrides={}, environ=os.environ)
    folder = loaded.location.folder
    wrong = tuple(finding for finding in loaded.errors if _is_about_watches(finding, folder))
    if wrong:
        raise ConfigurationError(wrong)
    if loaded.location.packaged:
        raise NotDone(
            "the starter configuration belongs to the program and is not changed. "
            "Make one of your own with `relmon init DIR`, then name it: --config DIR"
        )
    return loaded


def english(loaded: Loaded) -> Phrasebook:
    """The words of the commands.

    Raises:
        ConfigurationError: the texts of alerts hold mistakes.
    """
    read = phrasebooks(loaded)
    if read.findings:
        raise ConfigurationError(read.findings)
    return read.books["en"]


def _is_about_watches(finding: Finding, folder: Path) -> bool:
    path = Path(finding.file)
    return path in (folder, folder / WATCHES_FILE) or path.parent == folder / "watches.d"
