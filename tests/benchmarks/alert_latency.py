"""How long an alert takes: from the publication of an entry to the request that a webhook accepts.

    python -m tests.benchmarks.alert_latency --feeds 40 --minutes 5

A publisher of our own serves all feeds, each polled every ten seconds; at random moments an entry of an invented event
comes into one of them, each between another pair of states, so that each is a story of its own. Reported apart: the whole
way, which holds the wait for the next poll, and the way from the poll that brought the entry. Prints and judges nothing.
"""

import argparse
import json
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import permutations
from pathlib import Path

STATES = (
    "Fiji Tonga Samoa Nauru Palau Malta Chad Togo Benin Ghana Nepal Bhutan Laos Peru Chile Belize Guyana Oman Qatar "
    "Norway Latvia Malawi Zambia Kenya"
)
EVERY_S = 10
HISTORY = 20
ENDED_WITHIN_S = 30


class Wire:
    """Serves the feeds and takes the alerts, and notes when what happened. Entries are known by their numbers."""

    def __init__(self, feeds: int) -> None:
        self.entries = [[(-one, f"Rain falls on hill {one}", time.time())] for one in range(1, feeds + 1)]
        self.published: dict[int, float] = {}
        self.fetched: dict[int, float] = {}
        self.accepted: dict[int, float] = {}
        self.lock = threading.Lock()

    def publish(self, number: int, title: str) -> None:
        """Puts an entry into a feed, as of now."""
        with self.lock:
            entries = random.choice(self.entries)  # noqa: S311 - a draw, no secret
            entries.insert(0, (number, title, time.time()))
            del entries[HISTORY:]
            self.published[number] = time.time()

    def document(self, feed: int) -> bytes:
        """The feed as it stands."""
        with self.lock:
            shown = list(self.entries[feed])
            for number, _, _ in shown:
                self.fetched.setdefault(number, time.time())
        items = "".join(
            f"<item><title>{title}</title><link>http://news.example/{number}</link>"
            f"<guid isPermaLink='false'>{number}</guid><pubDate>{formatdate(at, usegmt=True)}</pubDate></item>"
            for number, title, at in shown
        )
        return f"<rss version='2.0'><channel><title>Wire {feed}</title>{items}</channel></rss>".encode()

    def take(self, body: bytes) -> None:
        """An alert has come."""
        message = json.loads(body)
        if message["type"] == "relation.alert":
            number = int(message["data"]["item"]["link"].rsplit("/", 1)[1])
            with self.lock:
                self.accepted.setdefault(number, time.time())

    def server(self) -> ThreadingHTTPServer:
        """Both in one, on a free port."""
        wire = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self._answer(wire.document(int(self.path.rsplit("/", 1)[1])), "application/rss+xml")

            def do_POST(self) -> None:
                wire.take(self.rfile.read(int(self.headers["Content-Length"])))
                self._answer(b"ok", "text/plain")

            def _answer(self, body: bytes, kind: str) -> None:
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Keeps the output clean."""

        return ThreadingHTTPServer(("127.0.0.1", 0), Handler)


def configure(folder: Path, feeds: int, port: int) -> None:
    """A configuration that polls them all and tells everything over one webhook."""
    place = f"127.0.0.1:{port}"
    (folder / "monitor.toml").write_text(
        f'[poll]\nhost_spacing = "0s"\nhost_concurrency = 8\n[outbound]\nallow_feeds = ["{place}"]\n'
        f'allow_webhooks = ["{place}"]\n[web]\nenabled = false\n',
        encoding="utf-8",
    )
    (folder / "feeds.toml").write_text(
        "".join(
            f'[[feed]]\nid = "feed-{one}"\nurl = "http://{place}/{one}"\ntitle = "Feed {one}"\nevery = "{EVERY_S}s"\n'
            for one in range(feeds)
        ),
        encoding="utf-8",
    )
    (folder / "watches.toml").write_text('[[watch]]\nid = "all"\nsend = ["desk"]\n', encoding="utf-8")
    (folder / "channels.toml").write_text(
        f'[[channel]]\nid = "desk"\nkind = "webhook"\nurl = "http://{place}/desk"\n', encoding="utf-8"
    )


def headlines(seed: int) -> Iterator[str]:
    """An event for each pair of states, in a random order."""
    pairs = list(permutations(STATES.split(), 2))
    random.Random(seed).shuffle(pairs)  # noqa: S311 - the same in every run
    return (f"{one} expels three diplomats of {other}" for one, other in pairs)


def quantiles(seconds: Sequence[float]) -> str:
    """Median, p95 and the longest, in seconds."""
    ordered = sorted(seconds)
    p50, p95 = (ordered[min(int(len(ordered) * share), len(ordered) - 1)] for share in (0.5, 0.95))
    return f"median {p50:.2f} s, p95 {p95:.2f} s, longest {ordered[-1]:.2f} s"


def main() -> None:
    """Starts the daemon, publishes for a while, and prints what was measured."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--feeds", type=int, default=40)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--a-minute", type=float, default=30, help="entries that are published in a minute")
    given = parser.parse_args()
    wire = Wire(given.feeds)
    with wire.server() as server, tempfile.TemporaryDirectory() as folder:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        configure(Path(folder), given.feeds, server.server_address[1])
        command = [str(Path(sys.executable).with_name("relmon")), "run", "--config", folder, "--log-level", "error"]
        daemon = subprocess.Popen([*command, "--database", f"sqlite:///{folder}/monitor.db"])
        try:
            time.sleep(2 * EVERY_S)  # the first sweep stores the baselines
            ends_at = time.monotonic() + 60 * given.minutes
            for number, title in enumerate(headlines(seed=1), 1):
                wire.publish(number, title)
                time.sleep(random.expovariate(given.a_minute / 60))
                if time.monotonic() > ends_at:
                    break
            time.sleep(2 * EVERY_S)
        finally:
            daemon.send_signal(signal.SIGTERM)
            daemon.wait(ENDED_WITHIN_S)
        server.shutdown()
    print(f"{len(wire.published)} entries in {given.feeds} feeds, {len(wire.accepted)} alerts accepted")
    if wire.accepted:
        print("from publication:   ", quantiles([at - wire.published[one] for one, at in wire.accepted.items()]))
        print("from the poll of it:", quantiles([at - wire.fetched[one] for one, at in wire.accepted.items()]))


if __name__ == "__main__":
    main()
