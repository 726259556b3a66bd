"""A database that opens privately, writes one at a time, and says plainly what is wrong with it."""

import datetime as dt
import sqlite3
import stat
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy
import structlog
from sqlalchemy import Connection, event, text

from monitor import metrics
from monitor.domain.errors import ConfigurationError, DatabaseUnavailable
from monitor.storage import sqlite
from monitor.storage.engine import Database, database_now, open_database


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Database]:
    database = open_database(f"sqlite:///{tmp_path / 'state' / 'monitor.db'}")
    yield database
    database.close()


def pragma(connection: Connection, name: str) -> object:
    return connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()


def count(database: Database, table: str) -> int:
    with database.read() as connection:
        return int(connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one())  # noqa: S608 - our own name


def test_a_new_file_when_opened_then_it_and_its_folder_are_private(opened: Database, tmp_path: Path) -> None:
    with opened.write() as connection:
        connection.exec_driver_sql("CREATE TABLE t (x)")
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "state").iterdir()}
    assert modes == {"monitor.db": 0o600, "monitor.db-wal": 0o600, "monitor.db-shm": 0o600}
    assert stat.S_IMODE((tmp_path / "state").stat().st_mode) == 0o700


def test_a_connection_when_opened_then_it_is_set_up_for_safety(opened: Database) -> None:
    with opened.read() as connection:
        found = {
            name: pragma(connection, name)
            for name in ("journal_mode", "synchronous", "busy_timeout", "foreign_keys", "journal_size_limit")
        }
    assert found == {
        "journal_mode": "wal",
        "synchronous": 2,  # FULL
        "busy_timeout": 10_000,
        "foreign_keys": 1,
        "journal_size_limit": 67_108_864,
    }


def test_a_write_when_it_fails_then_nothing_of_it_is_kept(opened: Database) -> None:
    with opened.write() as connection:
        connection.exec_driver_sql("CREATE TABLE t (x)")

    def stumble() -> None:
        with opened.write() as connection:
            connection.exec_driver_sql("INSERT INTO t VALUES (1)")
            connection.exec_driver_sql("CREATE TABLE u (x)")
            raise RuntimeError("half way")

    with pytest.raises(RuntimeError, match="half way"):
        stumble()
    assert count(opened, "t") == 0
    assert count(opened, "sqlite_master") == 1


def test_a_read_when_others_write_then_it_sees_one_state(opened: Database) -> None:
    with opened.write() as connection:
        connection.exec_driver_sql("CREATE TABLE t (x)")
    with opened.read() as reading:
        before = reading.exec_driver_sql("SELECT count(*) FROM t").scalar_one()
        with opened.write() as writing:
            writing.exec_driver_sql("INSERT INTO t VALUES (1)")
        assert reading.exec_driver_sql("SELECT count(*) FROM t").scalar_one() == before == 0
    assert count(opened, "t") == 1


@pytest.mark.parametrize("in_memory", [False, True])
def test_many_threads_when_they_read_and_write_at_once_then_no_step_is_lost(in_memory: bool, opened: Database) -> None:
    database = open_database("sqlite://") if in_memory else opened
    with database.write() as connection:
        connection.exec_driver_sql("CREATE TABLE t (x)")
        connection.exec_driver_sql("INSERT INTO t VALUES (0)")
    failures: list[BaseException] = []

    def count_up() -> None:
        try:
            for _ in range(10):
                # Read first, then write what follows from it: with a deferred BEGIN this fails or loses steps.
                with database.write() as connection:
                    seen = connection.exec_driver_sql("SELECT x FROM t").scalar_one()
                    connection.execute(text("UPDATE t SET x = :x"), {"x": seen + 1})
                with database.read() as connection:
                    connection.exec_driver_sql("SELECT x FROM t").scalar_one()
        except BaseException as error:  # noqa: BLE001 - told below, in the test's own thread
            failures.append(error)

    threads = [threading.Thread(target=count_up) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as connection:
        total = connection.exec_driver_sql("SELECT x FROM t").scalar_one()
    if in_memory:
        database.close()
    assert failures == []
    assert total == 60


def test_the_databases_clock_when_read_then_it_is_aware_and_now(opened: Database) -> None:
    with opened.read() as connection:
        at = database_now(connection)
    assert abs(at - dt.datetime.now(dt.UTC)) < dt.timedelta(seconds=5)
    assert at.tzinfo is dt.UTC


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("monitor.db", "sqlite:///PATH"),
        ("mysql://me:hunter2@db/x", "'mysql' databases are not supported"),
        ("postgresql://me:hunter2@db", "names its database"),
        ("me:hunter2@db/x", "what is written is no database address"),
        ("sqlite://host/x.db", "a path and nothing else"),
        ("sqlite:///x.db?mode=ro", "a path and nothing else"),
    ],
)
def test_an_address_that_cannot_be_meant_when_opened_then_it_is_refused_plainly(url: str, says: str) -> None:
    with pytest.raises(ConfigurationError, match=says) as refused:
        open_database(url)
    assert "hunter2" not in str(refused.value)


