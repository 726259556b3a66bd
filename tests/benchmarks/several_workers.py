"""Several daemons at one PostgreSQL: how many feeds they poll in a second, whether any twice, and what the leases cost.

    python -m tests.benchmarks.several_workers --feeds 20000 --seconds 60

A server of our own (fsync on) and a publisher that answers 304, or, one time in fifty, with an entry more. All feeds are due at
once and have been polled before, so what is measured is the ordinary poll; hosts have no spacing. One, two and four daemons
`--only poll` take turns on a new database. A poll is *twice* where a feed is asked again sooner than nine tenths of its interval.
What the server spends on claims and on the feeds' rows at the end of polls is pg_stat_statements' word. Prints and judges nothing.
"""

import argparse
import asyncio
import contextlib
import datetime as dt
import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection as Pipe
from pathlib import Path

import psycopg
from sqlalchemy import text

from monitor.domain.feeds import FeedSource
from monitor.storage import polls, schema
from monitor.storage.engine import open_database
from tests.benchmarks.among_hostile import cpu_seconds, family
from tests.benchmarks.day_in_the_life import chance, document
from tests.postgresql import PostgresServer, postgres_server

POLL_EVERY_S = 300
NEWS = 0.02
ENTRIES = 3
READY_WITHIN_S = 300
SETTLES_IN_S = 5
ENDED_WITHIN_S = 30
RELMON = str(Path(sys.executable).with_name("relmon"))

_POLLED_BEFORE = """
UPDATE feed SET etag = '"0"', baseline_done = true, first_polled_at = now() - interval '1 hour',
    last_polled_at = now() - interval '1 hour', last_ok_at = now() - interval '1 hour', next_poll_at = now() + interval '1 hour'
"""
_ALL_DUE = "UPDATE feed SET next_poll_at = now()"
_OF_LEASES = """
SELECT coalesce(sum(total_exec_time), 0) / 1000 FROM pg_stat_statements
WHERE query ~ '(UPDATE feed SET|FROM feed)' AND query !~ 'count'
"""
_OF_ALL = "SELECT coalesce(sum(total_exec_time), 0) / 1000 FROM pg_stat_statements"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the publisher has seen since it was asked last."""

    polls: int
    twice: int


def main() -> None:
    """Measures and prints."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--feeds", type=int, default=20_000)
    options.add_argument("--seconds", type=float, default=60)
    given = options.parse_args()
    settings = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
    with postgres_server(**settings, shared_preload_libraries="pg_stat_statements") as server:
        print("daemons  polls/s  twice  CPU ms a poll  database ms a poll  of it leases  load")
        for daemons in (1, 2, 4):
            with publisher() as (port, pipe):
                print(measured(server, daemons, given.feeds, given.seconds, (port, pipe)), flush=True)


def measured(server: PostgresServer, daemons: int, feeds: int, seconds: float, publishing: tuple[int, Pipe]) -> str:
    """A row of the table."""
    port, pipe = publishing
    name = server.create()
    url = server.url(name)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        prepare(folder, url, feeds, port)
        session = stack.enter_context(psycopg.connect(url, autocommit=True))
        session.execute("CREATE EXTENSION pg_stat_statements")
        command = [RELMON, "run", "--only", "poll", "--config", str(folder), "--database", url]
        processes = [stack.enter_context(daemon(command)) for _ in range(daemons)]
        wait_for_all(session, daemons)
        session.execute(_ALL_DUE)
        ask(pipe)
        session.execute("SELECT pg_stat_statements_reset()")
        begun, cpu = time.monotonic(), cpu_of(processes)
        time.sleep(seconds)
        seen, took, cpu = ask(pipe), time.monotonic() - begun, cpu_of(processes) - cpu
        (leases,) = session.execute(_OF_LEASES).fetchone() or (0,)
        (whole,) = session.execute(_OF_ALL).fetchone() or (0,)
    server.drop(name)
    each = 1000 / max(seen.polls, 1)
    return (
        f"{daemons:7} {seen.polls / took:8.0f} {seen.twice:6} {cpu * each:14.1f} {whole * each:19.2f} "
        f"{leases / max(whole, 1e-9):13.0%} {os.getloadavg()[0]:5.1f}"
    )


