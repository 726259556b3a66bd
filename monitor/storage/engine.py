"""Opens the database that an address names: an SQLite file, or PostgreSQL.

SQLite is the default, for one machine; PostgreSQL for several daemons that share the work. Leaves the tables to schema.py
and the one-daemon rule of files to lock.py. Comes before everything else here.
"""

from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from monitor.domain.documents import Finding
from monitor.domain.errors import ConfigurationError, DatabaseMissing
from monitor.storage.database import Database, database_now, try_again
from monitor.storage.sqlite import open_file, throwaway_database

__all__ = ["Database", "database_now", "file_of", "open_database", "open_existing", "throwaway_database", "try_again"]

_SQLITE = frozenset({"sqlite", "sqlite+pysqlite"})
_POSTGRESQL = frozenset({"postgresql", "postgres", "postgresql+psycopg"})
_FORMS = "write sqlite:///PATH, such as sqlite:///monitor.db, or postgresql://USER@HOST/NAME"


def open_database(url: str) -> Database:
    """Opens the database at `url`.

    That is `sqlite:///relative`, `sqlite:////absolute`, `sqlite://` in memory, or `postgresql://user:password@host/name`.
    A missing SQLite file is created for this user alone (0600, in a folder 0700). Tables are not.

    Raises:
        ConfigurationError: the address can't be meant, or PostgreSQL's driver isn't installed.
        DatabaseUnavailable: the file can't be used, the server not be reached.
    """
    parsed = _parse(url)
    if parsed.drivername in _SQLITE:
        return open_file(_path_of(parsed))
    from monitor.storage.postgresql import connect  # noqa: PLC0415 - its dialect costs a start that SQLite needn't pay

    return connect(parsed)


def is_file(url: str) -> bool:
    """Whether the database at `url` is an SQLite file, or in memory. Raises ConfigurationError as `open_database` does."""
    return _parse(url).drivername in _SQLITE


def open_existing(url: str) -> Database:
    """`open_database` for whoever only looks, or changes what is there: a missing file is not created.

    Raises:
        DatabaseMissing: there is no such file yet.
        DatabaseUnavailable: it can't be used.
        ConfigurationError: as of `open_database`.
    """
    path = file_of(url)
    if path is not None and not path.exists():
        raise DatabaseMissing(
            f"There is no database at {path} yet; `relmon run` makes it. If it is elsewhere, name it with --database."
        )
    return open_database(url)


def file_of(url: str) -> Path | None:
    """Where the SQLite file at this address is, or would be; None for a database in memory or on a server.

    Raises:
        ConfigurationError: as of `open_database`.
    """
    parsed = _parse(url)
    return _path_of(parsed) if parsed.drivername in _SQLITE else None


def _path_of(parsed: URL) -> Path | None:
    """Where the SQLite file is; None for a database in memory."""
    return None if parsed.database in (None, "", ":memory:") else Path(str(parsed.database)).absolute()


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        # What can't be read can't be shown either: it may hold a password.
        shown = repr(url) if "@" not in url else "what is written"
        raise _refused(f"{shown} is no database address; {_FORMS}") from None
    if parsed.drivername in _SQLITE:
        if parsed.host or parsed.query or str(parsed.database or "").startswith("file:"):
            raise _refused("an SQLite address holds a path and nothing else: sqlite:///relative or sqlite:////absolute")
    elif parsed.drivername not in _POSTGRESQL:
        raise _refused(f"{parsed.drivername!r} databases are not supported; {_FORMS}")
    elif not parsed.database:
        raise _refused("a PostgreSQL address names its database: postgresql://USER@HOST/NAME")
    return parsed


def _refused(message: str) -> ConfigurationError:
    return ConfigurationError((Finding(file="database.url", line=None, message=message),))
