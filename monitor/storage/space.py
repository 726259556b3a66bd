"""How much room is left on the disk that an SQLite file stands on. What is too little is for worker/disk_trouble.py to say."""

import shutil
from dataclasses import dataclass
from pathlib import Path

SCARCE = 0.10
"""The share of a disk below which an operator is to hear of it (P24)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskSpace:
    """A disk, in bytes: `free` is what this user may still fill."""

    folder: Path
    free: int
    whole: int

    @property
    def free_share(self) -> float:
        """From 0 to 1."""
        return self.free / self.whole if self.whole else 1.0

    @property
    def is_scarce(self) -> bool:
        """Whether it is time to do something."""
        return self.free_share < SCARCE

    def __str__(self) -> str:
        return f"{self.free_share:.0%} free ({self.free / 1e9:.1f} of {self.whole / 1e9:.1f} GB)"


def space_at(folder: Path) -> DiskSpace:
    """The disk that a folder is on.

    Raises:
        OSError: the folder is gone.
    """
    usage = shutil.disk_usage(folder)
    return DiskSpace(folder=folder, free=usage.free, whole=usage.total)
