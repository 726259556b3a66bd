"""What a large archive costs: how long polls, lists and pages take over a million items, and how much disk an item takes.

    python -m tests.benchmarks.large_archive --items 1000000 --events 300000                # SQLite
    python -m tests.benchmarks.large_archive --items 1000000 --events 300000 --postgresql   # a server of its own, fsync on
    python -m tests.benchmarks.large_archive --archive sqlite:////var/tmp/large.sqlite      # filled where it is empty, and kept

Filling takes minutes (made_up_archive.py), asking less: a kept archive can be asked again after a change, by any query, or by `relmon
--database`. Each question is asked fifty times, of another pair, story or feed each time, through the functions that the daemon and
the commands call; `--only` asks those whose name holds a word. Prints milliseconds (median, 95th percentile, longest), those of this
process's CPU, which other work on the machine changes less and which on SQLite is all there is but for waiting for the disk, and the
machine's load; judges nothing.
"""

import argparse
import datetime as dt
import itertools
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace

from sqlalchemy import Connection, text

from monitor.domain.browsing import EventFilter
from monitor.domain.feeds import FeedState
from monitor.domain.routing import Watch
from monitor.domain.stories import relation_of
from monitor.domain.taxonomy import Severity
from monitor.storage import events, items, polls, schema, stories
from monitor.storage.browse.events import list_events, types_read
from monitor.storage.database import Database
from monitor.storage.engine import open_database
from monitor.storage.overview import overview
from monitor.stories.index import REACHES_BACK
from monitor.worker.commit import commit_all
from monitor.worker.desk import Desk
from monitor.worker.digests import preview
from monitor.worker.polled import PolledFeed, ReadItem
from tests.benchmarks.made_up_archive import NOW, SPAN, MadeUpArchive, fill, is_filled
from tests.integration.worker.archive import Archive
from tests.postgresql import postgres_server
from tests.unit.stories.reports import EXPELLED, SOURCE, report
from tests.unit.stories.reports import item as news

ASKED = 50
EVERYTHING = Watch(
    id="all", name="Everything", between=(), channels=("desk",), min_severity=Severity.ROUTINE, digest=(dt.time(7),)
)


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
        for name, ask in questions(database, archive):
            if chosen.only in name:
                spent, busy = zip(*(timed(ask) for _ in range(ASKED)), strict=True)
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


def timed(ask: Callable[[], object]) -> tuple[float, float]:
    """Milliseconds of wall clock, and of this process's CPU."""
    started, busy = time.perf_counter(), time.process_time()
    ask()
    return (time.perf_counter() - started) * 1000, (time.process_time() - busy) * 1000


def questions(database: Database, filled: MadeUpArchive) -> Iterator[tuple[str, Callable[[], object]]]:
    """What is asked, by a name for the table."""
    archive = Archive(database, watches=[EVERYTHING])
    luck, desk = random.Random(11), replace(archive.desk(), taxonomy=filled.taxonomy)  # noqa: S311 - the same questions in every run

    def reading(ask: Callable[..., object]) -> Callable[[], object]:
        def once() -> object:
            with database.read() as connection:
                return ask(connection)

        return once

    def pair() -> str:
        return relation_of(*luck.choice(filled.busy_pairs))

    def state() -> str:
        return luck.choice(filled.states)

    def story_id() -> str:
        return filled.story_id(luck.randrange(filled.stories))

    def latest_events(
        sides: Callable[[], tuple[str, ...]] = tuple, kind: Callable[[], str] | None = None
    ) -> Callable[[], object]:
        def once(found: Connection) -> object:
            types = types_read(found, kind()) if kind else frozenset[str]()
            return list_events(found, EventFilter(sides=sides(), types=types), limit=50)

        return reading(once)

    month, first_number = NOW - dt.timedelta(days=30), time.time_ns()
    numbers = itertools.count(first_number)
    yield "poll: claim a feed", lambda: claim(database, 1)
    yield "poll: commit, nothing new", lambda: commit(filled, database, desk, [])
    yield "poll: commit, 3 items, 1 event", lambda: commit(filled, database, desk, list(itertools.islice(numbers, 3)))
    yield "events: latest 50", latest_events()
    yield "events: of a state", latest_events(lambda: (state(),))
    yield "events: of a state unheard of", latest_events(lambda: ("ZZZ",))
    yield "events: of a busy pair", latest_events(lambda: luck.choice(filled.busy_pairs))
    yield "events: of a pair", latest_events(lambda: luck.choice(filled.pairs))
    yield "events: of a frequent type", latest_events(kind=lambda: filled.types[0])
    yield "events: of a rare type", latest_events(kind=lambda: filled.types[-1])
    yield "events: of a family", latest_events(kind=lambda: "military")
    yield "events: of a rare type and a state", latest_events(lambda: (state(),), lambda: filled.types[-1])
    yield "events: of a frequent type and a state", latest_events(lambda: (state(),), lambda: filled.types[0])
    yield "stories: latest 30", reading(lambda found: stories.stories_between(found, limit=30))
    yield (
        "stories: of a busy pair",
        reading(lambda found: stories.stories_between(found, limit=30, relation_name=pair())),
    )
    yield "story with its life", reading(lambda found: life(found, story_id()))
    yield (
        "index of a busy pair, 30 days",
        reading(lambda found: stories.stories_of_pair(found, pair(), month - REACHES_BACK)),
    )
    yield "digest of everything", reading(lambda found: preview(found, desk, EVERYTHING, "desk", NOW))
    yield "status: counts", reading(overview)
    yield "feeds: all 2,000", reading(polls.feed_states)
    yield "items: latest 50", reading(lambda found: items.recent_items(found, limit=50))


def life(connection: Connection, story_id: str) -> object:
    """What `relmon stories show` reads."""
    (one,) = stories.stories_with_id(connection, story_id[:8])
    return events.events_of_story(connection, one.id)


def claim(database: Database, limit: int) -> Sequence[polls.PollClaim]:
    """A poll's first transaction."""
    with database.write() as connection:
        return polls.claim_due(
            connection, owner="benchmark", limit=limit, lease=dt.timedelta(minutes=5), due_by=NOW + SPAN
        )


def commit(filled: MadeUpArchive, database: Database, desk: Desk, numbers: Sequence[int]) -> object:
    """A whole poll's transactions: new entries by these numbers, the first of which tells an event."""
    (held,) = claim(database, 1)
    feed_id = held.state.feed_id
    fresh = [replace(news(at=NOW, outlet=feed_id, guid=f"new {number}"), feed_id=feed_id) for number in numbers]
    told = [
        report(EXPELLED, *filled.busy_pairs[number % len(filled.busy_pairs)], where=one)
        for number, one in zip(numbers, fresh, strict=True)
    ]
    polled = PolledFeed(
        claim=held,
        source=replace(SOURCE, id=feed_id, url=f"https://news.example/{feed_id}"),
        state=FeedState(feed_id=feed_id, next_poll_at=NOW + SPAN),
        fresh=tuple(
            ReadItem(item=one.item, events=(one.event,) if place == 0 else ()) for place, one in enumerate(told)
        ),
    )
    return commit_all(database, [polled], desk, NOW)


if __name__ == "__main__":
    main()
