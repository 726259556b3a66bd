"""What holds for all tests."""

from collections.abc import Iterator

import pytest
from hypothesis import settings

from monitor.storage import schema
from monitor.storage.engine import open_database
from tests.postgresql import PostgresServer, postgres_server

# A deadline would be an assertion about the clock: a busy machine takes half a second over the first of some examples.
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresServer]:
    """A PostgreSQL server for the whole run."""
    with postgres_server() as server:
        yield server


@pytest.fixture(scope="session")
def migrated_postgresql(postgresql: PostgresServer) -> str:
    """The address of a database with current tables, which the tests share: emptying it is quicker than making one."""
    url = postgresql.url(postgresql.create())
    database = open_database(url)
    schema.upgrade(database)
    database.close()
    return url


@pytest.fixture
def postgresql_url(postgresql: PostgresServer, migrated_postgresql: str) -> str:
    """The address of a PostgreSQL database with current tables and nothing in them."""
    postgresql.empty(migrated_postgresql)
    return migrated_postgresql


@pytest.fixture
def bare_postgresql_url(postgresql: PostgresServer) -> Iterator[str]:
    """The address of a PostgreSQL database without tables, for one test alone."""
    name = postgresql.create()
    yield postgresql.url(name)
    postgresql.drop(name)
