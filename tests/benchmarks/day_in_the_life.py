"""A stretch of an ordinary day: many feeds, most of them unchanged, a few dead, and how late the daemon polls them.

    python -m tests.benchmarks.day_in_the_life --feeds 10000 --minutes 12

A server of our own answers for all feeds after 100 ms: 85 % of the polls with a 304, 10 % with the same body again, 5 %
with a body that holds one entry more; 3 % of the feeds are dead, half of them refusing connections and half never answering.
The daemon polls each every five minutes. Its first sweep, which stores the baselines, doesn't count. Lag (from the moment
a feed is due to its request) comes from the daemon's own histogram, CPU from its processes; prints and judges nothing.
"""

import argparse
import asyncio
import contextlib
import hashlib
import json
import multiprocessing
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from tests.benchmarks.among_hostile import cpu_seconds, family, pss_mb

PORTS = 100
LATENCY_S = 0.1
DEAD = 0.03
UNCHANGED, CHANGED = 0.10, 0.05
POLL_EVERY_S = 300
ENDED_WITHIN_S = 30


def chance(*parts: object) -> float:
    """A number in [0, 1) that is the same in every run."""
    return int.from_bytes(hashlib.blake2b(repr(parts).encode(), digest_size=4).digest()) / 2**32


def document(number: int, newest: int, entries: int) -> bytes:
    """A feed with so many entries, numbered up to `newest`."""
    items = "".join(
        f"<item><title>Nauru and Palau sign a treaty on fishing, part {number}-{one}</title>"
        f"<link>http://news.example/{number}/{one}</link><guid isPermaLink='false'>{number}-{one}</guid>"
        "<description>The foreign ministers met in the morning and spoke to the press at noon.</description></item>"
        for one in range(newest, newest - entries, -1)
    )
    return f"<rss version='2.0'><channel><title>Feed {number}</title>{items}</channel></rss>".encode()


class Publisher:
    """Answers for all feeds. The n-th poll of a feed decides by chance what has happened to it."""

    def __init__(self, entries: int) -> None:
        self._entries = entries
        self._polls: dict[int, int] = {}
        self._newest: dict[int, int] = {}

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                number = int(head.split(b" ", 2)[1].rpartition(b"/")[2])
                await asyncio.sleep(LATENCY_S)
                writer.write(self._answer(number, asks_for_all=b"if-none-match" not in head.lower()))
        writer.close()

    def _answer(self, number: int, *, asks_for_all: bool) -> bytes:
        poll = self._polls[number] = self._polls.get(number, -1) + 1
        luck = chance(number, poll)
        if poll and luck >= UNCHANGED + CHANGED and not asks_for_all:
            return b"HTTP/1.1 304 Not Modified\r\n\r\n"
        if not poll or luck < CHANGED:
            self._newest[number] = self._newest.get(number, self._entries) + 1
        body = document(number, self._newest[number], self._entries)
        head = f'HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nETag: "{poll}"\r\nContent-Length: {len(body)}'
        return f"{head}\r\n\r\n".encode() + body


def publish(sockets: list[socket.socket], entries: int) -> None:
    """The life of the server's process."""

    async def run() -> None:
        publisher = Publisher(entries)
        await asyncio.gather(*[asyncio.start_server(publisher.serve, sock=one, backlog=512) for one in sockets])
        await asyncio.Event().wait()

    asyncio.run(run())


def configure(folder: Path, feeds: int, ports: list[int], silent: int, metrics: int) -> None:
    """Writes the configuration. A dead feed asks a closed port, or one that accepts and never answers."""
    lines = []
    for number in range(feeds):
        luck = chance("dead", number)
        port = 9 if luck < DEAD / 2 else silent if luck < DEAD else ports[number % len(ports)]
        lines.append(
            f'[[feed]]\nid = "f{number}"\nurl = "http://127.0.0.1:{port}/{number}"\nevery = "{POLL_EVERY_S}s"\n'
        )
    (folder / "feeds.toml").write_text("\n".join(lines))
    (folder / "monitor.toml").write_text(
        # All feeds share 100 origins here; in the world nearly each has its own.
        '[poll]\nhost_spacing = "0s"\nhost_concurrency = 32\n[outbound]\nallow_feeds = ["127.0.0.0/8"]\n'
        f'[web]\nport = {metrics}\n[log]\nlevel = "warning"\n'
    )


