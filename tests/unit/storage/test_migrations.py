"""What stands in the tables of any version that ever was outlives the upgrade to this one."""

import datetime as dt
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import JSON, Boolean, Column, Connection, Date, DateTime, LargeBinary, MetaData, String, Table

from monitor.storage import schema
from monitor.storage.engine import Database, open_database
from monitor.storage.soundness import damage_of
from monitor.storage.tables import METADATA

REVISIONS = [script.revision for script in ScriptDirectory.from_config(schema.alembic_config()).walk_revisions()]
_ROWS = 3


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with closing(open_database(f"sqlite:///{tmp_path / 'monitor.db'}")) as opened:
        yield opened


def value(column: Column[Any], row: int) -> Any:
    """A value of the column's type, the same wherever a row is named by another."""
    made = {
        JSON: [f"word {row}"],
        Boolean: bool(row % 2),
        DateTime: dt.datetime(2026, 1, 1 + row, 12),  # noqa: DTZ001 - as SQLite keeps it
        Date: dt.date(2026, 1, 1 + row),
        LargeBinary: bytes([row]) * 16,
        String: f"text {row}",
    }
    return next((made[kind] for kind in made if isinstance(column.type, kind)), row)


def tables_of(connection: Connection) -> list[Table]:
    found = MetaData()
    # Those of the index of words are the engine's to fill.
    found.reflect(connection, only=lambda name, _: name in METADATA.tables)
    return list(found.sorted_tables)


def rows_of(connection: Connection, table: Table) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.execute(table.select().order_by(*table.primary_key.columns)).mappings()]


@pytest.mark.parametrize("revision", [one for one in REVISIONS if one != schema.NEWEST])
def test_the_rows_of_an_older_version_when_upgraded_then_they_are_all_there_as_they_were(
    database: Database, revision: str
) -> None:
    with database.write() as connection:
        command.upgrade(schema.alembic_config(connection), revision)
        before = {}
        for table in tables_of(connection):
            rows = [{column.name: value(column, row) for column in table.columns} for row in range(1, _ROWS + 1)]
            connection.execute(table.insert(), rows)
            before[table.name] = rows_of(connection, table)
    assert schema.upgrade(database) is schema.SchemaState.OLDER
    with database.read() as connection:
        after = {table.name: rows_of(connection, table) for table in tables_of(connection)}
    for name, rows in before.items():
        kept = [{column: row[column] for column in rows[0] if column in row} for row in after[name]]
        assert kept == [{column: row[column] for column in kept[0]} for row in rows], name
        # No version has taken a column away.
        assert kept[0].keys() == rows[0].keys(), name
    assert damage_of(database) == ()
