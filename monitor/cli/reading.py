"""Opens the database for commands that only look: no lock is taken, and a daemon may go on beside them."""

from collections.abc import Iterator
from contextlib import contextmanager

from monitor.storage import schema
from monitor.storage.connection import Connection
from monitor.storage.engine import open_database


@contextmanager
def stored(url: str) -> Iterator[Connection]:
    """One reading transaction on current tables.

    Raises:
        DatabaseUnavailable: the database can't be opened.
        SchemaMismatch: it holds no tables yet, or those of another version.
    """
    database = open_database(url)
    try:
        schema.require_current(database)
        with database.read() as connection:
            yield connection
    finally:
        database.close()