def prepare(folder: Path, url: str, feeds: int, port: int) -> None:
    """Writes the configuration, and a database in which each feed was polled an hour ago and is due in one."""
    sources = [
        FeedSource(
            id=f"f{number}",
            url=f"http://127.0.0.1:{port}/{number}",
            title=f"Feed {number}",
            poll_every=dt.timedelta(seconds=POLL_EVERY_S),
        )
        for number in range(feeds)
    ]
    lines = [
        f'[[feed]]\nid = "{one.id}"\nurl = "{one.url}"\ntitle = "{one.title}"\nevery = "{POLL_EVERY_S}s"\n'
        for one in sources
    ]
    (folder / "feeds.toml").write_text("\n".join(lines))
    (folder / "monitor.toml").write_text(
        # All feeds share one origin here; in the world nearly each has its own.
        '[poll]\nhost_spacing = "0s"\nhost_concurrency = 32\nchildren = 1\n[outbound]\nallow_feeds = ["127.0.0.0/8"]\n'
        '[web]\nport = 0\n[log]\nlevel = "warning"\n'
    )
    database = open_database(url)
    schema.upgrade(database)
    with database.write() as connection:
        polls.sync_feeds(connection, sources, dt.datetime.now(dt.UTC))
        connection.execute(text(_POLLED_BEFORE))
    database.close()


def wait_for_all(session: psycopg.Connection, daemons: int) -> None:
    """Until each daemon shows itself, and its children have had time to get ready."""
    end = time.monotonic() + READY_WITHIN_S
    while session.execute("SELECT count(*) FROM worker").fetchone() != (daemons,):
        if time.monotonic() > end:
            raise RuntimeError("a daemon did not start")
        time.sleep(0.2)
    time.sleep(SETTLES_IN_S)


@contextmanager
def daemon(command: list[str]) -> Iterator[int]:
    """A daemon while the block runs; its process id."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(ENDED_WITHIN_S)


@contextmanager
def publisher() -> Iterator[tuple[int, Pipe]]:
    """A server in a process of its own: its port, and a pipe that brings an `Asked` for whatever is sent."""
    ours, theirs = multiprocessing.Pipe()
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        process = multiprocessing.get_context("fork").Process(target=publish, args=(listening, theirs), daemon=True)
        process.start()
        try:
            yield int(listening.getsockname()[1]), ours
        finally:
            process.terminate()
            process.join()


def publish(listening: socket.socket, pipe: Pipe) -> None:
    """The life of the server's process."""
    newest: dict[int, int] = {}
    asked_at: dict[int, float] = {}
    counted = {"polls": 0, "twice": 0}

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                number, now = int(head.split(b" ", 2)[1].rpartition(b"/")[2]), time.monotonic()
                counted["polls"] += 1
                counted["twice"] += now - asked_at.get(number, -POLL_EVERY_S) < POLL_EVERY_S * 0.9
                asked_at[number] = now
                # Once a day each feed is asked for everything, whatever is remembered of it.
                writer.write(answer(number, asks_for_all=b"if-none-match" not in head.lower()))
        writer.close()

    def answer(number: int, *, asks_for_all: bool) -> bytes:
        if chance(number, newest.get(number, 0)) >= NEWS and not asks_for_all:
            return b'HTTP/1.1 304 Not Modified\r\nETag: "0"\r\n\r\n'
        newest[number] = newest.get(number, 0) + 1
        body = document(number, newest[number] + ENTRIES, ENTRIES)
        head = f'HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nETag: "0"\r\nContent-Length: {len(body)}'
        return f"{head}\r\n\r\n".encode() + body

    def report() -> None:
        pipe.recv()
        pipe.send(Asked(**counted))
        counted.update(polls=0, twice=0)

    async def run() -> None:
        await asyncio.start_server(serve, sock=listening, backlog=512)
        asyncio.get_running_loop().add_reader(pipe.fileno(), report)
        await asyncio.Event().wait()

    asyncio.run(run())


def ask(pipe: Pipe) -> Asked:
    """What has been asked since the last time."""
    pipe.send(None)
    seen = pipe.recv()
    assert isinstance(seen, Asked)
    return seen


def cpu_of(pids: Iterable[int]) -> float:
    """Seconds of CPU that the daemons and their children have used so far."""
    return sum(cpu_seconds(one) for pid in pids for one in family(pid))


if __name__ == "__main__":
    main()
