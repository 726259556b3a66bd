"""What the daemon does while its surroundings fail, and once they are mended again (R4, R5, R7).

The faults are real: a file system of 4 MB, another process that holds the database, a clock that is set, a child that is
killed. Where a machine can't make one of them, the test is skipped and says what it lacks.
"""

import datetime as dt
import os
import signal
import sqlite3
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from tests.acceptance.installation import Installation, headlines, wait_until
from tests.integration.worker.servers import publisher, receiver

pytestmark = pytest.mark.acceptance

_SLICE = 64 * 1024
_SMALL_DISK = "4m"


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    with publisher() as wire, receiver() as desk:
        yield Installation(tmp_path, wire, desk)


def test_given_receivers_that_are_slow_or_never_answer_when_told_to_stop_then_it_waits_as_long_as_it_promises(
    installation: Installation,
) -> None:
    taken, forever = threading.Event(), threading.Event()
    installation.desk.answers["/hook"] = lambda _: (200 if taken.wait(10) else 500, {})
    installation.wire.publish(*headlines(1))
    with installation.daemon() as daemon:
        wait_until(lambda: bool(installation.told()))
        daemon.terminate()
        wait_until(lambda: bool(installation.events("daemon_stopping")))
        taken.set()
        assert daemon.wait(15) == 0
    # What was taken isn't sent again. The next message is, under its id: nobody knows what became of it.
    installation.desk.answers["/hook"] = lambda before: (200, {}) if before > 1 or forever.wait(30) else (500, {})
    try:
        with installation.daemon() as daemon:
            installation.wire.publish(*headlines(2))
            wait_until(lambda: installation.told().total() == 2)
            daemon.terminate()
            assert daemon.wait(15) == 0
        with installation.daemon():
            wait_until(lambda: installation.told().total() == 3)
            wait_until(lambda: installation.metric('relmon_deliveries_total{kind="webhook",verdict="delivered"}') == 1)
    finally:
        forever.set()
    first, second = headlines(2)
    assert installation.told() == {first: 1, second: 2}
    assert len({(one.id, one.body) for one in installation.desk.at("/hook")}) == 2
    # Leases were given back, not left to run out: there is none for the next start to void.
    assert not installation.events("leases_voided")


