"""The real command against a real publisher and a real receiver of webhooks."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.integration.worker.servers import Publisher, Receiver, publisher, receiver

pytestmark = pytest.mark.acceptance

RELMON = str(Path(sys.executable).with_name("relmon"))
STATES = ("Albania", "Argentina", "Austria", "Belgium", "Bolivia", "Brazil", "Chile", "Croatia", "Cuba", "Denmark")


def headlines(count: int) -> list[str]:
    """Each about two states of its own, so that each makes one story and one alert."""
    pairs = [(one, other) for one in STATES for other in STATES if one < other]
    return [f"{one} expels three diplomats of {other}" for one, other in pairs[:count]]


class Installation:
    """A folder with a configuration and a database, between a publisher and a receiver."""

    def __init__(self, folder: Path, wire: Publisher, desk: Receiver) -> None:
        self.folder = folder
        self.wire = wire
        self.desk = desk
        self.database = f"sqlite:///{folder / 'monitor.db'}"
        self.log = folder / "daemon.log"
        files = {
            "monitor.toml": (
                '[poll]\nevery = "1s"\nhost_spacing = "0s"\nchildren = 1\n'
                '[delivery]\nretry = ["0s", "1s", "1s", "1s"]\n'
                f'[outbound]\nallow_feeds = ["127.0.0.1:{wire.port}"]\nallow_webhooks = ["127.0.0.1:{desk.port}"]\n'
                "[web]\nport = 0\n"
            ),
            "feeds.toml": f'[[feed]]\nid = "wire"\nurl = "{wire.url()}"\ntitle = "Wire"\nfirst_poll = "alert"\n',
            "channels.toml": f'[[channel]]\nid = "hook"\nkind = "webhook"\nurl = "{desk.url("/hook")}"\n',
            "watches.toml": '[[watch]]\nid = "all"\nname = "All"\nmin_severity = "routine"\nsend = ["hook"]\n',
        }
        for name, text in files.items():
            (folder / name).write_text(text)

    @property
    def options(self) -> list[str]:
        return ["--config", str(self.folder), "--database", self.database]

    @contextmanager
    def daemon(self) -> Iterator[subprocess.Popen[bytes]]:
        """The daemon, once it says that it is ready; whatever happens, it and its children are gone afterwards."""
        with self.log.open("ab") as log:
            begin = log.tell()
            process = subprocess.Popen(
                [RELMON, "run", *self.options], stdout=log, stderr=log, start_new_session=True, env=_environment()
            )
        try:
            wait_until(lambda: b"daemon_ready" in self.log.read_bytes()[begin:] or process.poll() is not None)
            assert process.poll() is None, self.log.read_text()
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [RELMON, *arguments, *self.options],
            capture_output=True,
            text=True,
            timeout=30,
            env=_environment(),
            check=False,
        )

    def page(self, path: str) -> str:
        """A page of the daemon's web server, whose address stands in the log."""
        lines = [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]
        (address,) = [line["web"] for line in lines if line["event"] == "daemon_ready"]
        with urllib.request.urlopen(f"{address}{path}", timeout=5) as answer:
            return str(answer.read().decode())

    def told(self) -> Counter[str]:
        """How often each headline has reached the receiver."""
        return Counter(json.loads(one.body)["data"]["item"]["title"] for one in self.desk.at("/hook"))


def _environment() -> dict[str, str]:
    """The test's own environment, without what would reach into the daemon.

    Where bytecode is not kept, each start compiles everything anew, which takes longer than all that is tested here.
    """
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("RELMON_") and name != "PYTHONDONTWRITEBYTECODE"
    }


def wait_until(condition: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.03)


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    with publisher() as wire, receiver() as desk:
        yield Installation(tmp_path, wire, desk)


def test_given_a_feed_and_a_webhook_when_the_daemon_runs_then_alerts_arrive_and_sigterm_ends_it_in_order(
    installation: Installation,
) -> None:
    installation.wire.publish(*headlines(3), "A quiet day at the museum")
    with installation.daemon() as daemon:
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
        started = time.monotonic()
        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(15) == 0
        assert time.monotonic() - started < 5
    assert set(installation.told().values()) == {1}
    lines = installation.command("events", "--json").stdout.splitlines()
    assert {json.loads(line)["type"] for line in lines} == {"diplomat.expelled"}
    assert "Traceback" not in installation.log.read_text()


def test_given_a_daemon_that_is_killed_again_and_again_when_it_restarts_then_nothing_is_lost_or_doubled(
    installation: Installation,
) -> None:
    count = 0
    for pause in (0.0, 0.15, 0.4):
        count += 8
        installation.wire.publish(*headlines(count))
        with installation.daemon() as daemon:
            time.sleep(pause)
            os.killpg(daemon.pid, signal.SIGKILL)
    with installation.daemon() as daemon:
        wait_until(lambda: len(installation.told()) == count)
        time.sleep(0.3)
        daemon.terminate()
        assert daemon.wait(15) == 0
    assert set(installation.told()) == set(headlines(count))
    # At least once, with an id: what a killed sender had on its way comes again under the same id, with the same bytes.
    requests = installation.desk.at("/hook")
    assert len({(one.id, one.body) for one in requests}) == count
    assert len(requests) - count <= 3


def test_given_a_stop_by_the_terminal_when_children_get_the_signal_too_then_the_daemon_ends_in_order(
    installation: Installation,
) -> None:
    installation.wire.publish(*headlines(1))
    with installation.daemon() as daemon:
        wait_until(lambda: len(installation.told()) == 1)
        os.killpg(daemon.pid, signal.SIGINT)
        assert daemon.wait(15) == 0
    assert "Traceback" not in installation.log.read_text()


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
