"""A real database with the current tables, for each test its own: an SQLite file, and one on a PostgreSQL server."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.storage import schema
from monitor.storage.engine import Database, open_database


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database that was migrated once; copying it is quicker than migrating for every test."""
    path = tmp_path_factory.mktemp("storage") / "empty.db"
    database = open_database(f"sqlite:///{path}")
    schema.upgrade(database)
    database.close()
    return path


@pytest.fixture
def sqlite_url(empty_file: Path, tmp_path: Path) -> str:
    path = tmp_path / "monitor.db"
    shutil.copyfile(empty_file, path)
    path.chmod(0o600)
    return f"sqlite:///{path}"


@pytest.fixture(params=["sqlite_url", "postgresql_url"], ids=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """A database with current tables: each test runs on both kinds."""
    opened = open_database(request.getfixturevalue(request.param))
    yield opened
    opened.close()
