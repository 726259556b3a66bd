"""How good feeds fare beside hostile ones: p95 of their polls with and without them, and the memory of all processes.

    python -m tests.benchmarks.among_hostile --hostile http://127.0.0.1:8101 --seconds 60

`--hostile` is any server on loopback that lists its endpoints as a JSON object at `/?json`, their paths as keys. The good
feeds are served by this process, each on a port of its own, with one new entry at every poll. Two daemons run one after
the other, without the hostile feeds and with them, each `--seconds` long; polls of the first few seconds, in which the
children start, don't count. Prints and judges nothing.
"""

import argparse
import contextlib
import json
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

WARM_UP_S = 10.0
ENDED_WITHIN_S = 30


class Good(BaseHTTPRequestHandler):
    """A publisher whose feed grows by one entry at each request."""

    polls = 0

    def do_GET(self) -> None:
        type(self).polls += 1
        newest = type(self).polls
        entries = "".join(
            f"<item><title>Tuvalu and Palau hold talks, round {number}</title>"
            f"<guid isPermaLink='false'>{self.connection.getsockname()[1]}-{number}</guid></item>"
            for number in range(newest, max(newest - 20, 0), -1)
        )
        body = f"<rss version='2.0'><channel><title>Good</title>{entries}</channel></rss>".encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/rss+xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keeps the output for the figures."""


@contextlib.contextmanager
def good_servers(count: int) -> Iterator[list[int]]:
    """So many publishers, each on a port of its own."""
    servers = [
        ThreadingHTTPServer(("127.0.0.1", 0), type(f"Good{number}", (Good,), {"polls": 0})) for number in range(count)
    ]
    for server in servers:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield [server.server_port for server in servers]
    finally:
        for server in servers:
            server.shutdown()


def configure(folder: Path, good: list[int], hostile: str | None) -> None:
    """Writes a configuration: good feeds every 5 s, hostile ones every 20 s, without spacing for more pressure."""
    feeds = [f'[[feed]]\nid = "good-{port}"\nurl = "http://127.0.0.1:{port}/"\nevery = "5s"\n' for port in good]
    allowed = [f"127.0.0.1:{port}" for port in good]
    if hostile:
        allowed.append(hostile.removeprefix("http://"))
        with urllib.request.urlopen(f"{hostile}/?json", timeout=10) as answer:
            paths = sorted(json.load(answer))
        feeds += [
            f'[[feed]]\nid = "hostile-{number}"\nurl = "{hostile}{path}"\nevery = "20s"\n'
            for number, path in enumerate(paths)
        ]
    (folder / "feeds.toml").write_text("\n".join(feeds))
    (folder / "monitor.toml").write_text(
        '[poll]\nhost_spacing = "0s"\n'
        f"[outbound]\nallow_feeds = {json.dumps(allowed)}\n"
        '[web]\nenabled = false\n[log]\nlevel = "debug"\nformat = "json"\n'
    )


def family(pid: int) -> list[int]:
    """A process and all its descendants."""
    found, todo = [], [pid]
    while todo:
        found.append(one := todo.pop())
        with contextlib.suppress(OSError):
            for task in Path(f"/proc/{one}/task").iterdir():
                todo += map(int, (task / "children").read_text().split())
    return found


def pss_mb(pid: int) -> float:
    """The proportional memory of a process and all its descendants, in MB."""
    total = 0
    for one in family(pid):
        with contextlib.suppress(OSError):
            shared = re.search(r"^Pss:\s+(\d+)", Path(f"/proc/{one}/smaps_rollup").read_text(), re.MULTILINE)
            total += int(shared[1]) if shared else 0
    return total / 1000


def run(folder: Path, seconds: float) -> tuple[list[float], float, float, int]:
    """Runs a daemon; the good feeds' poll times, peak memory in MB, CPU seconds, and the exit code."""
    with (folder / "log").open("wb") as log:
        command = ["-m", "monitor", "run", "--config", str(folder), "--database", f"sqlite:///{folder / 'monitor.db'}"]
        daemon = subprocess.Popen([sys.executable, *command], stdout=subprocess.DEVNULL, stderr=log)
        peak, end = 0.0, time.monotonic() + seconds
        while time.monotonic() < end and daemon.poll() is None:
            peak = max(peak, pss_mb(daemon.pid))
            time.sleep(0.5)
        cpu = sum(cpu_seconds(one) for one in family(daemon.pid))
        daemon.send_signal(signal.SIGTERM)
        code = daemon.wait(ENDED_WITHIN_S)
    polled = []
    for line in (folder / "log").read_text().splitlines():
        event = json.loads(line)
        if event.get("event") == "feed_polled" and event["feed"].startswith("good-"):
            polled.append((event["timestamp"], event["seconds"]))
    first = min(polled)[0][:19] if polled else ""
    start = time.mktime(time.strptime(first, "%Y-%m-%dT%H:%M:%S")) if first else 0.0
    late_enough = [
        took for at, took in polled if time.mktime(time.strptime(at[:19], "%Y-%m-%dT%H:%M:%S")) - start >= WARM_UP_S
    ]
    return late_enough, peak, cpu, code


def cpu_seconds(pid: int) -> float:
    """What a process has used, user and system (proc(5)), children that have ended included."""
    with contextlib.suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, fields[11:15])) / 100  # its own, and that of children it has seen end
    return 0.0


def main() -> None:
    """Measures and prints."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--hostile", required=True)
    options.add_argument("--good", type=int, default=40)
    options.add_argument("--seconds", type=float, default=60)
    options.add_argument("--keep", type=Path, help="a folder for databases and logs")
    given = options.parse_args()
    for name, hostile in (("without", None), ("with", given.hostile)):
        with tempfile.TemporaryDirectory() as temporary, good_servers(given.good) as ports:
            folder = (given.keep or Path(temporary)) / name
            folder.mkdir(parents=True)
            configure(folder, ports, hostile)
            took, peak, cpu, code = run(folder, given.seconds)
        ordered = sorted(took)
        p95 = ordered[int(len(ordered) * 0.95)] if ordered else float("nan")
        print(
            f"{name:8} hostile feeds: {len(took)} polls of good feeds, median {statistics.median(took):.3f} s, "
            f"p95 {p95:.3f} s; PSS at most {peak:.0f} MB; CPU {cpu:.1f} s; exit code {code}"
        )


if __name__ == "__main__":
    main()
