"""Opens SQLite files as R6 asks: write-ahead log, every commit on the disk, BEGIN IMMEDIATE for whoever writes.

One daemon for each file is lock.py's to see to. What an open database does is the next module's (database.py).
"""

import datetime as dt
import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import cast

import structlog
from sqlalchemy import URL, Connection, Engine, StaticPool, create_engine, event
from sqlalchemy.pool import ConnectionPoolEntry

from monitor.domain.errors import DatabaseUnavailable
from monitor.storage.database import Database, Manners
from monitor.storage.fulltext import require_index
from monitor.storage.private_file import make_private

log = structlog.get_logger()

BUSY_TIMEOUT = dt.timedelta(seconds=10)
_JOURNAL_SIZE_LIMIT = 64 * 1024 * 1024
# More threads than this wait for each other; SQLite has one writer at a time anyway.
_POOL_SIZE = 8
_OVERFLOW = 24
# The name of the execution option that tells a writer's transaction from a reader's.
_BEGIN = "relmon_begin"


def open_file(path: Path | None) -> Database:
    """Opens the file at `path`, or a database in memory. A missing file is made for this user alone (0600, folder 0700).

    Raises:
        DatabaseUnavailable: the file can't be used.
    """
    if path is not None:
        _make_private(path)
    return _opened(_engine(path), path)


def driver_connection(connection: Connection) -> sqlite3.Connection:
    """The driver's own connection to an SQLite file, for what SQLAlchemy has no words for."""
    return cast("sqlite3.Connection", connection.connection.dbapi_connection)


def throwaway_database(folder: Path) -> Database:
    """A new database in `folder` that nobody will ask for after this process: a crash of the machine may break it.

    Waiting for the disk is most of what a small transaction takes.
    """
    path = (folder / "throwaway.db").absolute()
    _make_private(path)
    engine = _engine(path)
    event.listen(engine, "connect", _forget_durability)
    return _opened(engine, path)


def _opened(engine: Engine, path: Path | None) -> Database:
    event.listen(engine, "connect", _set_up_connection, insert=True)
    event.listen(engine, "begin", _begin)
    manners = Manners(
        writing={_BEGIN: "BEGIN IMMEDIATE"},
        reading={_BEGIN: "BEGIN"},
        queue=BUSY_TIMEOUT,
        one_connection=path is None,
    )
    database = Database(engine, manners, name=str(path) if path else "in memory", path=path)
    try:
        with database.read() as connection:
            connection.exec_driver_sql("SELECT count(*) FROM sqlite_master")
            require_index(driver_connection(connection))
    except BaseException:
        database.close()
        raise
    return database


def _engine(path: Path | None) -> Engine:
    # A statement's values can be anything from a feed: errors and logs must not hold them.
    if path is None:
        return create_engine(
            "sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False}, hide_parameters=True
        )
    return create_engine(
        URL.create("sqlite", database=str(path)),
        pool_size=_POOL_SIZE,
        max_overflow=_OVERFLOW,
        connect_args={"check_same_thread": False, "timeout": BUSY_TIMEOUT.total_seconds()},
        hide_parameters=True,
    )


def _make_private(path: Path) -> None:
    """Creates the file for one user alone (S12); SQLite gives its companion files the same mode and owner."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            with suppress(FileExistsError):  # another process has just made it
                make_private(path, like=path.parent)
        elif path.is_file() and path.stat().st_mode & 0o077:
            log.warning("database_open_to_others", path=str(path), do=f"chmod 600 {path}")
    except OSError as error:
        raise DatabaseUnavailable(
            f"The database {path} can't be created: {error.strerror}. Is its folder there, and may this user write to it?"
        ) from error


def _set_up_connection(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    # The driver would begin transactions by itself, and DEFERRED ones, of which two can't both go on to write.
    connection.isolation_level = None
    for pragma in (
        f"busy_timeout = {BUSY_TIMEOUT // dt.timedelta(milliseconds=1)}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        f"journal_size_limit = {_JOURNAL_SIZE_LIMIT}",
    ):
        connection.execute(f"PRAGMA {pragma}").close()


def _forget_durability(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    connection.execute("PRAGMA synchronous = OFF").close()


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get(_BEGIN, "BEGIN"))
