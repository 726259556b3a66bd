"""Turns what SQLite complains about into a sentence for the person who can mend it (R7).

Only a broken or busy environment is translated. A broken statement (a missing table, a violated constraint) is a bug
of ours and stays the exception that it is.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoFreeConnection

from monitor import metrics
from monitor.domain.errors import DatabaseUnavailable

# Primary result codes (https://sqlite.org/rescode.html); extended codes hold them in their lowest byte.
_SENTENCES = {
    sqlite3.SQLITE_BUSY: "is locked: another process has been writing for too long. Find it with `fuser` and end it, or try again.",
    sqlite3.SQLITE_LOCKED: "is locked by another transaction of this process. Try again.",
    sqlite3.SQLITE_READONLY: "can't be written: it is read-only. Give this user write access to the file and to its folder.",
    sqlite3.SQLITE_FULL: "can't be written: the disk is full. Free some space; nothing that is stored is lost.",
    sqlite3.SQLITE_IOERR: "can't be read or written: the disk reports an error. Look at the free space and at the system's log.",
    sqlite3.SQLITE_CORRUPT: "is damaged. Stop the daemon and restore a copy, or save what is left with `sqlite3 FILE .recover`.",
    sqlite3.SQLITE_NOTADB: "is not an SQLite database. Name another file, or move this one out of the way.",
    sqlite3.SQLITE_CANTOPEN: "can't be opened. Does its folder exist, and may this user write there?",
    sqlite3.SQLITE_PERM: "can't be opened: this user may not. Give it read and write access to the file and to its folder.",
    sqlite3.SQLITE_AUTH: "can't be used: this user may not. Give it read and write access to the file and to its folder.",
    sqlite3.SQLITE_NOMEM: "can't be used: the machine is out of memory.",
    sqlite3.SQLITE_NOLFS: "can't grow: the file system takes no files of this size.",
}
_PRIMARY = 0xFF


@contextmanager
def plain_faults(name: str) -> Iterator[None]:
    """Raises DatabaseUnavailable where the database called `name` can't be used just now, and counts it."""
    try:
        yield
    except DBAPIError as error:
        sentence = _sentence(error.orig)
        if sentence is None:
            raise
        metrics.DATABASE_ERRORS.inc()
        raise DatabaseUnavailable(f"The database {name} {sentence}") from error
    except NoFreeConnection as error:
        metrics.DATABASE_ERRORS.inc()
        raise DatabaseUnavailable(
            f"The database {name} is overloaded: no connection became free in time. Try again."
        ) from error


def _sentence(error: BaseException | None) -> str | None:
    if not isinstance(error, sqlite3.Error):
        return None
    # Errors of the module itself (a closed connection) carry no code.
    code = getattr(error, "sqlite_errorcode", None)
    return None if code is None else _SENTENCES.get(code & _PRIMARY)
