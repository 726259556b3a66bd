"""PostgreSQL: what is said when it can't be used, and how transactions of several workers get along."""

import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from monitor.domain.errors import DatabaseUnavailable, TransactionConflict
from monitor.storage.engine import Database, open_database, try_again
from tests.postgresql import PostgresServer


@pytest.fixture
def opened(bare_postgresql_url: str) -> Iterator[Database]:
    database = open_database(bare_postgresql_url)
    yield database
    database.close()


def test_an_address_with_a_password_when_opened_then_its_name_is_without(bare_postgresql_url: str) -> None:
    database = open_database(bare_postgresql_url.replace("relmon@", "relmon:hunter2@"))
    database.close()
    assert database.name == bare_postgresql_url


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("127.0.0.1:", "127.0.0.1:1"), "can't be reached"),
        (("relmon@", "nobody_of_that_name@"), "doesn't exist"),
        (("/test_", "/missing_"), "Create it with `createdb`"),
    ],
)
def test_a_server_that_refuses_when_opened_then_a_sentence_says_why(
    change: tuple[str, str], says: str, postgresql: PostgresServer
) -> None:
    url = postgresql.url("test_0").replace(*change)
    if "1270" in url:  # no port has six digits
        url = url.replace(str(postgresql.port), "1")
    with pytest.raises(DatabaseUnavailable, match=says):
        open_database(url)


def test_a_reader_when_it_writes_then_it_is_told_that_it_only_reads(opened: Database) -> None:
    with pytest.raises(DatabaseUnavailable, match="read-only"), opened.read() as connection:
        connection.execute(text("CREATE TABLE t (x integer)"))


def test_a_read_when_others_write_then_it_sees_one_state(opened: Database) -> None:
    with opened.write() as connection:
        connection.execute(text("CREATE TABLE t (x integer)"))
    with opened.read() as reading:
        before = reading.execute(text("SELECT count(*) FROM t")).scalar_one()
        with opened.write() as connection:
            connection.execute(text("INSERT INTO t VALUES (1)"))
        assert reading.execute(text("SELECT count(*) FROM t")).scalar_one() == before == 0


def test_a_write_when_it_fails_then_nothing_of_it_is_kept(opened: Database) -> None:
    with opened.write() as connection:
        connection.execute(text("CREATE TABLE t (x integer)"))

    def stumble() -> None:
        with opened.write() as connection:
            connection.execute(text("INSERT INTO t VALUES (1)"))
            raise RuntimeError("half way")

    with pytest.raises(RuntimeError, match="half way"):
        stumble()
    with opened.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM t")).scalar_one() == 0


def test_two_that_wait_for_each_other_when_one_gives_way_then_its_work_is_done_again(opened: Database) -> None:
    with opened.write() as connection:
        connection.execute(text("CREATE TABLE t (id integer PRIMARY KEY, x integer)"))
        connection.execute(text("INSERT INTO t VALUES (1, 0), (2, 0)"))
        # So that the test need not wait for a second.
        connection.execute(text("ALTER ROLE relmon SET deadlock_timeout = '50ms'"))
    opened.close()
    both_hold_one = threading.Barrier(2)
    attempts: list[int] = []

    def work(first: int, second: int) -> None:
        attempts.append(first)
        meet = attempts.count(first) == 1
        with opened.write() as connection:
            connection.execute(text("UPDATE t SET x = x + 1 WHERE id = :id"), {"id": first})
            if meet:
                both_hold_one.wait()
            connection.execute(text("UPDATE t SET x = x + 1 WHERE id = :id"), {"id": second})

    threads = [threading.Thread(target=lambda one=one: try_again(lambda: work(*one))) for one in ((1, 2), (2, 1))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with opened.read() as connection:
        assert set(connection.scalars(text("SELECT x FROM t"))) == {2}
    assert len(attempts) > 2  # one gave way at least; on a busy machine both may


def test_work_that_always_gives_way_when_tried_again_then_it_ends_after_three_times() -> None:
    attempts: list[None] = []

    def work() -> None:
        attempts.append(None)
        raise TransactionConflict("Try again.")

    with pytest.raises(TransactionConflict):
        try_again(work)
    assert len(attempts) == 3


def test_a_server_that_crashes_when_it_is_back_then_the_same_database_goes_on(
    opened: Database, postgresql: PostgresServer
) -> None:
    with opened.write() as connection:
        connection.execute(text("CREATE TABLE t (x integer)"))
    postgresql.restart()
    with opened.write() as connection:
        connection.execute(text("INSERT INTO t VALUES (1)"))
    with pytest.raises(DatabaseUnavailable, match="tried again"), opened.write() as connection:
        connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