def scraped(port: int) -> dict[str, float]:
    """The daemon's own numbers."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=30) as answer:
        text = answer.read().decode()
    return {name: float(value) for name, value in re.findall(r"^(\w+(?:\{[^}]*\})?) (\S+)$", text, re.MULTILINE)}


def quantile(before: Mapping[str, float], after: Mapping[str, float], name: str, share: float) -> str:
    """The bucket of a histogram, between two scrapes, in which this share of all observations has come together."""
    counts = []
    for key, value in after.items():
        if match := re.fullmatch(rf'{name}_bucket\{{le="([^"]+)"\}}', key):
            counts.append((float(match[1]), value - before.get(key, 0)))
    counts.sort()
    total = counts[-1][1]
    return next((f"<= {edge:g} s" for edge, count in counts if total and count >= share * total), "no polls")


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def main() -> None:
    """Measures and prints."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--feeds", type=int, default=10_000)
    options.add_argument("--minutes", type=float, default=12, help="counted from the end of the first sweep")
    options.add_argument("--entries", type=int, default=20, help="in each document")
    given = options.parse_args()
    sockets = [socket.socket() for _ in range(PORTS + 1)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    silent = sockets.pop()
    silent.listen(4096)  # connections are accepted by the system and never answered
    server = multiprocessing.get_context("fork").Process(target=publish, args=(sockets, given.entries), daemon=True)
    server.start()
    with tempfile.TemporaryDirectory() as temporary:
        folder, metrics = Path(temporary), free_port()
        ports = [int(one.getsockname()[1]) for one in sockets]
        configure(folder, given.feeds, ports, int(silent.getsockname()[1]), metrics)
        command = ["-m", "monitor", "run", "--config", temporary, "--database", f"sqlite:///{folder / 'monitor.db'}"]
        daemon = subprocess.Popen([sys.executable, *command], stdout=subprocess.DEVNULL)
        try:
            measure(daemon, metrics, given.feeds, given.minutes)
        finally:
            daemon.send_signal(signal.SIGTERM)
            daemon.wait(ENDED_WITHIN_S)
            server.terminate()


def polls(numbers: Mapping[str, float]) -> dict[str, float]:
    """How many polls ended in which way."""
    return {
        match[1]: value
        for key, value in numbers.items()
        if (match := re.fullmatch(r'relmon_polls_total\{outcome="(.*)"\}', key))
    }


def measure(daemon: subprocess.Popen[bytes], metrics: int, feeds: int, minutes: float) -> None:
    """Waits for the first sweep, then watches for so long."""
    started = time.monotonic()
    while True:
        time.sleep(5)
        with contextlib.suppress(OSError):
            if sum(polls(scraped(metrics)).values()) >= feeds:
                break
    print(f"first sweep of {feeds} feeds: {time.monotonic() - started:.0f} s")
    # What became due while the first sweep went on is late by then. One more interval, and each feed is on its own time.
    time.sleep(POLL_EVERY_S * 1.1)
    before, cpu_before, begun, peak = scraped(metrics), cpu_of(daemon.pid), time.monotonic(), 0.0
    while time.monotonic() - begun < minutes * 60:
        peak = max(peak, pss_mb(daemon.pid))
        time.sleep(5)
    after, cpu, seconds = scraped(metrics), cpu_of(daemon.pid) - cpu_before, time.monotonic() - begun
    counted = {name: count - polls(before).get(name, 0) for name, count in polls(after).items()}
    print(f"{seconds / 60:.1f} minutes: {json.dumps(counted)}")
    for share in (0.5, 0.95, 0.99):
        print(f"lag p{share * 100:g}: {quantile(before, after, 'relmon_poll_lag_seconds', share)}")
    print(f"CPU: {cpu:.1f} s, {cpu / seconds / 2 * 100:.1f} % of two cores; PSS at most {peak:.0f} MB")


def cpu_of(pid: int) -> float:
    """What a process and its descendants have used so far."""
    return sum(cpu_seconds(one) for one in family(pid))


if __name__ == "__main__":
    main()
