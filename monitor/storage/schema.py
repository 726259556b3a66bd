"""Creates and upgrades the tables, and tells whether they are those of this version.

The migrations are Alembic's, inside the package; there is no way back but a copy of the file. Comes after engine.py;
whoever reads or writes rows calls `require_current` first.
"""

from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, assert_never

import structlog
from sqlalchemy import Connection, column, func, inspect, select, table

from monitor.domain.errors import SchemaMismatch
from monitor.storage.engine import Database

if TYPE_CHECKING:
    from alembic.config import Config

log = structlog.get_logger()

NEWEST = "0021"
"""The last revision of migrations/versions. Known here, so that a current database needs no Alembic: importing it takes
longer than all other starting of storage."""

_MIGRATIONS = Path(__file__).parent / "migrations"
_VERSIONS = "alembic_version"
# Any number that no other program on the same database is likely to choose: "relmon" in ASCII.
_LOCK_KEY = int.from_bytes(b"relmon")


class SchemaState(Enum):
    """How the tables relate to those of this version."""

    EMPTY = "there are no tables yet"
    CURRENT = "the tables are those of this version"
    OLDER = "the tables are those of an older version"
    NEWER_OR_FOREIGN = "the tables are those of a newer version, or of another program"


def state(database: Database) -> SchemaState:
    """Looks at the tables, and changes nothing."""
    with database.read() as connection:
        return _state(connection)


def upgrade(database: Database) -> SchemaState:
    """Brings the tables to this version in one transaction, and returns the state that it found.

    Several processes may call it at once: the first does the work. Raises SchemaMismatch on tables that are newer or
    another program's.
    """
    with database.write() as connection:
        # One at a time, by a lock that ends with the transaction; SQLite has one writer anyway.
        if database.is_shared:
            connection.execute(select(func.pg_advisory_xact_lock(_LOCK_KEY)))
            connection.execute(select(func.set_config("statement_timeout", "0", True)))  # noqa: FBT003 - "for this transaction"
        # Asked inside the transaction: whoever waited for another's upgrade finds it done.
        found = _state(connection)
        match found:
            case SchemaState.CURRENT:
                return found
            case SchemaState.NEWER_OR_FOREIGN:
                raise _mismatch(database, found)
            case SchemaState.EMPTY | SchemaState.OLDER:
                from alembic import command  # noqa: PLC0415 - see NEWEST

                command.upgrade(alembic_config(connection), "head")
            case _:
                assert_never(found)
    log.info("database_upgraded", database=database.name, found=found.name.lower())
    return found


def require_current(database: Database) -> None:
    """Raises SchemaMismatch, saying what to do, unless the tables are those of this version."""
    found = state(database)
    if found is not SchemaState.CURRENT:
        raise _mismatch(database, found)


def alembic_config(connection: Connection | None = None) -> "Config":
    """Alembic's settings for the migrations of this package, to be run on `connection`."""
    from alembic.config import Config  # noqa: PLC0415 - see NEWEST

    config = Config(attributes={"connection": connection})
    # Alembic expands % in its options.
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _state(connection: Connection) -> SchemaState:
    tables = inspect(connection).get_table_names()
    if _VERSIONS not in tables:
        return SchemaState.NEWER_OR_FOREIGN if tables else SchemaState.EMPTY
    heads: set[str] = set(connection.scalars(select(column("version_num")).select_from(table(_VERSIONS))))
    if heads == {NEWEST}:
        return SchemaState.CURRENT
    if not heads:
        return SchemaState.NEWER_OR_FOREIGN
    return SchemaState.OLDER if heads <= _known_revisions() else SchemaState.NEWER_OR_FOREIGN


def _known_revisions() -> set[str]:
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - see NEWEST

    return {script.revision for script in ScriptDirectory.from_config(alembic_config()).walk_revisions()}


def _mismatch(database: Database, found: SchemaState) -> SchemaMismatch:
    what = f"The database {database.name} can't be used: {found.value}."
    match found:
        case SchemaState.EMPTY | SchemaState.OLDER:
            return SchemaMismatch(f"{what} Run `relmon db upgrade`.")
        case SchemaState.NEWER_OR_FOREIGN:
            return SchemaMismatch(f"{what} Install the version that made it, or name another database.")
        case SchemaState.CURRENT:
            raise AssertionError("current tables are no mismatch")
        case _:
            assert_never(found)
