"""One daemon for each database file, whatever name the file goes by, and however a daemon ends."""

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from monitor.domain.errors import DatabaseInUse, DatabaseUnavailable
from monitor.storage.lock import daemon_lock

HOLDER = """
import pathlib, subprocess, sys, time
from monitor.storage.lock import daemon_lock
with daemon_lock(pathlib.Path(sys.argv[1])):
    child = subprocess.Popen(["sleep", "60"], close_fds=False)
    print(child.pid, flush=True)
    time.sleep(60)
"""


def test_a_held_lock_when_another_daemon_starts_then_it_is_refused_and_told_by_whom(tmp_path: Path) -> None:
    path = tmp_path / "monitor.db"
    with daemon_lock(path):
        with (
            pytest.raises(DatabaseInUse, match=rf"process {os.getpid()}.*`kill {os.getpid()}`.*--database"),
            daemon_lock(path),
        ):
            pass
        assert stat.S_IMODE((tmp_path / "monitor.db.lock").stat().st_mode) == 0o600
    with daemon_lock(path):
        pass


def test_a_symbolic_link_when_locked_then_it_counts_as_its_file(tmp_path: Path) -> None:
    path = tmp_path / "monitor.db"
    path.touch()
    (tmp_path / "other.db").symlink_to(path)
    with daemon_lock(path), pytest.raises(DatabaseInUse), daemon_lock(tmp_path / "other.db"):
        pass


def test_a_daemon_that_was_killed_when_its_child_lives_on_then_the_lock_is_free(tmp_path: Path) -> None:
    path = tmp_path / "monitor.db"
    with subprocess.Popen([sys.executable, "-c", HOLDER, str(path)], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        child = int(holder.stdout.readline())
        try:
            with pytest.raises(DatabaseInUse, match=rf"process {holder.pid}"), daemon_lock(path):
                pass
            holder.kill()
            holder.wait()
            with daemon_lock(path):
                os.kill(child, 0)  # the child is alive, and does not hold the lock
        finally:
            os.kill(child, signal.SIGKILL)


def test_a_database_in_memory_when_locked_twice_then_nothing_is_refused() -> None:
    with daemon_lock(None), daemon_lock(None):
        pass


def test_a_missing_folder_when_locked_then_the_error_says_so(tmp_path: Path) -> None:
    with (
        pytest.raises(DatabaseUnavailable, match=r"nowhere/monitor\.db\.lock can't be opened"),
        daemon_lock(tmp_path / "nowhere" / "monitor.db"),
    ):
        pass
