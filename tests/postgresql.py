"""A PostgreSQL server of the tests' own, from the machine's binaries: on loopback, in a folder that goes with it.

`initdb` refuses to run as root, so there it runs as nobody.
"""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

_USER = "relmon"
_UNPRIVILEGED = "nobody"
_REQUIRED = "RELMON_TESTS_NEED_POSTGRESQL"
"""Set where missing binaries are a mistake rather than a choice: .ci/run does."""

# Nothing here outlives the run, and waiting for the disk is most of what a small transaction takes.
_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "120"}


_END_OTHER_SESSIONS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
# Most tables hold nothing after a test, and to truncate one takes longer than to delete a few rows. Without triggers, the
# order in which tables refer to each other doesn't matter.
_EMPTY = """
DO $$
DECLARE
    one record;
    holds_rows boolean;
BEGIN
    SET LOCAL session_replication_role = replica;
    FOR one IN
        SELECT quote_ident(tablename) AS name FROM pg_tables
        WHERE schemaname = 'public' AND tablename <> 'alembic_version'
    LOOP
        EXECUTE 'SELECT EXISTS (SELECT FROM ' || one.name || ')' INTO holds_rows;
        IF holds_rows THEN EXECUTE 'DELETE FROM ' || one.name; END IF;
    END LOOP;
    PERFORM setval(quote_ident(sequencename)::regclass, start_value, false)
    FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL;
END $$
"""


class PostgresServer:
    """A running server. It keeps its port, whatever becomes of it."""

    def __init__(self, programs: Path, folder: Path, port: int, settings: Mapping[str, str]) -> None:
        self.port = port
        self._programs = programs
        self._folder = folder
        self._settings = settings
        self._databases = 0
        self._start()

    def url(self, name: str) -> str:
        """The address of a database, as relmon takes it."""
        return f"postgresql://{_USER}@127.0.0.1:{self.port}/{name}"

    def create(self) -> str:
        """A new database; its name."""
        self._databases += 1
        name = f"test_{self._databases}"
        self.execute(f"CREATE DATABASE {name}")
        return name

    def empty(self, url: str) -> None:
        """Takes all rows out of a database's tables, but for the number of its schema, and ends whoever is connected."""
        with psycopg.connect(url, autocommit=True) as session:
            session.execute(_END_OTHER_SESSIONS)
            session.execute(_EMPTY)

    def drop(self, name: str) -> None:
        """Removes a database, whoever is connected."""
        self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def execute(self, statement: str) -> None:
        """Runs one statement outside of any transaction."""
        with psycopg.connect(
            f"host=127.0.0.1 port={self.port} user={_USER} dbname=postgres", autocommit=True
        ) as session:
            session.execute(statement.encode())

    def restart(self) -> None:
        """Ends every session, and starts the server again."""
        self._control("stop", "-m", "fast")
        self._start()

    def crash(self) -> None:
        """Ends the server as a crash does, and starts it again; only with fsync is nothing lost that was committed."""
        self.stop()
        self._start()

    def stop(self) -> None:
        """Ends the server and waits for it."""
        self._control("stop", "-m", "immediate")

    def _start(self) -> None:
        options = [f"-k {self._folder} -h 127.0.0.1 -p {self.port}"]
        options += [f"-c {name}={value}" for name, value in self._settings.items()]
        self._control("start", "-l", self._folder / "log", "-o", " ".join(options))

    def _control(self, *what: str | Path) -> None:
        command = [self._programs / "pg_ctl", "-w", "-D", self._folder / "data", *what]
        done = subprocess.run(command, check=False, stdout=subprocess.DEVNULL, cwd=self._folder, **_unprivileged())
        if done.returncode:
            raise RuntimeError(f"PostgreSQL did not {what[0]}: {(self._folder / 'log').read_text()}")


@contextmanager
def postgres_server(**settings: str) -> Iterator[PostgresServer]:
    """A server while the block runs; where its binaries are missing, the test is skipped with a sentence that says so."""
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="relmon-postgresql-"))
    try:
        if os.geteuid() == 0:
            os.chown(folder, pwd.getpwnam(_UNPRIVILEGED).pw_uid, pwd.getpwnam(_UNPRIVILEGED).pw_gid)
        subprocess.run(
            [
                programs / "initdb",
                "-D",
                folder / "data",
                "-U",
                _USER,
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale=C",
                "--no-sync",
            ],
            check=True,
            capture_output=True,
            cwd=folder,
            **_unprivileged(),
        )
        server = PostgresServer(programs, folder, _free_port(), _SETTINGS | settings)
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path:
    """The folder of the newest server's binaries."""
    on_path = shutil.which("postgres")
    found = [Path(on_path).parent] if on_path else []
    found += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    for folder in found:
        if (folder / "initdb").exists():
            return folder
    missing = "PostgreSQL's server is not on this machine (on Debian: apt install postgresql)"
    if os.environ.get(_REQUIRED):
        pytest.fail(f"{missing}, and {_REQUIRED} asks for it.")
    pytest.skip(f"{missing}, so nothing was tried on it.")


def _unprivileged() -> dict[str, Any]:
    return (
        {"user": _UNPRIVILEGED, "group": pwd.getpwnam(_UNPRIVILEGED).pw_gid, "extra_groups": []}
        if os.geteuid() == 0
        else {}
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
