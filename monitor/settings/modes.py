"""Who may read what is written into a folder of configuration: its user alone, unless root says otherwise.

Root configures the daemon of a machine, which runs as a user of its own: what root lets others read by the mode of
the folder, they may read in its new files as well (S12 still refuses files with literal secrets that all may read).
"""

import os
import stat
from pathlib import Path

_PRIVATE_FILE, _PRIVATE_FOLDER = 0o600, 0o700
_READABLE_FILE, _READABLE_FOLDER = 0o644, 0o755


def mode_of_new_file(folder: Path) -> int:
    """The mode of a file that is about to be made in `folder`, which exists."""
    return _PRIVATE_FILE | (_shared_by_root(folder) & _READABLE_FILE)


def mode_of_new_folder(folder: Path) -> int:
    """The mode of a folder that is about to be made in `folder`, which exists."""
    return _PRIVATE_FOLDER | (_shared_by_root(folder) & _READABLE_FOLDER)


def _shared_by_root(folder: Path) -> int:
    return stat.S_IMODE(folder.stat().st_mode) if os.geteuid() == 0 else 0
