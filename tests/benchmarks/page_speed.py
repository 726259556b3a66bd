"""How fast and how heavy each page is over a large archive: from the server, and in a browser.

    python -m tests.benchmarks.page_speed                                                # fills an archive first: minutes
    python -m tests.benchmarks.page_speed --archive sqlite:////var/tmp/large.sqlite      # filled where it is empty, and kept
    python -m tests.benchmarks.page_speed --postgresql                                   # a server of its own, fsync on
    python -m tests.benchmarks.page_speed --only story --only search                     # pages whose name holds one of these

300,000 events of 75,000 stories among a million items of 2,000 feeds (made_up_archive.py), and 75,000 messages with their attempts.
The application is served as the daemon serves it, on a clock that stands at the archive's end, and asked over loopback one request
after the other, for another pair, story, day or word each time. The browser (`make setup-browser`) opens each page anew, with empty
caches, and says when something was first painted and how much of it moved afterwards. Prints milliseconds, kilobytes as they are
transferred, the median of the CPU's milliseconds (client and server, without a PostgreSQL), and the machine's load; what is over the limits of 150 ms (95th percentile), 100 kB, 1 s and 0 is marked, and nothing judged.
"""

import argparse
import asyncio
import datetime as dt
import http.client
import itertools
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from http import HTTPStatus
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, insert, select, text

from monitor.cli.pages import Exhibition
from monitor.cli.wiring import children_for
from monitor.domain.stories import relation_of
from monitor.settings.files import examine
from monitor.settings.location import find_config
from monitor.settings.starter import starter_folder
from monitor.storage import schema
from monitor.storage.channels import ensure_channels
from monitor.storage.database import Database
from monitor.storage.engine import open_database
from monitor.storage.tables import attempt, message
from monitor.web.access import Access
from monitor.web.app import Pages, create_app
from monitor.web.health import Vitals
from monitor.web.server import serving
from tests.benchmarks.made_up_archive import FEEDS, NOW, SPAN, MadeUpArchive, feed_id, fill, is_filled, key
from tests.browser.chromium import DESKTOP, chromium, find_chromium, window
from tests.postgresql import postgres_server
from tests.unit.stories.reports import SOURCE

ASKED = 60
OPENED = 3
LIMIT_MS, LIMIT_KB, LIMIT_PAINT_MS = 150, 100, 1000
CHANNELS = ("desk", "slack", "archive")
_ROWS_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What one request took, in milliseconds of the clock and of this process' CPU, and what came, in bytes as they were transferred."""

    ms: float
    cpu_ms: float
    size: int


