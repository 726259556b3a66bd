"""An open database: connections that stand inside one transaction each, whichever engine is behind them.

What the engines differ in (how a transaction begins, whether writers queue) comes as `Manners` from sqlite.py and
postgresql.py; engine.py chooses between them. Leaves the wording of faults to faults.py.
"""

import datetime as dt
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, func, select

from monitor import metrics
from monitor.domain.errors import DatabaseUnavailable, TransactionConflict
from monitor.storage.columns import UtcDateTime
from monitor.storage.faults import plain_faults

_T = TypeVar("_T")
_ATTEMPTS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """How transactions of a database begin."""

    writing: Mapping[str, Any] = field(default_factory=dict)
    """SQLAlchemy's execution options of a transaction that writes."""
    reading: Mapping[str, Any] = field(default_factory=dict)
    """And of one that reads, which is to see one state to its end."""
    queue: dt.timedelta | None = None
    """Where only one may write at a time: how long the writers of this process wait for each other at the most."""
    one_connection: bool = False
    """Whether readers queue with them, since there is but one connection."""
    shared: bool = False
    """Whether several daemons may work on it, on any machines."""


class Database:
    """An open database. Close it when done; threads may share it.

    `name` is for people, without a password. `path` is None where it is no file: in memory, or on a server.
    """

    def __init__(self, engine: Engine, manners: Manners, *, name: str, path: Path | None = None) -> None:
        self.engine = engine
        self.name = name
        self.path = path
        self._manners = manners
        # Writers of this process queue here, fairly and without polling; SQLite's own wait sleeps and tries again.
        self._writer = threading.Lock()

    @property
    def is_shared(self) -> bool:
        """Whether several daemons may work on it at once (PostgreSQL)."""
        return self._manners.shared

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A connection inside one writing transaction: committed at the end, rolled back on any exception.

        It must not be nested.

        Raises:
            DatabaseUnavailable: the database is locked, full, read-only, broken or out of reach.
            TransactionConflict: it gave way to another's (PostgreSQL): nothing is written, and it may be tried again.
        """
        with (
            metrics.WRITING.time(),
            self._transaction(self._manners.writing, alone=self._manners.queue is not None) as connection,
        ):
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection inside one reading transaction, which sees one state of the database to its end."""
        with (
            metrics.READING.time(),
            self._transaction(self._manners.reading, alone=self._manners.one_connection) as connection,
        ):
            yield connection

    def close(self) -> None:
        """Closes all connections; an SQLite file's last one folds the write-ahead log into it."""
        self.engine.dispose()

    @contextmanager
    def _transaction(self, options: Mapping[str, Any], *, alone: bool) -> Iterator[Connection]:
        with ExitStack() as stack:
            if alone:
                self._take_turn(stack)
            stack.enter_context(plain_faults(self.name))
            connection = stack.enter_context(self.engine.connect()).execution_options(**options)
            stack.enter_context(connection.begin())
            yield connection

    def _take_turn(self, stack: ExitStack) -> None:
        longest = -1 if self._manners.queue is None else self._manners.queue.total_seconds()
        if not self._writer.acquire(timeout=longest):
            metrics.DATABASE_ERRORS.inc()
            raise DatabaseUnavailable(
                f"The database {self.name} is busy: writers of this process queue for too long, perhaps "
                "behind another process (find it with `fuser`). Try again."
            )
        stack.callback(self._writer.release)


def try_again(work: Callable[[], _T]) -> _T:
    """Runs work that is one transaction, and runs it again, twice at the most, where it gave way to another's (R6).

    Raises:
        TransactionConflict: it gave way three times.
    """
    for _ in range(_ATTEMPTS - 1):
        with suppress(TransactionConflict):
            return work()
    return work()


def database_now(connection: Connection) -> dt.datetime:
    """The database's own clock, which leases are measured with: one clock, however many machines share the work.

    Millisecond precision on SQLite.
    """
    if connection.dialect.name == "sqlite":
        clock = func.strftime("%Y-%m-%d %H:%M:%f000", "now", type_=UtcDateTime)
    else:
        clock = func.clock_timestamp(type_=UtcDateTime)
    return connection.execute(select(clock)).scalar_one()
