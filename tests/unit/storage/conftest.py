"""A real database with the current tables, for each test its own: an SQLite file, and one on a PostgreSQL server."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.storage.engine import Database, open_database
from tests.databases import open_current


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path / 'monitor.db'}"
    open_current(url).close()
    return url


@pytest.fixture(params=["sqlite_url", "postgresql_url"], ids=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """A database with current tables: each test runs on both kinds."""
    opened = open_database(request.getfixturevalue(request.param))
    yield opened
    opened.close()
