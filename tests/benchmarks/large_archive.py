"""What a large archive costs: how long polls, lists and pages take over a million items, and how much disk an item takes.

    python -m tests.benchmarks.large_archive --items 1000000 --events 300000                # SQLite
    python -m tests.benchmarks.large_archive --items 1000000 --events 300000 --postgresql   # a server of its own, fsync on

Rows are made up and inserted in bulk, 90 days of them, shaped as the daemon writes them: two further names for an item, four
reports to a story, half of all stories between the same twentieth of the pairs, one in fifty planned. Each question is asked
fifty times, of another pair, story or feed each time, through the functions that the daemon and the commands call. Prints
milliseconds (median, 95th percentile, longest) and the machine's load; judges nothing.
"""

import argparse
import datetime as dt
import hashlib
import itertools
import json
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import Connection, Table, insert, text

from monitor.domain.feeds import FeedState
from monitor.domain.routing import Watch
from monitor.domain.stories import relation_of
from monitor.domain.taxonomy import Severity
from monitor.storage import events, items, polls, schema, stories
from monitor.storage.database import Database
from monitor.storage.engine import open_database
from monitor.storage.overview import overview
from monitor.storage.tables import event, item, relation, seen_key, seen_name, story
from monitor.stories.index import REACHES_BACK
from monitor.worker.commit import commit_all
from monitor.worker.desk import Desk
from monitor.worker.digests import preview
from monitor.worker.polled import PolledFeed, ReadItem
from tests.integration.worker.archive import Archive
from tests.postgresql import postgres_server
from tests.unit.stories.reports import EXPELLED, KINDS, SOURCE, report
from tests.unit.stories.reports import item as news

