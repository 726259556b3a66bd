"""Makes sure that no daemon works on a database while a command changes all of it."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from monitor.domain.errors import DatabaseInUse
from monitor.storage import workers
from monitor.storage.engine import Database
from monitor.storage.lock import daemon_lock

_SEEN_LATELY = dt.timedelta(seconds=30)


@contextmanager
def alone(database: Database) -> Iterator[None]:
    """While its block runs, no daemon works on the database.

    Raises:
        DatabaseInUse: one does.
    """
    if database.is_shared:
        with database.read() as connection:
            there = workers.seen_within(connection, _SEEN_LATELY)
        if there:
            raise DatabaseInUse(f"{' and '.join(there)} work on {database.name}. Stop them first.")
    with daemon_lock(database.path):
        yield
