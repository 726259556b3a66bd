"""One daemon for each SQLite file: a lock that ends with its process, however that ends.

Leaves short writes by commands and the web role alone; only the daemon, which polls and sends, takes it. Comes before
voiding the leases of a dead predecessor (polls.py, outbox.py).
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from monitor.domain.errors import DatabaseInUse, DatabaseUnavailable
from monitor.storage.private_file import make_private


@contextmanager
def daemon_lock(database_path: Path | None) -> Iterator[None]:
    """Holds `<database>.lock` while its block runs; nothing to lock for a database in memory (None).

    Raises DatabaseInUse, naming the process that holds the lock, and DatabaseUnavailable where the lock file can't be
    made. The file stays behind, empty: removing it would let two daemons lock two files of one name.
    """
    if database_path is None:
        yield
        return
    # Two names of one file (symbolic links) are one database.
    path = Path(f"{database_path.resolve()}.lock")
    try:
        with suppress(FileExistsError):
            make_private(path, like=path.parent)
        # Python opens files non-inheritable (PEP 446): no child keeps the lock of a dead daemon.
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except OSError as error:
        raise DatabaseUnavailable(
            f"The lock file {path} can't be opened: {error.strerror}. Give this user write access to its folder."
        ) from error
    try:
        _take(descriptor, database_path)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield
        os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def _take(descriptor: int, database_path: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip()
        who, how = (f"process {holder}", f"`kill {holder}`") if holder.isdigit() else ("one that just starts", "`kill`")
        raise DatabaseInUse(
            f"Another daemon ({who}) polls and sends from {database_path}. Stop it first ({how}), or start this one "
            "with another database (--database sqlite:///PATH)."
        ) from None
