"""The real command, run in a folder of its own between a publisher and a receiver of webhooks."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.integration.worker.servers import Publisher, Receiver

RELMON = str(Path(sys.executable).with_name("relmon"))
STATES = ("Albania", "Argentina", "Austria", "Belgium", "Bolivia", "Brazil", "Chile", "Croatia", "Cuba", "Denmark")


def headlines(count: int) -> list[str]:
    """Each about two states of its own, so that each makes one story and one alert."""
    pairs = [(one, other) for one in STATES for other in STATES if one < other]
    return [f"{one} expels three diplomats of {other}" for one, other in pairs[:count]]


class Installation:
    """A folder with a configuration and a database, between a publisher and a receiver."""

    def __init__(
        self,
        folder: Path,
        wire: Publisher,
        desk: Receiver,
        database: str | None = None,
        retry: Sequence[str] = ("0s", "1s", "1s", "1s"),
    ) -> None:
        self.folder = folder
        self.wire = wire
        self.desk = desk
        self.database = database or f"sqlite:///{folder / 'monitor.db'}"
        self.log = folder / "daemon.log"
        files = {
            "monitor.toml": (
                '[poll]\nevery = "1s"\nhost_spacing = "0s"\nchildren = 1\n'
                f"[delivery]\nretry = {json.dumps(list(retry))}\n"
                f'[outbound]\nallow_feeds = ["127.0.0.1:{wire.port}"]\nallow_webhooks = ["127.0.0.1:{desk.port}"]\n'
                "[web]\nport = 0\n"
            ),
            "feeds.toml": f'[[feed]]\nid = "wire"\nurl = "{wire.url()}"\ntitle = "Wire"\nevery = "1s"\nfirst_poll = "alert"\n',
            "channels.toml": f'[[channel]]\nid = "hook"\nkind = "webhook"\nurl = "{desk.url("/hook")}"\n',
            "watches.toml": '[[watch]]\nid = "all"\nname = "All"\nmin_severity = "routine"\nsend = ["hook"]\n',
        }
        for name, text in files.items():
            (folder / name).write_text(text)

    @property
    def options(self) -> list[str]:
        return ["--config", str(self.folder), "--database", self.database]

    @contextmanager
    def daemon(
        self, *options: str, inside: Sequence[str] = (), variables: dict[str, str] | None = None
    ) -> Iterator[subprocess.Popen[bytes]]:
        """The daemon, once it says that it is ready; whatever happens, it and its children are gone afterwards.

        `inside` is a command that ends by becoming the one which follows it.
        """
        with self.log.open("ab") as log:
            begin = log.tell()
            process = subprocess.Popen(
                [*inside, RELMON, "run", *self.options, *options],
                stdout=log,
                stderr=log,
                start_new_session=True,
                env=environment() | (variables or {}),
            )
        try:
            # A machine with twenty jobs for two cores takes half a minute to compile the patterns.
            wait_until(
                lambda: b"daemon_ready" in self.log.read_bytes()[begin:] or process.poll() is not None, seconds=90
            )
            assert process.poll() is None, self.log.read_text()
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def command(self, *arguments: str, inside: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*inside, RELMON, *arguments, *self.options],
            capture_output=True,
            text=True,
            timeout=60,
            env=environment(),
            check=False,
        )

    def page(self, path: str, **headers: str) -> str:
        """A page of the daemon's web server, whose address stands in the log; `headers` go with the request."""
        address = self.events("daemon_ready")[-1]["web"]
        asked = urllib.request.Request(f"{address}{path}", headers=headers)
        with urllib.request.urlopen(asked, timeout=15) as answer:
            return str(answer.read().decode())

    def not_ready(self) -> str:
        """Why the daemon says that it is not ready; nothing where it is."""
        try:
            self.page("/readyz")
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.read().decode()
        return ""

    def events(self, name: str) -> list[dict[str, Any]]:
        """What the daemon has logged under this name, oldest first."""
        lines = [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]
        return [line for line in lines if line["event"] == name]

    def metric(self, name: str) -> float:
        """The present value of a metric; 0 where nothing of its kind has happened yet."""
        found = [line.split()[-1] for line in self.page("/metrics").splitlines() if line.split()[0] == name]
        return float(found[0]) if found else 0.0

    def told(self) -> Counter[str]:
        """How often each headline has reached the receiver."""
        return Counter(json.loads(one.body)["data"]["item"]["title"] for one in self.desk.at("/hook"))


def environment() -> dict[str, str]:
    """The test's own environment, without what would reach into the daemon.

    Where bytecode is not kept, each start compiles everything anew, which takes longer than all that is tested here.
    """
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("RELMON_") and name != "PYTHONDONTWRITEBYTECODE"
    }


def wait_until(condition: Callable[[], bool], seconds: float = 40) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.03)
