"""Tables and migrations agree; an upgrade is whole, safe to repeat and safe to race."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from monitor.domain.errors import SchemaMismatch
from monitor.storage import schema
from monitor.storage.engine import Database, open_database
from monitor.storage.fulltext import is_table_of_ours
from monitor.storage.schema import SchemaState
from monitor.storage.tables import METADATA


@pytest.fixture
def bare_sqlite_url(tmp_path: Path) -> str:
    # A percent sign in the path must not trip the reader of Alembic's options.
    return f"sqlite:///{tmp_path / '100%' / 'monitor.db'}"


@pytest.fixture(params=["bare_sqlite_url", "bare_postgresql_url"], ids=["sqlite", "postgresql"])
def fresh_url(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue(request.param)
    return url


@pytest.fixture
def fresh(fresh_url: str) -> Iterator[Database]:
    database = open_database(fresh_url)
    yield database
    database.close()


def test_models_and_migrations_when_compared_then_they_agree(database: Database) -> None:
    with database.read() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True, "include_name": is_table_of_ours}
        )
        assert compare_metadata(context, METADATA) == []
        looked_at = inspect(connection)
        for table in METADATA.sorted_tables:
            # What compare_metadata does not look at on SQLite: names of keys.
            assert looked_at.get_pk_constraint(table.name)["name"] == table.primary_key.name
            assert {key["name"] for key in looked_at.get_foreign_keys(table.name)} == {
                key.name for key in table.foreign_key_constraints
            }
        if database.is_shared:
            return
        stored = connection.execute(text("SELECT sql FROM sqlite_master WHERE name = 'seen_key'")).scalar_one()
        assert "WITHOUT ROWID" in stored


def test_an_empty_database_when_upgraded_twice_then_the_second_time_changes_nothing(fresh: Database) -> None:
    assert schema.state(fresh) is SchemaState.EMPTY
    with pytest.raises(SchemaMismatch, match="relmon db upgrade"):
        schema.require_current(fresh)
    assert schema.upgrade(fresh) is SchemaState.EMPTY
    assert schema.upgrade(fresh) is SchemaState.CURRENT
    assert schema.state(fresh) is SchemaState.CURRENT
    schema.require_current(fresh)


def test_many_that_upgrade_at_once_when_they_race_then_one_does_the_work(fresh_url: str) -> None:
    # Each with connections of its own, like processes that start together.
    databases = [open_database(fresh_url) for _ in range(3)]
    found: list[SchemaState] = []
    threads = [threading.Thread(target=lambda one=one: found.append(schema.upgrade(one))) for one in databases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for one in databases:
        one.close()
    assert sorted(state.name for state in found) == ["CURRENT", "CURRENT", "EMPTY"]


def upgrade_without_looking(database: Database) -> None:
    with database.write() as connection:
        command.upgrade(schema.alembic_config(connection), "head")


def test_an_upgrade_when_it_fails_then_nothing_of_it_stays(fresh: Database) -> None:
    # The migration meets a table of its own in the way, after it has made others.
    with fresh.write() as connection:
        connection.exec_driver_sql("CREATE TABLE event (x text)")
        connection.exec_driver_sql("CREATE TABLE alembic_version (version_num text)")
    with pytest.raises(DBAPIError, match="already exists"):
        upgrade_without_looking(fresh)
    with fresh.write() as connection:
        assert sorted(inspect(connection).get_table_names()) == ["alembic_version", "event"]
        connection.exec_driver_sql("DROP TABLE event")
        connection.exec_driver_sql("DROP TABLE alembic_version")
    assert schema.state(fresh) is SchemaState.EMPTY
    assert schema.upgrade(fresh) is SchemaState.EMPTY


@pytest.mark.parametrize(
    "statements",
    [
        ["CREATE TABLE recipes (name text)"],
        ["CREATE TABLE alembic_version (version_num text)", "INSERT INTO alembic_version VALUES ('from the future')"],
    ],
)
def test_tables_of_another_program_or_version_when_upgraded_then_they_are_left_alone(
    statements: list[str], fresh: Database
) -> None:
    with fresh.write() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    assert schema.state(fresh) is SchemaState.NEWER_OR_FOREIGN
    for refused in (schema.upgrade, schema.require_current):
        with pytest.raises(SchemaMismatch, match="newer version"):
            refused(fresh)
    with fresh.read() as connection:
        assert len(inspect(connection).get_table_names()) == 1


def test_migrations_when_listed_then_none_offers_a_way_back() -> None:
    scripts = list(ScriptDirectory.from_config(schema.alembic_config()).walk_revisions())
    assert scripts
    assert [script.revision for script in scripts if hasattr(script.module, "downgrade")] == []


def test_the_newest_revision_when_compared_with_the_migrations_then_it_is_their_last() -> None:
    assert ScriptDirectory.from_config(schema.alembic_config()).get_heads() == [schema.NEWEST]
