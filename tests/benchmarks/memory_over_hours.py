"""Whether the daemon's memory stays flat over hours of busy polling.

    nice -n 10 python -m tests.benchmarks.memory_over_hours --hours 2 --csv memory.csv

A publisher of our own serves some hundred feeds, each polled every few seconds: most answer 304, a third have no validators
and send the same bytes again, and a few entries a second are new, invented anew each time, so that whatever remembers words
or pairs has something to remember. One in six tells of an event, which goes to a webhook. The daemon is asked for its
metrics at every sample, as a Prometheus would. Memory is that of the daemon and of all its children: resident (RSS) of
the parent, proportional (PSS) of the whole family, and its anonymous part, which holds no files that others read, too, so
that nothing else on the machine moves it. The first twenty minutes, in which pools and caches fill, don't count for
the slope, which is that of a line by least squares. Prints and judges nothing.
"""

import argparse
import asyncio
import contextlib
import csv
import multiprocessing
import random
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from email.utils import formatdate
from html import escape
from itertools import count, permutations
from pathlib import Path

from tests.benchmarks.among_hostile import family
from tests.benchmarks.day_in_the_life import cpu_of, free_port, polls, scraped
from tests.benchmarks.prose import articles

HISTORY = 20
SAMPLE_EVERY_S = 30
WARM_UP_HOURS = 1 / 3
ONE_IN = 6  # entries for each that tells of an event
ENDED_WITHIN_S = 30
STATES = (
    "Albania Angola Armenia Austria Belize Benin Bhutan Botswana Brunei Burundi Chad Chile Cyprus Estonia Fiji Gabon Ghana "
    "Guyana Iceland Kenya Kiribati Laos Latvia Lesotho Malawi Malta Moldova Namibia Nauru Nepal Oman Palau Paraguay Peru Qatar "
    "Rwanda Samoa Senegal Slovenia Suriname Togo Tonga Tuvalu Uganda Uruguay Vanuatu Zambia"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What stood at one moment. Memory and the database's size are in MB."""

    hours: float
    parent_rss: float
    family_pss: float
    family_anonymous: float
    processes: int
    polls: int
    alerts: int
    database: float


def entries() -> Iterator[tuple[str, str]]:
    """Titles and summaries, without end, hardly ever the same twice."""
    pairs = list(permutations(STATES.split(), 2))
    choice = random.Random(1)  # noqa: S311 - the same in every run, no secret
    for seed in count():
        for article in articles(seed):
            for paragraph in article.split("\n\n")[1:]:
                if choice.randrange(ONE_IN):
                    yield paragraph.split(". ")[0], paragraph
                else:
                    one, other = choice.choice(pairs)
                    yield f"{one} expels {choice.randint(2, 40)} diplomats of {other}", paragraph


class Publisher:
    """Answers for all feeds, and takes what the webhook sends."""

    def __init__(self, feeds: int) -> None:
        self._invented = entries()
        self._number = 0
        self._feeds = [deque[tuple[int, str]](maxlen=HISTORY) for _ in range(feeds)]
        for _ in range(HISTORY):
            for feed in range(feeds):
                self.publish(feed)

    def publish(self, feed: int) -> None:
        """Puts a new entry into a feed, as of now."""
        title, summary = next(self._invented)
        self._number += 1
        item = (
            f"<item><title>{escape(title)}</title><link>http://news.example/{self._number}</link>"
            f"<guid isPermaLink='false'>{self._number}</guid><description>{escape(summary)}</description>"
            f"<pubDate>{formatdate(usegmt=True)}</pubDate></item>"
        )
        self._feeds[feed].appendleft((self._number, item))

    async def publish_steadily(self, a_second: float) -> None:
        """Goes on until it is cancelled."""
        choice = random.Random(2)  # noqa: S311 - no secret
        while True:
            self.publish(choice.randrange(len(self._feeds)))
            await asyncio.sleep(choice.expovariate(a_second))

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """The life of one connection."""
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                if head.startswith(b"POST"):
                    length = re.search(rb"(?i)content-length: (\d+)", head)
                    await reader.readexactly(int(length[1]) if length else 0)
                    writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
                else:
                    writer.write(self._answer(int(head.split(b" ", 2)[1].rpartition(b"/")[2]), head))
        writer.close()

    def _answer(self, feed: int, head: bytes) -> bytes:
        shown = self._feeds[feed]
        tag = f'"{shown[0][0]}"'
        if tag.encode() in head:
            return b"HTTP/1.1 304 Not Modified\r\n\r\n"
        body = "".join(item for _, item in shown)
        sent = f"<rss version='2.0'><channel><title>Feed {feed}</title>{body}</channel></rss>".encode()
        validator = f"ETag: {tag}\r\n" if feed % 3 else ""
        return (
            f"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n{validator}Content-Length: {len(sent)}\r\n\r\n".encode()
            + sent
        )


def publish(listening: socket.socket, feeds: int, a_second: float) -> None:
    """The life of the publisher's process."""

    async def run() -> None:
        publisher = Publisher(feeds)
        server = await asyncio.start_server(publisher.serve, sock=listening, backlog=512)
        async with server:
            await publisher.publish_steadily(a_second)

    asyncio.run(run())


def configure(folder: Path, feeds: int, every_s: int, port: int, metrics: int) -> None:
    """A configuration that polls them all and tells everything over one webhook."""
    place = f"127.0.0.1:{port}"
    (folder / "monitor.toml").write_text(
        f'[poll]\nhost_spacing = "0s"\nhost_concurrency = 8\n[outbound]\nallow_feeds = ["{place}"]\n'
        f'allow_webhooks = ["{place}"]\n[web]\nport = {metrics}\n[log]\nlevel = "warning"\n'
    )
    (folder / "feeds.toml").write_text(
        "".join(
            f'[[feed]]\nid = "f{one}"\nurl = "http://{place}/{one}"\nevery = "{every_s}s"\n' for one in range(feeds)
        )
    )
    (folder / "watches.toml").write_text('[[watch]]\nid = "all"\nsend = ["desk"]\n')
    (folder / "channels.toml").write_text(f'[[channel]]\nid = "desk"\nkind = "webhook"\nurl = "http://{place}/desk"\n')


def rss_mb(pid: int) -> float:
    """The resident memory of one process (proc(5)), in MB."""
    found = re.search(r"^VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    return int(found[1]) * 1.024 / 1000 if found else 0.0


def shared_out_mb(pid: int, name: str) -> float:
    """Pss or Pss_Anon of a process and all its descendants (proc(5)), in MB."""
    total = 0
    for one in family(pid):
        with contextlib.suppress(OSError):  # it has just ended
            found = re.search(rf"^{name}:\s+(\d+)", Path(f"/proc/{one}/smaps_rollup").read_text(), re.MULTILINE)
            total += int(found[1]) if found else 0
    return total * 1.024 / 1000


def take(pid: int, started: float, metrics: int, folder: Path) -> Sample:
    """Looks once."""
    numbers = scraped(metrics)
    return Sample(
        hours=(time.monotonic() - started) / 3600,
        parent_rss=rss_mb(pid),
        family_pss=shared_out_mb(pid, "Pss"),
        family_anonymous=shared_out_mb(pid, "Pss_Anon"),
        processes=len(family(pid)),
        polls=int(sum(polls(numbers).values())),
        alerts=int(sum(value for name, value in numbers.items() if name.startswith("relmon_deliveries_total{"))),
        database=sum(one.stat().st_size for one in folder.glob("monitor.db*")) / 1e6,
    )


def slope(samples: Sequence[Sample], name: str) -> str:
    """How fast a figure grows, in MB an hour, and how far its samples lie apart."""
    values = [getattr(one, name) for one in samples]
    line = statistics.linear_regression([one.hours for one in samples], values)
    return f"{line.slope:+.1f} MB an hour ({min(values):.0f} to {max(values):.0f} MB, {len(values)} samples)"


def report(samples: Sequence[Sample], cpu_s: float) -> None:
    """Prints a line for every ten minutes, and the slopes."""
    print("hours  parent RSS  family PSS  anonymous  processes    polls  alerts  database, MB")
    shown = -1
    for one in samples:
        if (tens := int(one.hours * 6)) > shown:
            shown = tens
            print(
                f"{one.hours:5.2f} {one.parent_rss:11.1f} {one.family_pss:11.1f} {one.family_anonymous:10.1f} {one.processes:10} {one.polls:8} "
                f"{one.alerts:7} {one.database:13.1f}"
            )
    print(f"CPU: {cpu_s:.0f} s, {cpu_s / samples[-1].hours / 36:.0f} % of one core")
    if len(settled := [one for one in samples if one.hours >= WARM_UP_HOURS]) > 1:
        print("parent, RSS:", slope(settled, "parent_rss"))
        print("family, PSS:", slope(settled, "family_pss"))
        print("family, anonymous:", slope(settled, "family_anonymous"))


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hours", type=float, default=2)
    parser.add_argument("--feeds", type=int, default=300)
    parser.add_argument("--every", type=int, default=10, help="seconds between two polls of a feed")
    parser.add_argument("--a-second", type=float, default=3, help="new entries in a second, in all feeds together")
    parser.add_argument("--csv", type=Path, help="a file for all samples, written as they are taken")
    given = parser.parse_args()
    listening = socket.create_server(("127.0.0.1", 0))
    port, metrics = int(listening.getsockname()[1]), free_port()
    publisher = multiprocessing.get_context("fork").Process(
        target=publish, args=(listening, given.feeds, given.a_second), daemon=True
    )
    publisher.start()
    samples: list[Sample] = []
    with tempfile.TemporaryDirectory() as temporary, contextlib.ExitStack() as at_end:
        folder = Path(temporary)
        configure(folder, given.feeds, given.every, port, metrics)
        command = ["-m", "monitor", "run", "--config", temporary, "--database", f"sqlite:///{folder / 'monitor.db'}"]
        daemon = subprocess.Popen([sys.executable, *command], stdout=subprocess.DEVNULL)
        at_end.callback(publisher.terminate)
        at_end.callback(daemon.wait, ENDED_WITHIN_S)
        at_end.callback(daemon.send_signal, signal.SIGTERM)
        table = csv.writer(at_end.enter_context(given.csv.open("w", buffering=1))) if given.csv else None
        if table:
            table.writerow([one.name for one in fields(Sample)])
        started = time.monotonic()
        while time.monotonic() - started < given.hours * 3600 and daemon.poll() is None:
            time.sleep(SAMPLE_EVERY_S)
            try:
                sample = take(daemon.pid, started, metrics, folder)
            except OSError:  # it is still starting, or too busy to answer; the next sample will do
                continue
            samples.append(sample)
            if table:
                table.writerow([round(getattr(sample, one.name), 3) for one in fields(Sample)])
        if samples:
            report(samples, cpu_of(daemon.pid))
        else:
            print("The daemon was never there to be looked at.")


if __name__ == "__main__":
    main()
