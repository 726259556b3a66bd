"""Connects to PostgreSQL, which several daemons may share: rows and leases keep them out of each other's way.

Transactions that write run at READ COMMITTED: whoever locks a row sees what its last holder wrote, which the leases and
the locks of relations rely on. Those that read see one state (REPEATABLE READ). What an open database does is the next
module's (database.py). Needs the extra "postgres".
"""

import datetime as dt
from importlib.util import find_spec

from sqlalchemy import URL, create_engine, text

from monitor.domain.documents import Finding
from monitor.domain.errors import ConfigurationError, DatabaseUnavailable
from monitor.storage.database import Database, Manners

DRIVER = "psycopg"
OLDEST = 13
"""The oldest major version that is still maintained by its makers or by a distribution with long support."""

CONNECT_TIMEOUT = dt.timedelta(seconds=10)
LOCK_TIMEOUT = dt.timedelta(seconds=10)
"""How long a statement waits for a row that another transaction holds."""
STATEMENT_TIMEOUT = dt.timedelta(seconds=60)
IDLE_TIMEOUT = dt.timedelta(seconds=60)
"""How long a transaction may stand still: the locks of a hung process end with it."""
_POOL_SIZE = 8
_OVERFLOW = 8


def connect(url: URL) -> Database:
    """Opens the database at `url` (`postgresql://user@host/name`).

    Raises:
        ConfigurationError: the driver isn't installed.
        DatabaseUnavailable: the server can't be reached, refuses the user, or is too old.
    """
    if find_spec(DRIVER) is None:
        message = (
            "PostgreSQL needs the package psycopg: pip install 'relation-monitor[postgres]', or "
            "pip install --require-hashes -r requirements/postgres.txt"
        )
        raise ConfigurationError((Finding(file="database.url", line=None, message=message),))
    engine = create_engine(
        url.set(drivername=f"postgresql+{DRIVER}"),
        pool_size=_POOL_SIZE,
        max_overflow=_OVERFLOW,
        pool_timeout=LOCK_TIMEOUT.total_seconds(),
        # A server that was restarted has closed the connections that the pool still holds.
        pool_pre_ping=True,
        connect_args={
            "connect_timeout": int(CONNECT_TIMEOUT.total_seconds()),
            "application_name": "relmon",
            "options": " ".join(f"-c {name}={value}" for name, value in _settings().items()),
        },
        # A statement's values can be anything from a feed: errors and logs must not hold them.
        hide_parameters=True,
    )
    manners = Manners(reading={"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}, shared=True)
    shown = URL.create("postgresql", username=url.username, host=url.host, port=url.port, database=url.database)
    database = Database(engine, manners, name=shown.render_as_string())
    try:
        _require_version(database)
    except BaseException:
        database.close()
        raise
    return database


def _require_version(database: Database) -> None:
    """Connects once, so that whatever is wrong is said at once."""
    with database.read() as connection:
        # In thousands: 150004 is 15.4.
        version = int(connection.scalar(text("SHOW server_version_num")) or 0) // 10_000
    if version < OLDEST:
        raise DatabaseUnavailable(f"The database {database.name} is PostgreSQL {version}; {OLDEST} or newer is needed.")


def _settings() -> dict[str, str]:
    """What each connection asks of the server; times in milliseconds."""
    return {
        "timezone": "UTC",
        "lock_timeout": _milliseconds(LOCK_TIMEOUT),
        "statement_timeout": _milliseconds(STATEMENT_TIMEOUT),
        "idle_in_transaction_session_timeout": _milliseconds(IDLE_TIMEOUT),
    }


def _milliseconds(duration: dt.timedelta) -> str:
    return str(duration // dt.timedelta(milliseconds=1))
