"""Turns what SQLite or PostgreSQL complains about into a sentence for the person who can mend it (R7).

Only a broken or busy environment is translated. A broken statement (a missing table, a violated constraint) is a bug
of ours and stays the exception that it is.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoFreeConnection

from monitor import metrics
from monitor.domain.errors import DatabaseDamaged, DatabaseUnavailable, TransactionConflict

# Primary result codes (https://sqlite.org/rescode.html); extended codes hold them in their lowest byte.
_SENTENCES = {
    sqlite3.SQLITE_BUSY: "is locked: another process has been writing for too long. Find it with `fuser` and end it, or try again.",
    sqlite3.SQLITE_LOCKED: "is locked by another transaction of this process. Try again.",
    sqlite3.SQLITE_READONLY: "can't be written: it is read-only. Give this user write access to the file and to its folder.",
    sqlite3.SQLITE_FULL: "can't be written: the disk is full. Free some space; nothing that is stored is lost.",
    sqlite3.SQLITE_IOERR: "can't be read or written: the disk reports an error. Look at the free space and at the system's log.",
    sqlite3.SQLITE_CORRUPT: "is damaged. Stop the daemon and restore a copy (`relmon db restore FILE`), or save what is left with `sqlite3 FILE .recover`.",
    sqlite3.SQLITE_NOTADB: "is not an SQLite database. Name another file, or move this one out of the way.",
    sqlite3.SQLITE_CANTOPEN: "can't be opened. Does its folder exist, is its disk writable, and may this user write there?",
    sqlite3.SQLITE_PERM: "can't be opened: this user may not. Give it read and write access to the file and to its folder.",
    sqlite3.SQLITE_AUTH: "can't be used: this user may not. Give it read and write access to the file and to its folder.",
    sqlite3.SQLITE_NOMEM: "can't be used: the machine is out of memory.",
    sqlite3.SQLITE_NOLFS: "can't grow: the file system takes no files of this size.",
}
_PRIMARY = 0xFF
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})

# By SQLSTATE, or its class of two characters (https://www.postgresql.org/docs/current/errcodes-appendix.html).
_SERVER_SENTENCES = {
    "28": "refuses the user or the password. Look at the address, at ~/.pgpass and at the server's pg_hba.conf.",
    "3D000": "doesn't exist on its server. Create it with `createdb`, or name another.",
    "42501": "can't be used: this user may not. Grant it all on the database and on its schema.",
    "25006": "can't be written: the server is read-only, perhaps a standby. Name the primary.",
    "53100": "can't be written: the server's disk is full. Free some space; nothing that is stored is lost.",
    "53200": "can't be used: the server is out of memory.",
    "53300": "takes no more connections. Raise max_connections on the server, or run fewer workers.",
    "55P03": "is busy: another transaction holds what this one needs. Try again.",
    "57014": "is too slow: a statement took longer than it may. Look at the server's load, and try again.",
    "25P03": "ended a transaction that stood still. Try again.",
    "57P03": "is starting up or shutting down. Try again in a moment.",
    "57P": "was shut down, or ended this connection. It is tried again until it is back.",
    "08": "can't be reached: the connection broke. It is tried again until it is back.",
    "58": "can't be read or written: the server's disk reports an error. Look at its log.",
}
# What libpq says where no session came about and so no SQLSTATE is there.
_BEFORE_SESSION = (
    ("does not exist", _SERVER_SENTENCES["3D000"]),
    ("authentication failed", _SERVER_SENTENCES["28"]),
    ("no password supplied", _SERVER_SENTENCES["28"]),
    ("no pg_hba.conf entry", _SERVER_SENTENCES["28"]),
    ("too many clients", _SERVER_SENTENCES["53300"]),
    ("remaining connection slots", _SERVER_SENTENCES["53300"]),
    ("starting up", _SERVER_SENTENCES["57P03"]),
    ("shutting down", _SERVER_SENTENCES["57P03"]),
)
_CONFLICTS = frozenset({"40001", "40P01"})


@contextmanager
def plain_faults(name: str) -> Iterator[None]:
    """Raises DatabaseUnavailable where the database called `name` can't be used just now, and counts it.

    TransactionConflict, which is one, where it only gave way to another transaction.
    """
    try:
        yield
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) in _CONFLICTS:
            metrics.DATABASE_CONFLICTS.inc()
            raise TransactionConflict(
                f"The database {name} ended a transaction that got into another's way. Try again."
            ) from error
        _raise_plainly(name, error, error.orig)
    except sqlite3.Error as error:  # the driver's own, where a file is read or written past SQLAlchemy
        _raise_plainly(name, error, error)
    except NoFreeConnection as error:
        metrics.DATABASE_ERRORS.inc()
        raise DatabaseUnavailable(
            f"The database {name} is overloaded: no connection became free in time. Try again."
        ) from error


def _raise_plainly(name: str, raised: Exception, said: BaseException | None) -> NoReturn:
    """Raises what the fault means to people; `raised` itself where it is a bug."""
    sentence = _sentence(said)
    if sentence is None:
        raise raised
    metrics.DATABASE_ERRORS.inc()
    kind = DatabaseDamaged if _code(said) in _DAMAGED else DatabaseUnavailable
    raise kind(f"The database {name} {sentence}") from raised


def _code(error: BaseException | None) -> int | None:
    """SQLite's primary result code."""
    # Errors of the module itself (a closed connection) carry none.
    code = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & _PRIMARY


def _sentence(error: BaseException | None) -> str | None:
    if isinstance(error, sqlite3.Error):
        code = _code(error)
        return None if code is None else _SENTENCES.get(code)
    # Every error of PostgreSQL's driver has this; importing the driver to ask for its class would cost those who use SQLite.
    if error is None or not hasattr(error, "sqlstate"):
        return None
    state: str | None = getattr(error, "sqlstate", None)
    if state is None:
        return _unreachable(str(error))
    return next(
        (_SERVER_SENTENCES[known] for known in (state, state[:3], state[:2]) if known in _SERVER_SENTENCES), None
    )


def _unreachable(said: str) -> str | None:
    """For a failure before there was a session: libpq's own words tell what happened, in their first line."""
    first = said.strip().splitlines()[0] if said.strip() else ""
    for known, sentence in _BEFORE_SESSION:
        if known in said:
            return sentence
    return f"can't be reached ({first}). Is the server running, and the address right?" if first else None
