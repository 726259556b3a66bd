"""Notices that the files of a configuration have changed, and that they stand still again.

Looks at them from time to time, which works on every file system and whichever way an editor writes: in place, or by
renaming another file over it. What is still being written is left alone until two looks find the same. Reading them is
files.py's work, which comes next.
"""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

_KINDS = ("*.toml", "*.j2")

_FileMarks = frozenset[tuple[str, int, int, int]]
"""Path, inode, size in bytes and time of the last change in ns of each file."""


class ConfigurationFiles:
    """The TOML files and templates in a folder and its overlay folders, and whatever else they refer to."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._beside: frozenset[Path] = frozenset()
        self._seen: _FileMarks = frozenset()
        self._compared: _FileMarks = frozenset()
        self._taken: dict[Path, bytes] = {}

    def take(self) -> None:
        """Remembers the files as they are now. Call it before they are read, so that no edit falls in between."""
        self._seen = self._compared = self._marks()
        self._taken = self._contents(self._files())

    def also(self, beside: Iterable[Path]) -> None:
        """Looks at these files, too, and no more at those that were named before; takes what is in them now."""
        former, self._beside = self._beside, frozenset(beside) - self._in_folders()
        kept = {path: content for path, content in self._taken.items() if path not in former - self._beside}
        self._taken = kept | self._contents(self._beside - kept.keys())

    def changed(self) -> bool:
        """Whether the files hold something else than when they were taken, and have not changed since the last look."""
        marks = self._marks()
        if marks != self._seen:
            self._seen = marks
            return False
        if marks == self._compared:
            return False
        if self._contents(self._files()) != self._taken:
            return True
        self._compared = marks
        return False

    def _files(self) -> frozenset[Path]:
        return self._in_folders() | self._beside

    def _in_folders(self) -> frozenset[Path]:
        folders = (self._folder, *(folder for overlay in self._folder.glob("*.d") for folder in _with_folders(overlay)))
        return frozenset(path for folder in folders for kind in _KINDS for path in folder.glob(kind))

    def _marks(self) -> _FileMarks:
        return frozenset(self._marks_of_each())

    def _marks_of_each(self) -> Iterator[tuple[str, int, int, int]]:
        for path in self._files():
            try:
                found = path.stat()
            except OSError:  # gone between the listing and the look, which is a change like any other
                continue
            yield str(path), found.st_ino, found.st_size, found.st_mtime_ns

    def _contents(self, files: Iterable[Path]) -> dict[Path, bytes]:
        return {path: _digest(path) for path in files}


def _with_folders(folder: Path) -> Iterator[Path]:
    """An overlay folder and the folders in it: patterns have one for each language."""
    yield folder
    yield from (path for path in folder.glob("*") if path.is_dir())


def _digest(path: Path) -> bytes:
    try:
        return hashlib.blake2b(path.read_bytes()).digest()
    except OSError as error:
        return f"unreadable: {error.errno}".encode()
