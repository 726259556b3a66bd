"""Makes the files that a database consists of: for one user alone, who is the daemon's even where root makes them.

Under systemd the daemon has a user of its own, and root is who restores a copy, moves a database over, or asks first. A file
that belonged to root would keep the daemon from its own database.
"""

import os
from pathlib import Path


def make_private(path: Path, *, like: Path | None) -> None:
    """Makes an empty file at `path` (0600) for whoever calls this; where that is root, for the owner of `like`, if any.

    Raises:
        FileExistsError: there is one already, or a link to one.
        OSError: it can't be made.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        if like is not None and os.geteuid() == 0:
            owner = like.stat()
            # By its descriptor: in a folder of another user, a name may lead elsewhere a moment later.
            os.fchown(descriptor, owner.st_uid, owner.st_gid)
    finally:
        os.close(descriptor)
