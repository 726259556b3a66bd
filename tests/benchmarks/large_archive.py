"""What a large archive costs: how long polls, lists and pages take over a million items, and how much disk an item takes.

    python -m tests.benchmarks.large_archive --items 1000000 --events 300000                # SQLite
    python -m tests.benchmarks.large_archive --items 1000000 --events 300000 --postgresql   # a server of its own, fsync on
    python -m tests.benchmarks.large_archive --archive sqlite:////var/tmp/large.sqlite      # filled where it is empty, and kept

Filling takes minutes (made_up_archive.py), asking less: a kept archive can be asked again after a change, by any query, or by `relmon
--database`. Each question is asked fifty times, of another pair, story or feed each time, through the functions that the daemon and
the commands call; `--only` asks those whose name holds a word. Prints milliseconds (median, 95th percentile, longest), those of CPU, this
process's and that of the server's session, which other work on the machine changes less and which is all there is but for waiting for
the disk, and the machine's load; judges nothing.
"""

import argparse
import gc
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

from sqlalchemy import text

from monitor.storage import schema
from monitor.storage.database import Database
from monitor.storage.engine import open_database
from tests.benchmarks.archive_questions import questions
from tests.benchmarks.made_up_archive import MadeUpArchive, fill, is_filled
from tests.postgresql import postgres_server

ASKED = 50


def main() -> None:
    """Fills, asks and prints."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--items", type=int, default=1_000_000)
    options.add_argument("--events", type=int, default=300_000)
    options.add_argument("--archive", help="the address of a database to fill where it is empty, and to ask")
    options.add_argument("--postgresql", action="store_true")
    options.add_argument("--only", default="", help="ask only what has this in its name")
    chosen = options.parse_args()
    archive = MadeUpArchive(chosen.items, chosen.events)
    with ExitStack() as stack:
        database = open_database(chosen.archive or throwaway(stack, on_server=chosen.postgresql))
        stack.callback(database.close)
        schema.upgrade(database)
        if not is_filled(database):
            fill(database, archive)
            print(f"{size_of(database) / chosen.items:,.0f} bytes of disk for each item, with all that belongs to it")
        print(f"{'milliseconds':40} {'median':>8} {'p95':>8} {'longest':>8} {'CPU, p95':>9}   load")
        on_server = server_process(database)
        # As the commands do with what they start with: else the collector goes through all that the archive is made of.
        gc.collect()
        gc.freeze()
        for name, ask in questions(database, archive):
            if chosen.only in name:
                spent, busy = zip(*(timed(ask, on_server) for _ in range(ASKED)), strict=True)
                print(
                    f"{name:40} {statistics.median(spent):8.1f} {ninety_fifth(spent):8.1f} {max(spent):8.1f}"
                    f" {ninety_fifth(busy):9.1f}   {os.getloadavg()[0]:.1f}",
                    flush=True,
                )


def ninety_fifth(figures: Sequence[float]) -> float:
    """The 95th percentile."""
    return statistics.quantiles(figures, n=20)[-1]


def throwaway(stack: ExitStack, *, on_server: bool) -> str:
    """The address of a database that goes with the stack."""
    if on_server:
        server = stack.enter_context(postgres_server(fsync="on", synchronous_commit="on", full_page_writes="on"))
        return server.url(server.create())
    return f"sqlite:///{stack.enter_context(tempfile.TemporaryDirectory())}/monitor.db"


def size_of(database: Database) -> int:
    """Bytes of disk, without the write-ahead log."""
    with database.read() as connection:
        if database.path is not None:
            return database.path.stat().st_size
        return int(connection.scalar(text("SELECT pg_database_size(current_database())")) or 0)


def timed(ask: Callable[[], object], on_server: Path | None) -> tuple[float, float]:
    """Milliseconds of wall clock, and of the CPU of this process and of the server's that answers it."""
    started, busy = time.perf_counter(), cpu_seconds(on_server)
    ask()
    return (time.perf_counter() - started) * 1000, (cpu_seconds(on_server) - busy) * 1000


def cpu_seconds(on_server: Path | None) -> float:
    nanoseconds = int(on_server.read_text().split()[0]) if on_server is not None else 0
    return time.process_time() + nanoseconds / 1e9


def server_process(database: Database) -> Path | None:
    """Where the kernel counts the CPU of the one session that is used here; None for SQLite, and for a server elsewhere."""
    if not database.is_shared:
        return None
    with database.read() as connection:
        path = Path(f"/proc/{connection.scalar(text('SELECT pg_backend_pid()'))}/schedstat")
    return path if path.exists() else None


if __name__ == "__main__":
    main()