def main() -> None:
    """Fills where nothing is, asks, opens and prints."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--items", type=int, default=1_000_000)
    options.add_argument("--events", type=int, default=300_000)
    options.add_argument("--archive", help="the address of a database to fill where it is empty, and to ask")
    options.add_argument("--postgresql", action="store_true")
    options.add_argument("--only", action="append", default=[])
    options.add_argument("--without-browser", action="store_true")
    chosen = options.parse_args()
    archive = MadeUpArchive(items=chosen.items, events=chosen.events)
    with ExitStack() as stack:
        database = open_database(_address(chosen.archive, stack, on_server=chosen.postgresql))
        stack.callback(database.close)
        schema.upgrade(database)
        if not is_filled(database):
            fill(database, archive)
        send_all(database, archive)
        port = stack.enter_context(served(database))
        pages = {
            name: paths
            for name, paths in addresses(archive).items()
            if not chosen.only or any(part in name for part in chosen.only)
        }
        ask_all(port, pages)
        if not chosen.without_browser:
            open_all(port, pages)


def _address(kept: str | None, stack: ExitStack, *, on_server: bool) -> str:
    if kept:
        return kept
    if on_server:
        server = stack.enter_context(postgres_server(fsync="on", synchronous_commit="on", full_page_writes="on"))
        return server.url(server.create())
    return f"sqlite:///{Path(stack.enter_context(tempfile.TemporaryDirectory())) / 'monitor.db'}"


def send_all(database: Database, archive: MadeUpArchive) -> None:
    """A message for every story, with its attempts, where there are none; one in a hundred was given up."""
    with database.read() as connection:
        if connection.execute(select(message.c.sequence).where(message.c.id == _message_id(0))).first() is not None:
            return
    started = time.perf_counter()
    numbers = range(archive.stories)
    with database.write() as connection:
        if database.is_shared:
            connection.execute(text("SET LOCAL statement_timeout = 0"))
        ensure_channels(connection, CHANNELS)
        _insert(connection, message, (_message(archive, number) for number in numbers))
        _insert(connection, attempt, (_attempt(archive, number) for number in numbers))
    print(f"messages filled in {time.perf_counter() - started:.0f} s", flush=True)


def _insert(connection: Connection, table: Table, rows: Iterator[Mapping[str, object]]) -> None:
    while part := list(itertools.islice(rows, _ROWS_AT_ONCE)):
        connection.execute(insert(table), part)


def _message(archive: MadeUpArchive, number: int) -> Mapping[str, object]:
    at, channel = _told_at(archive, number), CHANNELS[number % len(CHANNELS)]
    return {
        "id": _message_id(number),
        "dedup_key": f"alert:{archive.story_id(number)}:established:{channel}",
        "channel_id": channel,
        "kind": "alert",
        "content_type": "application/json",
        "body": b"{}" * 1_000,
        "created_at": at,
        "story_id": archive.story_id(number),
        "watches": ["everything"],
        "state": "dead" if number % 100 == 0 else "delivered",
        "next_attempt_at": at,
        "attempt": 1,
        "settled_at": at,
        "title": "What the story says in a line, as the first message told it",
    }


def _message_id(number: int) -> str:
    return f"msg_{key('message', number).hex()}"


def _attempt(archive: MadeUpArchive, number: int) -> Mapping[str, object]:
    failed = number % 100 == 0
    return {
        "message_id": _message_id(number),
        "attempt": 1,
        "at": _told_at(archive, number),
        "verdict": "gave_up" if failed else "delivered",
        "answer": "answered 400: no" if failed else "ok",
    }


def _told_at(archive: MadeUpArchive, number: int) -> dt.datetime:
    return NOW - SPAN * (1 - number / archive.stories)


@contextmanager
def served(database: Database) -> Iterator[int]:
    """The pages of this database while the block lasts, at a port, as the shipped configuration has them; its clock stands."""
    loaded = examine(find_config(starter_folder(), {}), overrides={}, environ={})
    sources = {
        feed_id(number): replace(SOURCE, id=feed_id(number), url=f"https://news.example/{number}")
        for number in range(FEEDS)
    }
    # Children start when somebody tries a text, which nobody does here.
    jobs = children_for(loaded)
    site = replace(Exhibition(loaded, database, jobs=lambda: jobs).site, feeds=sources, clock=lambda: NOW)
    app = create_app(
        vitals=Vitals(loop_age=float, database_trouble=lambda: None),
        hosts=(),
        pages=Pages(site=lambda: site, access=Access()),
    )
    with serving(app, host="127.0.0.1", port=0) as port:
        assert port is not None
        yield port
    asyncio.run(jobs.close())


def addresses(archive: MadeUpArchive) -> dict[str, Iterator[str]]:
    """Every page by a name, each with addresses without end, another at each time."""
    luck = random.Random(11)  # noqa: S311 - the same addresses in every run

    def many(make: Callable[[], str]) -> Iterator[str]:
        return (make() for _ in itertools.count())

    def pair() -> str:
        return relation_of(*luck.choice(archive.busy_pairs))

    def story() -> str:
        return archive.story_id(luck.randrange(archive.stories))

    def day() -> str:
        return (NOW.date() - dt.timedelta(days=luck.randrange(SPAN.days))).isoformat()

    def kind() -> str:
        return luck.choice(archive.types)

    def common() -> str:
        return luck.choice(archive.words[:50])

    def rare() -> str:
        return luck.choice(archive.words[2_000:])

    return {
        "now": many(lambda: "/"),
        "now, of a pair": many(lambda: f"/?between={pair().replace('-', ',')}"),
        "now, of a state": many(lambda: f"/?between={luck.choice(archive.states)}"),
        "now, of a type": many(lambda: f"/?kind={kind()}"),
        "now, critical, 30 days": many(lambda: "/?severity=critical&days=30"),
        "now, in Spanish, 7 days": many(lambda: "/?language=es&days=7"),
        "day": many(lambda: f"/days/{day()}"),
        "upcoming": many(lambda: "/upcoming"),
        "matrix": many(lambda: "/relations"),
        "relation": many(lambda: f"/relations/{pair()}"),
        "story": many(lambda: f"/stories/{story()}"),
        "search, a common word": many(lambda: f"/search?q={common()}"),
        "search, a rare word": many(lambda: f"/search?q={rare()}"),
        "search, two words": many(lambda: f"/search?q={common()}+{rare()}"),
        "feeds": many(lambda: "/feeds"),
        "feed": many(lambda: f"/feeds/{feed_id(luck.randrange(FEEDS))}"),
        "deliveries": many(lambda: "/deliveries"),
        "try it": many(lambda: "/try"),
        "api, stories": many(lambda: f"/api/stories?between={pair().replace('-', ',')}"),
        "feed for readers": many(lambda: f"/stories.atom?between={pair().replace('-', ',')}&severity=notable"),
    }


def ask_all(port: int, pages: Mapping[str, Iterator[str]]) -> None:
    """Asks each page so often, and prints how long it took; the first answer, which warms up what is kept, counts too."""
    print(f"\n{'the server':26} {'median':>8} {'p95':>8} {'longest':>8} {'CPU':>8} ms {'kB':>8}   load")
    for name, paths in pages.items():
        asked = [_ask(port, path) for path in itertools.islice(paths, ASKED)]
        highest = statistics.quantiles([one.ms for one in asked], n=20)[-1]
        kilobytes = max(one.size for one in asked) / 1000
        mark = " over" if highest > LIMIT_MS or kilobytes > LIMIT_KB else ""
        print(
            f"{name:26} {statistics.median(one.ms for one in asked):8.1f} {highest:8.1f} "
            f"{max(one.ms for one in asked):8.1f} {statistics.median(one.cpu_ms for one in asked):8.1f}    {kilobytes:8.1f}   {os.getloadavg()[0]:.1f}{mark}",
            flush=True,
        )


def _ask(port: int, path: str) -> Asked:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    started, cpu = time.perf_counter(), time.process_time()
    connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    size = len(answer.read())
    spent, used = (time.perf_counter() - started) * 1000, (time.process_time() - cpu) * 1000
    connection.close()
    if answer.status != HTTPStatus.OK:
        print(f"  {path} answered {answer.status}")
    return Asked(ms=spent, cpu_ms=used, size=size)


def open_all(port: int, pages: Mapping[str, Iterator[str]]) -> None:
    """Opens each page in the browser so often, and prints the worst that was seen."""
    print(f"\n{'the browser':26} {'painted':>8} ms {'moved':>8} {'kB':>8}   load")
    with chromium(find_chromium()) as browser:
        for name, paths in pages.items():
            if name.startswith(("api", "feed for")):
                continue
            seen = [_open(browser, port, path) for path in itertools.islice(paths, OPENED)]
            painted, moved, size = (max(column) for column in zip(*seen, strict=True))
            mark = " over" if painted > LIMIT_PAINT_MS or moved > 0 or size > LIMIT_KB * 1000 else ""
            print(
                f"{name:26} {painted:8.0f}    {moved:8.3f} {size / 1000:8.1f}   {os.getloadavg()[0]:.1f}{mark}",
                flush=True,
            )


def _open(browser: Any, port: int, path: str) -> tuple[float, float, int]:
    """Milliseconds until something stood there, how much of it moved, and bytes of the page and all that it loads."""
    with window(browser, f"http://127.0.0.1:{port}", viewport=DESKTOP) as look:
        look.visit(path)
        return look.first_paint_ms(), look.layout_shift(), look.transferred()


if __name__ == "__main__":
    main()
