"""The real command against a real publisher and a real receiver of webhooks."""

import json
import os
import random
import signal
import socket
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.acceptance.installation import Installation, headlines, wait_until
from tests.integration.worker.servers import publisher, receiver

pytestmark = pytest.mark.acceptance


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    with publisher() as wire, receiver() as desk:
        yield Installation(tmp_path, wire, desk)


@pytest.fixture
def supervisor(installation: Installation) -> Iterator[socket.socket]:
    """Where systemd would listen."""
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as listening:
        listening.bind(str(installation.folder / "notify"))
        listening.settimeout(20)
        yield listening


def test_given_a_feed_and_a_webhook_when_the_daemon_runs_then_alerts_arrive_and_sigterm_ends_it_in_order(
    installation: Installation, supervisor: socket.socket
) -> None:
    installation.wire.publish(*headlines(3), "A quiet day at the museum")
    supervised = {"NOTIFY_SOCKET": supervisor.getsockname(), "WATCHDOG_USEC": "3000000"}
    with installation.daemon(variables=supervised) as daemon:
        wait_until(lambda: len(installation.told()) == 3)
        assert installation.page("/healthz") == "ok\n"
        assert installation.page("/readyz") == "ok\n"
        assert 'relmon_deliveries_total{kind="webhook",verdict="delivered"} 3.0' in installation.page("/metrics")
        second = installation.command("run")
        assert second.returncode == 75
        assert f"process {daemon.pid}" in second.stderr
        assert "Traceback" not in second.stderr
        status = json.loads(installation.command("status", "--json").stdout)
        assert (status["items"], status["events"], status["stories"]) == (4, 3, 3)
        assert status["alerts"]["delivered"] == 3
        # Whoever supervises it hears that it is there, that it lives, and that it ends.
        words = [supervisor.recv(4096).decode() for _ in range(3)]
        assert words == ["READY=1\nSTATUS=Watching 1 feed", "WATCHDOG=1", "WATCHDOG=1"]
        started = time.monotonic()
        daemon.send_signal(signal.SIGTERM)
        while not words[-1].startswith("STOPPING=1"):
            words.append(supervisor.recv(4096).decode())
        assert daemon.wait(15) == 0
        assert time.monotonic() - started < 5
    assert set(installation.told().values()) == {1}
    lines = installation.command("events", "--json").stdout.splitlines()
    assert {json.loads(line)["type"] for line in lines} == {"diplomat.expelled"}
    assert "Traceback" not in installation.log.read_text()


def test_given_a_daemon_that_is_killed_again_and_again_when_it_restarts_then_nothing_is_lost_and_ctrl_c_ends_it(
    installation: Installation,
) -> None:
    moments, count, kills = random.Random(5), 0, 4  # noqa: S311 - when to kill is no secret
    for _ in range(kills):
        count += 5
        installation.wire.publish(*headlines(count))
        with installation.daemon() as daemon:
            time.sleep(moments.uniform(0, 0.8))
            os.killpg(daemon.pid, signal.SIGKILL)
    with installation.daemon() as daemon:
        wait_until(lambda: len(installation.told()) == count)
        time.sleep(0.3)
        # As a terminal does: its children get the signal, too.
        os.killpg(daemon.pid, signal.SIGINT)
        assert daemon.wait(15) == 0
    assert "Traceback" not in installation.log.read_text()
    assert set(installation.told()) == set(headlines(count))
    with closing(sqlite3.connect(installation.folder / "monitor.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert not database.execute("PRAGMA foreign_key_check").fetchall()
    # At least once, with an id: what a killed sender had on its way comes again under the same id, with the same bytes.
    requests = installation.desk.at("/hook")
    assert len({(one.id, one.body) for one in requests}) == count
    assert len(requests) - count <= kills


def test_given_one_bad_feed_among_good_ones_when_polled_once_then_it_is_named_and_the_exit_code_is_0(
    installation: Installation,
) -> None:
    installation.wire.publish(*headlines(2))
    installation.wire.documents["/broken"] = None
    addresses = installation.folder / "feeds.txt"
    addresses.write_text(f"{installation.wire.url()}\n{installation.wire.url('/broken')}  # often down\n")
    first = installation.command("poll", "--json", "--feeds", str(addresses), "--no-send")
    assert first.returncode == 0, first.stderr
    report = json.loads(first.stdout)
    assert report["feeds"]["read"] == 1
    assert report["new_items"] == 2
    (failed,) = report["failed"]
    assert "503" in failed["error"]
    assert report["sent"] is None
    second = installation.command("poll", "--feeds", str(addresses))
    assert "1 unchanged, 1 failed" in second.stdout