def test_a_file_that_is_no_database_when_opened_then_the_error_says_so(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("dear diary, " * 100, encoding="utf-8")
    before = metrics.DATABASE_ERRORS._value.get()
    with pytest.raises(DatabaseUnavailable, match=r"notes\.txt is not an SQLite database"):
        open_database(f"sqlite:///{path}")
    assert metrics.DATABASE_ERRORS._value.get() == before + 1


def test_a_writer_when_those_before_it_take_too_long_then_it_is_told_and_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT", dt.timedelta(milliseconds=20))
    database = open_database(f"sqlite:///{tmp_path / 'monitor.db'}")
    before = metrics.DATABASE_ERRORS._value.get()

    def write() -> None:
        with pytest.raises(DatabaseUnavailable, match="queue for too long"), database.write():
            pass

    with database.write():
        other = threading.Thread(target=write)
        other.start()
        other.join()
    database.close()
    assert metrics.DATABASE_ERRORS._value.get() == before + 1


def test_a_file_that_others_may_read_when_opened_then_the_operator_is_warned(tmp_path: Path) -> None:
    path = tmp_path / "monitor.db"
    path.touch(mode=0o644)
    with structlog.testing.capture_logs() as logged:
        open_database(f"sqlite:///{path}").close()
    assert [(line["event"], line["do"]) for line in logged] == [("database_open_to_others", f"chmod 600 {path}")]


def test_a_folder_where_the_file_should_be_when_opened_then_the_error_says_so(tmp_path: Path) -> None:
    (tmp_path / "monitor.db").mkdir()
    with pytest.raises(DatabaseUnavailable, match="can't be opened"):
        open_database(f"sqlite:///{tmp_path / 'monitor.db'}")


def test_a_file_where_the_folder_should_be_when_opened_then_the_error_says_so(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("x", encoding="utf-8")
    with pytest.raises(DatabaseUnavailable, match="can't be created"):
        open_database(f"sqlite:///{tmp_path / 'state' / 'monitor.db'}")


def test_a_full_disk_when_written_to_then_the_error_says_so_and_later_writes_work(opened: Database) -> None:
    with opened.write() as connection:
        connection.exec_driver_sql("CREATE TABLE t (x)")

    # SQLite reports its own page limit with the code that it has for a full disk.
    def limit(connection: Connection) -> None:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

    event.listen(opened.engine, "begin", limit)
    with pytest.raises(DatabaseUnavailable, match="the disk is full"), opened.write() as connection:
        connection.exec_driver_sql("INSERT INTO t VALUES (zeroblob(100000))")
    event.remove(opened.engine, "begin", limit)
    with opened.write() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
        connection.exec_driver_sql("INSERT INTO t VALUES (zeroblob(100000))")
    assert count(opened, "t") == 1


def test_a_read_only_database_when_written_to_then_the_error_says_so(opened: Database) -> None:
    with opened.write() as connection:
        connection.exec_driver_sql("CREATE TABLE t (x)")
        connection.exec_driver_sql("PRAGMA query_only = ON")
    with pytest.raises(DatabaseUnavailable, match="it is read-only"), opened.write() as connection:
        connection.exec_driver_sql("INSERT INTO t VALUES (1)")


def test_a_damaged_file_when_read_then_the_error_says_so(tmp_path: Path) -> None:
    path = tmp_path / "monitor.db"
    database = open_database(f"sqlite:///{path}")
    with database.write() as connection:
        connection.exec_driver_sql("CREATE TABLE t (x)")
        connection.exec_driver_sql("INSERT INTO t VALUES (zeroblob(20000))")
    database.close()
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"\xff" * 4096 + whole[8192:])
    database = open_database(f"sqlite:///{path}")
    with pytest.raises(DatabaseUnavailable, match="is damaged"):
        count(database, "t")
    database.close()


def test_a_database_that_another_process_holds_when_written_to_then_the_error_names_the_cause(
    opened: Database,
) -> None:
    other = sqlite3.connect(str(opened.path), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    def hurry(connection: sqlite3.Connection, _entry: object) -> None:
        connection.execute("PRAGMA busy_timeout = 50").close()

    opened.engine.dispose()
    event.listen(opened.engine, "connect", hurry)
    with pytest.raises(DatabaseUnavailable, match="is locked"), opened.write():
        pass
    other.execute("COMMIT")
    other.close()
    with opened.write() as connection:
        connection.exec_driver_sql("CREATE TABLE t (x)")


def test_a_writer_that_never_ends_when_another_waits_then_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT", dt.timedelta(milliseconds=50))
    opened = open_database(f"sqlite:///{tmp_path / 'monitor.db'}")
    started = time.monotonic()
    with opened.write(), pytest.raises(DatabaseUnavailable, match="writers of this process"), opened.write():
        pass
    opened.close()
    assert time.monotonic() - started < 5


def test_a_mistake_of_ours_when_it_happens_then_it_stays_a_bug(opened: Database) -> None:
    with pytest.raises(sqlalchemy.exc.OperationalError, match="no such table"):
        count(opened, "nowhere")


def test_values_of_a_statement_when_it_fails_then_the_error_does_not_hold_them(opened: Database) -> None:
    with opened.write() as connection:
        connection.exec_driver_sql("CREATE TABLE t (x UNIQUE)")
    with pytest.raises(sqlalchemy.exc.IntegrityError) as failed, opened.write() as connection:
        connection.execute(text("INSERT INTO t VALUES (:x)"), [{"x": "hunter2"}, {"x": "hunter2"}])
    assert "hunter2" not in str(failed.value)
