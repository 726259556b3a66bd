"""Opens the database, and gives out connections that stand inside one transaction each.

SQLite today (R6): write-ahead log, every commit on the disk, BEGIN IMMEDIATE for whoever writes. Leaves the tables to
schema.py, the one-daemon rule to lock.py and the wording of faults to faults.py. Comes before everything else here.
"""

import datetime as dt
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import structlog
from sqlalchemy import URL, Connection, Engine, StaticPool, create_engine, event, func, make_url, select
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry

from monitor.domain.documents import Finding
from monitor.domain.errors import ConfigurationError, DatabaseMissing, DatabaseUnavailable
from monitor.storage.columns import UtcDateTime
from monitor.storage.faults import plain_faults

log = structlog.get_logger()

BUSY_TIMEOUT = dt.timedelta(seconds=10)
_JOURNAL_SIZE_LIMIT = 64 * 1024 * 1024
# More threads than this wait for each other; SQLite has one writer at a time anyway.
_POOL_SIZE = 8
_OVERFLOW = 24
# The name of the execution option that tells a writer's transaction from a reader's.
_BEGIN = "relmon_begin"


class Database:
    """An open database. `path` is None for one in memory. Close it when done; threads may share it."""

    def __init__(self, engine: Engine, path: Path | None) -> None:
        self.engine = engine
        self.path = path
        self.name = str(path) if path else "in memory"
        # Writers of this process queue here, fairly and without polling; SQLite's own wait sleeps and tries again.
        self._writer = threading.Lock()

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A connection inside one writing transaction: committed at the end, rolled back on any exception.

        It must not be nested. Raises DatabaseUnavailable where the database is locked, full, read-only or broken.
        """
        with self._transaction("BEGIN IMMEDIATE", alone=True) as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection inside one reading transaction, which sees one state of the database to its end."""
        with self._transaction("BEGIN", alone=self.path is None) as connection:
            yield connection

    def close(self) -> None:
        """Closes all connections; the last one folds the write-ahead log into the database file."""
        self.engine.dispose()

    @contextmanager
    def _transaction(self, begin: str, *, alone: bool) -> Iterator[Connection]:
        with ExitStack() as stack:
            if alone:
                self._take_turn(stack)
            stack.enter_context(plain_faults(self.name))
            connection = stack.enter_context(self.engine.connect()).execution_options(**{_BEGIN: begin})
            stack.enter_context(connection.begin())
            yield connection

    def _take_turn(self, stack: ExitStack) -> None:
        if not self._writer.acquire(timeout=BUSY_TIMEOUT.total_seconds()):
            raise DatabaseUnavailable(
                f"The database {self.name} is busy: writers of this process queue for too long. Try again."
            )
        stack.callback(self._writer.release)


def open_database(url: str) -> Database:
    """Opens the database at `url` (`sqlite:///relative`, `sqlite:////absolute`, or `sqlite://` in memory).

    A missing file is created for this user alone (0600, in a folder 0700); its tables are not. Raises
    ConfigurationError where the address can't be meant, DatabaseUnavailable where the file can't be used.
    """
    path = _path_of(url)
    if path is not None:
        _make_private(path)
    return _opened(_engine(path), path)


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
    database = Database(engine, path)
    try:
        with database.read() as connection:
            connection.exec_driver_sql("SELECT count(*) FROM sqlite_master")
    except BaseException:
        database.close()
        raise
    return database


def open_existing(url: str) -> Database:
    """`open_database` for whoever only looks, or changes what is there: a missing file is not created.

    Raises:
        DatabaseMissing: there is no such file yet.
        DatabaseUnavailable: it can't be used.
        ConfigurationError: as of `open_database`.
    """
    path = _path_of(url)
    if path is not None and not path.exists():
        raise DatabaseMissing(
            f"There is no database at {path} yet; `relmon run` makes it. If it is elsewhere, name it with --database."
        )
    return open_database(url)


def database_now(connection: Connection) -> dt.datetime:
    """The database's own clock, which leases are measured with: one clock, however many machines share the work.

    Millisecond precision on SQLite.
    """
    if connection.dialect.name == "sqlite":
        clock = func.strftime("%Y-%m-%d %H:%M:%f000", "now", type_=UtcDateTime)
    else:
        clock = func.clock_timestamp(type_=UtcDateTime)
    return connection.execute(select(clock)).scalar_one()


def _path_of(url: str) -> Path | None:
    """Where the file is; None for a database in memory."""
    database = _sqlite_url(url).database
    return None if database in (None, "", ":memory:") else Path(str(database)).absolute()


def _sqlite_url(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise _refused(f"{url!r} is no database address; write sqlite:///PATH, such as sqlite:///monitor.db") from None
    if parsed.drivername not in ("sqlite", "sqlite+pysqlite"):
        raise _refused(
            f"{parsed.drivername!r} databases are not supported yet; write sqlite:///PATH, such as sqlite:///monitor.db"
        )
    if parsed.host or parsed.query or str(parsed.database or "").startswith("file:"):
        raise _refused("an SQLite address holds a path and nothing else: sqlite:///relative or sqlite:////absolute")
    return parsed


def _refused(message: str) -> ConfigurationError:
    return ConfigurationError((Finding(file="database.url", line=None, message=message),))


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
    """Creates the file for this user alone (S12); SQLite gives its companion files the same mode."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
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