def test_given_a_database_that_another_process_holds_when_it_lets_go_then_all_is_told(
    installation: Installation,
) -> None:
    with installation.daemon():
        with closing(sqlite3.connect(installation.folder / "monitor.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            installation.wire.publish(*headlines(3))
            wait_until(lambda: "another process" in installation.not_ready())
            wait_until(lambda: bool(installation.events("database_trouble")))
            assert "another process" in installation.events("database_trouble")[0]["error"]
            assert installation.metric("relmon_database_errors_total") > 0
            assert not installation.told()
        wait_until(lambda: len(installation.told()) == 3)
        wait_until(lambda: not installation.not_ready())
        wait_until(lambda: bool(installation.events("database_recovered")))
    assert set(installation.told().values()) == {1}
    assert "Traceback" not in installation.log.read_text()


def test_given_a_full_disk_when_it_has_room_again_then_all_is_told(installation: Installation) -> None:
    disk = installation.folder / "disk"
    disk.mkdir()
    installation.database = f"sqlite:///{disk / 'monitor.db'}"
    with installation.daemon(inside=_on_a_small_disk(disk)) as daemon:
        # The disk is the daemon's alone; from here it is seen through the daemon's own root.
        filler = Path(f"/proc/{daemon.pid}/root{disk}/filler")
        _fill(filler)
        installation.wire.publish(*headlines(20))
        wait_until(lambda: "disk is full" in installation.not_ready())
        wait_until(lambda: bool(installation.events("database_trouble")))
        assert "disk is full" in installation.events("database_trouble")[0]["error"]
        assert installation.metric("relmon_database_errors_total") > 0
        filler.unlink()
        wait_until(lambda: len(installation.told()) == 20)
        wait_until(lambda: not installation.not_ready())
        wait_until(lambda: bool(installation.events("database_recovered")))
        assert daemon.poll() is None
    # What was taken while the disk was too full to note it comes again, under the same id.
    assert len({(one.id, one.body) for one in installation.desk.at("/hook")}) == 20
    assert "Traceback" not in installation.log.read_text()


def test_given_a_database_that_may_not_be_written_when_started_again_and_again_then_it_says_so_and_the_operator_hears_once(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk, runtime = installation.folder / "disk", installation.folder / "runtime"
    disk.mkdir()
    runtime.mkdir()
    monkeypatch.setenv("RUNTIME_DIRECTORY", str(runtime))
    installation.database = f"sqlite:///{disk / 'monitor.db'}"
    with (installation.folder / "monitor.toml").open("a") as monitor:
        monitor.write('[operator]\nchannels = ["hook"]\n')
    assert installation.command("poll", "--no-send").returncode == 0
    for _ in range(2):
        refused = installation.command("run", inside=_on_a_read_only_disk(disk))
        assert refused.returncode == 75
        assert str(disk) in refused.stderr
        assert "is its disk writable" in refused.stderr
        assert "Traceback" not in refused.stderr
    (notice,) = installation.desk.at("/hook")
    assert b"can't start" in notice.body
    assert b"is its disk writable" in notice.body
    with installation.daemon():
        wait_until(lambda: b"has started again" in b"".join(one.body for one in installation.desk.at("/hook")))


def test_given_a_network_that_is_down_when_it_is_back_then_what_waited_and_what_came_meanwhile_is_told(
    tmp_path: Path,
) -> None:
    with ExitStack() as sources, ExitStack() as destinations:
        wire, desk = sources.enter_context(publisher()), destinations.enter_context(receiver())
        installation = Installation(tmp_path, wire, desk, retry=["0s", *["1s"] * 30])
        with installation.daemon():
            destinations.close()
            wire.publish(*headlines(2))
            wait_until(lambda: bool(installation.events("message_postponed")))
            sources.close()
            wait_until(lambda: bool(installation.events("feed_failed")))
            assert not installation.not_ready()
            installation.desk = destinations.enter_context(receiver(desk.port))
            again = sources.enter_context(publisher(wire.port))
            again.publish(*headlines(4))
            wait_until(lambda: len(installation.told()) == 4)
            wait_until(lambda: bool(installation.events("feed_recovered")))
    assert not installation.events("message_dead")
    assert set(installation.told().values()) == {1}


def test_given_a_clock_that_is_set_when_news_comes_then_it_is_told_as_before(installation: Installation) -> None:
    clock = installation.folder / "clock"
    clock.write_text("+0")
    with installation.daemon(variables=_clock_from(clock)) as daemon:
        installation.wire.publish(*headlines(2))
        wait_until(lambda: len(installation.told()) == 2)
        for told, hours in ((4, -3), (6, 3)):
            clock.write_text(f"{dt.timedelta(hours=hours).total_seconds():+.0f}")
            time.sleep(1)
            installation.wire.publish(*headlines(told))
            wait_until(lambda: len(installation.told()) == told)  # noqa: B023 - asked at once
        assert daemon.poll() is None
    assert set(installation.told().values()) == {1}
    assert "Traceback" not in installation.log.read_text()


def test_given_processes_that_read_documents_when_they_are_killed_at_their_work_then_others_read_them(
    installation: Installation,
) -> None:
    with installation.daemon() as daemon:
        for told, killed in ((3, "child"), (6, "nursery")):
            nursery = _only_child(daemon.pid)
            child = _only_child(nursery)
            # Stopped, it takes the document and is at its work until it is killed.
            os.kill(child, signal.SIGSTOP)
            installation.wire.publish(*headlines(told))
            wait_until(lambda: installation.metric("relmon_child_jobs") > 0)
            os.kill({"nursery": nursery, "child": child}[killed], signal.SIGKILL)
            os.kill(child, signal.SIGCONT)
            wait_until(lambda: len(installation.told()) == told)  # noqa: B023 - asked at once
            assert installation.metric("relmon_children_killed_total") >= 1
        installation.wire.publish(*headlines(8))
        wait_until(lambda: len(installation.told()) == 8)
        assert not installation.not_ready()
    assert set(installation.told().values()) == {1}
    assert "Traceback" not in installation.log.read_text()


def _only_child(process: int) -> int:
    """Whichever of its threads has started it."""
    (child,) = (
        one for task in Path(f"/proc/{process}/task").iterdir() for one in (task / "children").read_text().split()
    )
    return int(child)


def _on_a_small_disk(folder: Path) -> list[str]:
    """A command that mounts a small file system at `folder`, for what it then becomes alone."""
    return _with_mount(f'mount -t tmpfs -o size={_SMALL_DISK} tmpfs "$1"', folder)


def _on_a_read_only_disk(folder: Path) -> list[str]:
    """A command that lets what it then becomes see `folder` as read-only."""
    return _with_mount('mount --bind "$1" "$1" && mount -o remount,bind,ro "$1"', folder)


def _with_mount(mount: str, folder: Path) -> list[str]:
    own = ["unshare", "--user", "--map-root-user", "--mount"]
    command = [*own, "sh", "-c", f'{mount} && shift && exec "$@"', "sh", str(folder)]
    tried = subprocess.run([*command, "true"], capture_output=True, text=True, check=False)
    if tried.returncode:
        pytest.skip(f"A file system can't be mounted here ({tried.stderr.strip()}), so this was not tried.")
    return command


def _fill(path: Path) -> None:
    with path.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(_SLICE))
        except OSError:
            return


def _clock_from(file: Path) -> dict[str, str]:
    """What makes a process read its wall clock through libfaketime, shifted by what stands in `file`.

    A copy that isn't installed is named by RELMON_TESTS_LIBFAKETIME.
    """
    found = [
        *Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"),
        *(Path(path) for path in os.environ.get("RELMON_TESTS_LIBFAKETIME", "").split(":") if path),
    ]
    if not found:
        pytest.skip("libfaketime is not on this machine (on Debian: apt install faketime), so no clock was set.")
    return {
        "LD_PRELOAD": str(found[0]),
        "FAKETIME_TIMESTAMP_FILE": str(file),
        "FAKETIME_NO_CACHE": "1",
        "DONT_FAKE_MONOTONIC": "1",
    }
