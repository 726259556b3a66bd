"""Whether a database is whole: what SQLite finds when it reads every page, index and reference, and the index of words.

PostgreSQL keeps watch over its own pages and references; of it, only the tables' version is looked at (schema.py). Used for
copies (backup.py), `relmon db check` and `relmon doctor`.
"""

import sqlite3

from monitor.storage import fulltext
from monitor.storage.database import Database
from monitor.storage.sqlite import driver_connection

_MOST = 20


def damage(connection: sqlite3.Connection) -> tuple[str, ...]:
    """Up to twenty sentences about what is damaged in an SQLite file; none where it is whole."""
    try:
        whole = [row[0] for row in connection.execute(f"PRAGMA integrity_check({_MOST})")]
        dangling = connection.execute("PRAGMA foreign_key_check").fetchmany(_MOST)
        unindexed = fulltext.gaps(connection)
    except sqlite3.DatabaseError as error:
        return (str(error),)
    found = [] if whole == ["ok"] else whole
    found += [f"row {row} of {table} names a row of {parent} that is missing" for table, row, parent, _ in dangling]
    found += unindexed
    return tuple(found[:_MOST])


def damage_of(database: Database) -> tuple[str, ...]:
    """The same of an open database; none of one on a server.

    Reads all of it, beside whoever works on it.

    Raises:
        DatabaseUnavailable: it can't be read.
    """
    if database.is_shared:
        return ()
    with database.read() as connection:
        return damage(driver_connection(connection))
