"""Creates and upgrades the tables, and tells whether they are those of this version.

The migrations are Alembic's, inside the package; there is no way back but a copy of the file. Comes after engine.py;
whoever reads or writes rows calls `require_current` first.
"""

from enum import Enum
from pathlib import Path
from typing import assert_never

import structlog
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from monitor.domain.errors import SchemaMismatch
from monitor.storage.engine import Database

log = structlog.get_logger()

_MIGRATIONS = Path(__file__).parent / "migrations"


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
        # Asked inside the transaction: whoever waited for another's upgrade finds it done.
        found = _state(connection)
        match found:
            case SchemaState.CURRENT:
                return found
            case SchemaState.NEWER_OR_FOREIGN:
                raise _mismatch(database, found)
            case SchemaState.EMPTY | SchemaState.OLDER:
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


def alembic_config(connection: Connection | None = None) -> Config:
    """Alembic's settings for the migrations of this package, to be run on `connection`."""
    config = Config(attributes={"connection": connection})
    # Alembic expands % in its options.
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _state(connection: Connection) -> SchemaState:
    heads = set(MigrationContext.configure(connection).get_current_heads())
    if not heads:
        return SchemaState.NEWER_OR_FOREIGN if inspect(connection).get_table_names() else SchemaState.EMPTY
    scripts = ScriptDirectory.from_config(alembic_config())
    if heads == set(scripts.get_heads()):
        return SchemaState.CURRENT
    known = {script.revision for script in scripts.walk_revisions()}
    return SchemaState.OLDER if heads <= known else SchemaState.NEWER_OR_FOREIGN


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
