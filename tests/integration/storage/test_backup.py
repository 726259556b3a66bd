"""Copies of an installation, and the way back from one."""

import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from click.testing import CliRunner, Result

from monitor.cli import main
from monitor.storage import schema
from monitor.storage.engine import open_database
from monitor.storage.lock import daemon_lock
from monitor.storage.schema import SchemaState
from tests.integration.storage.test_copying import DAY, contents
from tests.integration.worker.archive import Archive, open_archive
from tests.unit.stories.reports import NOON, item, report


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with open_archive(tmp_path) as opened:
        opened.commit(report(source="FJI", target="TON", where=item()))
        yield opened


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "monitor.db"


def db(action: str, file: Path, database: Path) -> Result:
    return CliRunner().invoke(main, ["db", action, str(file), "--database", f"sqlite:///{database}"])


def check(database: Path) -> Result:
    return CliRunner().invoke(main, ["db", "check", "--database", f"sqlite:///{database}"])


def damage(file: Path) -> None:
    """Writes over a page in the middle."""
    with file.open("r+b") as opened:
        opened.seek(file.stat().st_size // 2)
        opened.write(b"\xff" * 8192)


def test_a_database_in_use_when_backed_up_then_the_copy_is_one_private_file_with_every_row(
    archive: Archive, path: Path, tmp_path: Path
) -> None:
    file = tmp_path / "copy.db"
    with daemon_lock(path):
        done = db("backup", file, path)
    assert (done.exit_code, "is whole" in done.output) == (0, True), done.output
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert sorted(one.name for one in tmp_path.glob("copy.db*")) == ["copy.db"]
    with closing(open_database(f"sqlite:///{file}")) as copy:
        assert contents(copy) == contents(archive.database)


def test_a_file_that_is_there_when_backed_up_to_then_it_is_not_overwritten(
    archive: Archive, path: Path, tmp_path: Path
) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("mine")
    refused = db("backup", file, path)
    assert (refused.exit_code, "not overwritten" in refused.output) == (1, True)
    assert file.read_text() == "mine"
    nowhere = db("backup", tmp_path / "no" / "copy.db", path)
    assert (nowhere.exit_code, "Is its folder there" in nowhere.output) == (1, True)


def test_a_damaged_database_when_backed_up_or_checked_then_it_is_said_and_no_copy_stays(
    archive: Archive, path: Path, tmp_path: Path
) -> None:
    archive.database.close()
    assert check(path).exit_code == 0
    damage(path)
    checked = check(path)
    assert checked.exit_code == 1, checked.output
    assert "is damaged" in checked.output
    assert db("backup", tmp_path / "copy.db", path).exit_code != 0
    assert not list(tmp_path.glob("copy.db*"))


def test_a_copy_when_restored_then_the_database_is_as_it_was_and_the_other_is_kept(
    archive: Archive, path: Path, tmp_path: Path
) -> None:
    file = tmp_path / "copy.db"
    assert db("backup", file, path).exit_code == 0
    before = contents(archive.database)
    archive.commit(report(source="ECU", target="PER", where=item(at=NOON + DAY)))
    after = contents(archive.database)
    archive.database.close()
    done = db("restore", file, path)
    assert done.exit_code == 0, done.output
    (kept,) = tmp_path.glob("monitor.db.before-restore-*")
    for where, what in ((path, before), (kept, after), (file, before)):
        with closing(open_database(f"sqlite:///{where}")) as opened:
            assert contents(opened) == what
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make files for others")
def test_a_database_of_the_daemons_user_when_root_puts_another_in_its_place_then_it_is_that_users_still(
    archive: Archive, path: Path, tmp_path: Path
) -> None:
    state = tmp_path / "state"
    state.mkdir(mode=0o700)
    os.chown(state, 4711, 4712)
    archive.database.close()
    copied = CliRunner().invoke(main, ["db", "copy", f"sqlite:///{path}", f"sqlite:///{state / 'monitor.db'}"])
    assert copied.exit_code == 0, copied.output
    file = tmp_path / "copy.db"
    assert db("backup", file, state / "monitor.db").exit_code == 0
    assert db("restore", file, state / "monitor.db").exit_code == 0
    found = {one.name.partition(".before")[0]: one.stat() for one in state.iterdir()}
    assert found.keys() >= {"monitor.db", "monitor.db.lock"}
    assert {(one.st_uid, one.st_gid, stat.S_IMODE(one.st_mode)) for one in found.values()} == {(4711, 4712, 0o600)}
    assert file.stat().st_uid == 0


def test_a_database_in_use_when_a_copy_is_restored_then_it_is_refused(
    archive: Archive, path: Path, tmp_path: Path
) -> None:
    file = tmp_path / "copy.db"
    assert db("backup", file, path).exit_code == 0
    with daemon_lock(path):
        by_a_daemon = db("restore", file, path)
    assert (by_a_daemon.exit_code, "Stop it first" in by_a_daemon.output) == (75, True)
    with archive.database.read():
        by_a_reader = db("restore", file, path)
    assert (by_a_reader.exit_code, "has" in by_a_reader.output, "open" in by_a_reader.output) == (75, True, True)
    assert not list(tmp_path.glob("*restor*"))
    assert check(path).exit_code == 0


@pytest.mark.parametrize("what", ["missing", "text", "damaged", "foreign", "newer"])
def test_what_is_no_copy_of_ours_when_restored_then_the_database_stays(
    archive: Archive, path: Path, tmp_path: Path, what: str
) -> None:
    file = tmp_path / "copy.db"
    archive.database.close()
    match what:
        case "missing":
            pass
        case "text":
            file.write_text("no database at all, but long enough to look for one" * 99)
        case "foreign":
            with closing(sqlite3.connect(file)) as other:
                other.execute("CREATE TABLE recipe (name)")
        case _:
            assert db("backup", file, path).exit_code == 0
            if what == "damaged":
                damage(file)
            else:
                with closing(sqlite3.connect(file)) as newer:
                    newer.execute("UPDATE alembic_version SET version_num = 'of next year'")
                    newer.commit()
    refused = db("restore", file, path)
    assert refused.exit_code == (78 if what in ("foreign", "newer") else 1), refused.output
    assert str(file) in refused.output
    assert check(path).exit_code == 0
    assert not list(tmp_path.glob("*restor*"))


def test_a_damaged_database_when_a_copy_is_restored_then_it_is_whole_again(
    archive: Archive, path: Path, tmp_path: Path
) -> None:
    file = tmp_path / "copy.db"
    assert db("backup", file, path).exit_code == 0
    archive.database.close()
    path.write_bytes(os.urandom(9000))
    assert db("restore", file, path).exit_code == 0
    assert check(path).exit_code == 0
    (kept,) = tmp_path.glob("monitor.db.before-restore-*")
    assert kept.stat().st_size == 9000


def test_older_tables_when_upgraded_then_a_copy_with_the_older_ones_stays_beside_the_file(
    path: Path, tmp_path: Path
) -> None:
    url = f"sqlite:///{path}"
    with closing(open_database(url)) as old, old.write() as connection:
        command.upgrade(schema.alembic_config(connection), "0007")
    looked = CliRunner().invoke(main, ["status", "--database", url])
    assert (looked.exit_code, "relmon db upgrade" in looked.output) == (78, True)
    done = CliRunner().invoke(main, ["db", "upgrade", "--database", url])
    assert done.exit_code == 0, done.output
    (copy,) = tmp_path.glob("monitor.db.before-upgrade-*")
    assert str(copy) in done.output
    for where, state in ((path, SchemaState.CURRENT), (copy, SchemaState.OLDER)):
        with closing(open_database(f"sqlite:///{where}")) as opened:
            assert schema.state(opened) is state


def test_postgresql_when_a_copy_is_asked_for_then_its_own_tools_are_named(postgresql_url: str, tmp_path: Path) -> None:
    for action, tool in (("backup", "pg_dump --format=custom"), ("restore", "pg_restore --clean")):
        told = CliRunner().invoke(main, ["db", action, str(tmp_path / "a b"), "--database", postgresql_url])
        assert (told.exit_code, tool in told.output, "'" in told.output) == (1, True, True)
    assert not list(tmp_path.glob("a b*"))
    assert "its server keeps watch" in CliRunner().invoke(main, ["db", "check", "--database", postgresql_url]).output