NOW = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
SPAN = dt.timedelta(days=90)
FEEDS = 2_000
REPORTS_OF_A_STORY = 4
ASKED = 50
ROWS_AT_ONCE = 5_000
STATES = [f"{first}{second}X" for first in "ABCDEFGHIJ" for second in "KLMNOPQRST"]
PAIRS = list(itertools.combinations(STATES, 2))
BUSY = PAIRS[:: len(PAIRS) // 250]
EVERYTHING = Watch(
    id="all", name="Everything", between=(), channels=("desk",), min_severity=Severity.ROUTINE, digest=(dt.time(7),)
)
SUMMARY = "A sentence of a summary, as long as most are. " * 6

Row = Mapping[str, object]


def main() -> None:
    """Fills, asks and prints."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--items", type=int, default=1_000_000)
    options.add_argument("--events", type=int, default=300_000)
    options.add_argument("--postgresql", action="store_true")
    chosen = options.parse_args()
    with ExitStack() as stack:
        if chosen.postgresql:
            server = stack.enter_context(postgres_server(fsync="on", synchronous_commit="on", full_page_writes="on"))
            database = open_database(server.url(server.create()))
        else:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            database = open_database(f"sqlite:///{folder / 'monitor.db'}")
        stack.callback(database.close)
        schema.upgrade(database)
        fill(database, chosen.items, chosen.events)
        print(f"{size_of(database) / chosen.items:,.0f} bytes of disk for each item, with all that belongs to it")
        print(f"{'milliseconds':32} {'median':>8} {'p95':>8} {'longest':>8}   load")
        for name, ask in questions(Archive(database, watches=[EVERYTHING]), chosen.events):
            spent = [timed(ask) for _ in range(ASKED)]
            highest = statistics.quantiles(spent, n=20)[-1]
            load = os.getloadavg()[0]
            print(
                f"{name:32} {statistics.median(spent):8.1f} {highest:8.1f} {max(spent):8.1f}   {load:.1f}", flush=True
            )


def fill(database: Database, item_count: int, event_count: int) -> None:
    """Inserts everything, each table in one transaction, and has PostgreSQL look at what is there."""
    luck = random.Random(7)  # noqa: S311 - the same archive in every run
    sources = [replace(SOURCE, id=f"feed-{number}", url=f"https://news.example/{number}") for number in range(FEEDS)]
    with database.write() as connection:
        polls.sync_feeds(connection, sources, NOW)
    story_count = event_count // REPORTS_OF_A_STORY
    tables: tuple[tuple[Table, Iterator[Row]], ...] = (
        (relation, ({"name": relation_of(*pair)} for pair in PAIRS)),
        (seen_key, (key_row(number, item_count) for number in range(item_count))),
        (
            seen_name,
            ({"name": name("name", number), "key": name("item", number // 2)} for number in range(2 * item_count)),
        ),
        (item, (item_row(number, item_count) for number in range(item_count))),
        (story, (story_row(number, story_count, luck) for number in range(story_count))),
        (event, (event_row(number, event_count, item_count, luck) for number in range(event_count))),
    )
    for table, rows in tables:
        started = time.perf_counter()
        with database.write() as connection:
            (copy_in if database.is_shared else insert_in)(connection, table, rows)
        print(f"{table.name} filled in {time.perf_counter() - started:.0f} s", flush=True)
    if database.is_shared:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
    else:
        with database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def insert_in(connection: Connection, table: Table, rows: Iterator[Row]) -> None:
    """Into SQLite, which needs its indexes in memory for that: keys come in no order."""
    connection.exec_driver_sql("PRAGMA cache_size = -1000000")
    while part := list(itertools.islice(rows, ROWS_AT_ONCE)):
        connection.execute(insert(table), part)


def copy_in(connection: Connection, table: Table, rows: Iterator[Row]) -> None:
    """Into PostgreSQL."""
    first = next(rows)
    session = connection.connection.driver_connection
    assert isinstance(session, psycopg.Connection)
    columns = sql.SQL(", ").join(map(sql.Identifier, first))
    command = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table.name), columns)
    with session.cursor() as cursor, cursor.copy(command) as copy:
        for row in itertools.chain([first], rows):
            copy.write_row([json.dumps(value) if isinstance(value, list) else value for value in row.values()])


def size_of(database: Database) -> int:
    """Bytes of disk, without the write-ahead log."""
    with database.read() as connection:
        if database.path is not None:
            return database.path.stat().st_size
        return int(connection.scalar(text("SELECT pg_database_size(current_database())")) or 0)


def name(kind: str, number: int) -> bytes:
    """A key like the real ones: as good as random, so that no index is better off than in life."""
    return hashlib.blake2b(f"{kind} {number}".encode(), digest_size=16).digest()


def moment(number: int, count: int) -> dt.datetime:
    """Rows come in as time goes by."""
    return NOW - SPAN * (1 - number / count)


def key_row(number: int, count: int) -> Row:
    return {
        "key": name("item", number),
        "feed_id": f"feed-{number % FEEDS}",
        "digest": name("digest", number),
        "first_seen_at": moment(number, count),
    }


def item_row(number: int, count: int) -> Row:
    at = moment(number, count)
    return {
        "key": name("item", number),
        "feed_id": f"feed-{number % FEEDS}",
        "guid": f"https://news.example/{number % FEEDS}/?p={number}",
        "link": f"https://news.example/{number % FEEDS}/a-headline-in-an-address-{number}",
        "title": f"A headline of the usual length about two states, number {number}",
        "ending": None,
        "summary": SUMMARY[: 60 + number % 240],
        "outlet": f"Post {number % FEEDS}",
        "language": "en",
        "published_at": at - dt.timedelta(minutes=5),
        "seen_at": at,
        "sample": False,
    }


def story_row(number: int, count: int, luck: random.Random) -> Row:
    source, target = pair_of(number)
    opened_at = moment(number, count)
    is_planned = number % 50 == 0
    day = (opened_at + dt.timedelta(days=luck.randrange(1, 20))).date() if is_planned else opened_at.date()
    return {
        "id": name("story", number).hex(),
        "relation": relation_of(source, target),
        "type": luck.choice(list(KINDS)),
        "source": source,
        "target": target,
        "object": None,
        "status": "planned" if is_planned else "reported",
        "date_first": day,
        "date_last": day,
        "date_precision": "day",
        "severity": luck.choice(("routine", "routine", "notable", "critical")),
        "opened_at": opened_at,
        "last_report_at": opened_at + dt.timedelta(hours=6),
        "publishers": [f"Post {(number + one) % FEEDS}" for one in range(REPORTS_OF_A_STORY)],
        "headline": f"A headline of the usual length about two states, number {number}",
        "sample": False,
        "happened_at": opened_at,
        "reached": ["first"],
        "lately": [[f"Post {number % FEEDS}", opened_at.isoformat()]],
        "retracted_at": None,
        "merged_into": None,
        "type_severity": "notable",
        "adjustments": None,
        "official": False,
        "opposition": None,
    }


def event_row(number: int, count: int, item_count: int, luck: random.Random) -> Row:
    of_story = number // REPORTS_OF_A_STORY
    source, target = pair_of(of_story)
    sides = {"source": source, "target": target, "speaker": None}
    actor = {
        f"{side}_{column}": value
        for side, code in sides.items()
        for column, value in (
            ("code", code),
            ("name", code and f"The State of {code}"),
            ("role", None),
            ("part", code and "government"),
        )
    }
    return actor | {
        "id": name("event", number).hex(),
        "item_key": name("item", number * item_count // count),
        "story_id": name("story", of_story).hex(),
        "seen_at": moment(number, count),
        "type": luck.choice(list(KINDS)),
        "plover": "CONSULT",
        "object": None,
        "status": "reported",
        "date_first": moment(number, count).date(),
        "date_last": moment(number, count).date(),
        "date_precision": "day",
        "confidence": 0.9,
        "mention": False,
        "told": "verb",
        "evidence_sentence": f"A headline of the usual length about two states, number {number}",
        "evidence_start": 0,
        "evidence_end": 20,
        "evidence_pattern": "a.pattern/1",
        "step": "opened" if number % REPORTS_OF_A_STORY == 0 else "reported",
        "withdrawn_at": None,
    }


def pair_of(story_number: int) -> tuple[str, str]:
    """Half of the stories are of few pairs."""
    place = int.from_bytes(name("pair", story_number)[:4])
    return (BUSY if place % 2 else PAIRS)[place // 2 % len(BUSY if place % 2 else PAIRS)]


def timed(ask: Callable[[], object]) -> float:
    """Milliseconds of wall clock."""
    started = time.perf_counter()
    ask()
    return (time.perf_counter() - started) * 1000


def questions(archive: Archive, event_count: int) -> Iterator[tuple[str, Callable[[], object]]]:
    """What is asked, by a name for the table."""
    database, luck, desk = archive.database, random.Random(11), archive.desk()  # noqa: S311 - the same questions in every run

    def reading(ask: Callable[..., object]) -> Callable[[], object]:
        def once() -> object:
            with database.read() as connection:
                return ask(connection)

        return once

    def pair() -> str:
        return relation_of(*luck.choice(BUSY))

    def state() -> str:
        return luck.choice(STATES)

    def story_id() -> str:
        return name("story", luck.randrange(event_count // REPORTS_OF_A_STORY)).hex()

    month = NOW - dt.timedelta(days=30)
    numbers = itertools.count()
    yield "poll: claim a feed", lambda: claim(database, 1)
    yield "poll: commit, nothing new", lambda: commit(archive, desk, [])
    yield "poll: commit, 3 items, 1 event", lambda: commit(archive, desk, list(itertools.islice(numbers, 3)))
    yield "events: latest 50", reading(lambda found: events.recent_events(found, limit=50))
    yield "events: of a state", reading(lambda found: events.recent_events(found, limit=50, actor=state()))
    yield "events: of a state unheard of", reading(lambda found: events.recent_events(found, limit=50, actor="ZZZ"))
    yield "events: of a type never read", reading(lambda found: events.recent_events(found, limit=50, kind="none"))
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
    yield "status: feeds", reading(polls.feed_states)
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


def commit(archive: Archive, desk: Desk, numbers: Sequence[int]) -> object:
    """A whole poll's transactions: new entries by these numbers, the first of which tells an event."""
    (held,) = claim(archive.database, 1)
    feed_id = held.state.feed_id
    fresh = [replace(news(at=NOW, outlet=feed_id, guid=f"new {number}"), feed_id=feed_id) for number in numbers]
    told = [report(EXPELLED, *BUSY[number % len(BUSY)], where=one) for number, one in zip(numbers, fresh, strict=True)]
    polled = PolledFeed(
        claim=held,
        source=replace(SOURCE, id=feed_id, url=f"https://news.example/{feed_id}"),
        state=FeedState(feed_id=feed_id, next_poll_at=NOW + SPAN),
        fresh=tuple(
            ReadItem(item=one.item, events=(one.event,) if place == 0 else ()) for place, one in enumerate(told)
        ),
    )
    return commit_all(archive.database, [polled], desk, NOW)


if __name__ == "__main__":
    main()
