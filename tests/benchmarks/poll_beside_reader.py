"""`relmon poll` beside reader, a well-made Python feed library, on the same feeds from the same server in one run.

    python3 -m venv ENV && ENV/bin/pip install reader sgmllib3k
    python -m tests.benchmarks.poll_beside_reader --reader-python ENV/bin/python --feeds 1000

Rounds: *new* (every entry is new), *same* (every feed answers 304), *changed* (a tenth of the feeds has two entries more), and,
with `--bytes`, *bytes* (no validators: the same body again). Each round is a fresh process for each of the two; ours
classifies what is new, reader only stores it. Prints wall and CPU seconds and the ratio ours : reader; judges nothing.
"""

import argparse
import asyncio
import hashlib
import multiprocessing
import os
import resource
import socket
import subprocess
import sys
import tempfile
import time
from multiprocessing.synchronize import Event
from pathlib import Path

from tests.benchmarks.day_in_the_life import document

PORTS = 100
ENTRIES = 30
READER = """
import sys
from reader import make_reader
what, database, urls = sys.argv[1:4]
reader = make_reader(database)
if what == "add":
    for url in open(urls):
        reader.add_feed(url.strip(), exist_ok=True)
else:
    reader.update_feeds(workers=10, scheduled=False)
"""


def publish(sockets: list[socket.socket], more: Event, *, validators: str) -> None:
    """The server's process: keep-alive, an ETag for each body where `validators` says "yes"."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                number = int(head.split(" ", 2)[1].rpartition("/")[2].removesuffix(".xml"))
                newest = ENTRIES + (2 if number % 10 == 0 and more.is_set() else 0)
                body = document(number, newest, ENTRIES)
                tag = f'"{hashlib.blake2b(body, digest_size=8).hexdigest()}"'
                if validators == "yes" and tag in head:
                    writer.write(f"HTTP/1.1 304 Not Modified\r\nETag: {tag}\r\n\r\n".encode())
                    continue
                etag = f"ETag: {tag}\r\n" if validators == "yes" else ""
                start = (
                    f"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n{etag}Content-Length: {len(body)}\r\n\r\n"
                )
                writer.write(start.encode() + body)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def run() -> None:
        await asyncio.gather(*[asyncio.start_server(serve, sock=one, backlog=512) for one in sockets])
        await asyncio.Event().wait()

    asyncio.run(run())


def timed(command: list[str], folder: Path) -> tuple[float, float]:
    """Wall and CPU seconds of a command, with the processes that it has waited for."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    with (folder / "log").open("ab") as log:
        subprocess.run(
            command, check=True, stdout=log, stderr=log, env=dict(os.environ, RELMON_POLL__HOST_CONCURRENCY="64")
        )
    wall, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Measures and prints."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--reader-python", help="an interpreter that has reader; without it, ours is measured alone")
    options.add_argument("--feeds", type=int, default=1000)
    options.add_argument("--bytes", action="store_true")
    given = options.parse_args()
    sockets = [socket.socket() for _ in range(PORTS)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        fork = multiprocessing.get_context("fork")
        more = fork.Event()
        server = fork.Process(
            target=publish,
            args=(sockets, more),
            kwargs={"validators": "no" if given.bytes else "yes"},
            daemon=True,
        )
        server.start()
        ports = [one.getsockname()[1] for one in sockets]
        urls = "".join(f"http://127.0.0.1:{ports[number % PORTS]}/{number}.xml\n" for number in range(given.feeds))
        (folder / "urls.txt").write_text(urls)
        try:
            measure(folder, more, given.reader_python, ("new", "bytes") if given.bytes else ("new", "same", "changed"))
        finally:
            server.terminate()


def measure(folder: Path, more: Event, reader: str | None, rounds: tuple[str, ...]) -> None:
    """Runs all rounds, ours and reader's in turn."""
    urls = str(folder / "urls.txt")
    ours = [
        sys.executable,
        "-m",
        "monitor",
        "poll",
        "--config",
        "config",
        "--database",
        f"sqlite:///{folder / 'ours.db'}",
    ]
    ours += ["--feeds", urls, "--allow", "127.0.0.0/8", "--spacing", "0", "--workers", "10", "--no-send", "--json"]
    theirs = [reader, "-c", READER, "update", str(folder / "theirs.db"), urls] if reader else None
    if reader:
        timed([reader, "-c", READER, "add", str(folder / "theirs.db"), urls], folder)
    for name in rounds:
        if name == "changed":
            more.set()
        wall, cpu = timed(ours, folder)
        line = f"{name:8} ours {wall:6.1f} s, CPU {cpu:6.1f} s"
        if theirs:
            their_wall, their_cpu = timed(theirs, folder)
            line += f"   reader {their_wall:6.1f} s, CPU {their_cpu:6.1f} s   ratio {wall / their_wall:.2f}"
        print(line, flush=True)


if __name__ == "__main__":
    main()
