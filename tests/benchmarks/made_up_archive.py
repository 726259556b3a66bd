"""Fills a database with a large archive that nobody has read: for large_archive.py, and for whoever measures a query of their own.

    python -m tests.benchmarks.large_archive --archive sqlite:////var/tmp/large.sqlite

Rows are shaped as the daemon writes them: two further names for an item, four reports to a story, half of all stories between the same
250 pairs, one in fifty planned, types from very common to rare (the two last of the taxonomy have none). Texts are drawn from 20,000
made-up words, the r-th of them about as frequent as 1/r, so that a search has common words, rare words and pairs of both. The same
counts make the same archive. Rows go in without indexes and foreign keys, which come back at the end, but for the index of words:
a million items take minutes.
"""

import datetime as dt
import hashlib
import itertools
import json
import random
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import Connection, Dialect, Index, Table, func, select, text

from monitor.domain.stories import relation_of
from monitor.domain.taxonomy import Taxonomy
from monitor.settings.documents import read_documents
from monitor.storage import polls
from monitor.storage.database import Database
from monitor.storage.tables import event, item, relation, seen_key, seen_name, story
from tests.unit.stories.reports import SOURCE

NOW = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
SPAN = dt.timedelta(days=90)
FEEDS = 2_000
REPORTS_OF_A_STORY = 4
_NEVER_READ = 2
_VOCABULARY = 20_000
_RUNNING_WORDS = 1_000_000
_SYLLABLES = [a + b for a in "bdfgklmnprstvz" for b in "aeiou"]

Row = Mapping[str, object]


@dataclass(frozen=True)
class MadeUpArchive:
    """An archive of so many items and events, row by row; whoever asks questions learns here what there is to ask for."""

    items: int
    events: int
    taxonomy: Taxonomy = field(default_factory=lambda: read_documents()[0].taxonomy)

    @property
    def stories(self) -> int:
        return self.events // REPORTS_OF_A_STORY

    @cached_property
    def states(self) -> list[str]:
        """The codes of states, without organisations and others that are no alpha-3 code."""
        codes = read_documents()[0].actor_codes
        return sorted(code for code in codes if len(code) == 3 and code.isalpha())

    @cached_property
    def pairs(self) -> list[tuple[str, str]]:
        return list(itertools.combinations(self.states, 2))

    @cached_property
    def busy_pairs(self) -> list[tuple[str, str]]:
        """Those of which half the stories are."""
        return self.pairs[:: len(self.pairs) // 250]

    @cached_property
    def types(self) -> list[str]:
        """The types that events have, the most frequent first."""
        return sorted(self.taxonomy.types, key=lambda name: key("type", name))[:-_NEVER_READ]

    @cached_property
    def words(self) -> list[str]:
        """The vocabulary, the most frequent word first."""
        luck = random.Random(5)  # noqa: S311 - the same archive in every run
        found: dict[str, None] = {}
        while len(found) < _VOCABULARY:
            found["".join(luck.choices(_SYLLABLES, k=luck.choice((1, 2, 2, 3, 3, 4))))] = None
        return list(found)

    def story_id(self, number: int) -> str:
        return key("story", number).hex()

    def rows(self) -> Iterator[tuple[Table, Iterator[Row]]]:
        """Each table with its rows, in an order that foreign keys allow."""
        yield relation, ({"name": relation_of(*pair)} for pair in self.pairs)
        yield seen_key, map(self._key_row, range(self.items))
        yield (
            seen_name,
            ({"name": key("name", number), "key": key("item", number // 2)} for number in range(2 * self.items)),
        )
        yield item, map(self._item_row, range(self.items))
        yield story, map(self._story_row, range(self.stories))
        yield event, map(self._event_row, range(self.stories * REPORTS_OF_A_STORY))

    @cached_property
    def _running_text(self) -> list[str]:
        luck = random.Random(7)  # noqa: S311 - the same archive in every run
        weights = list(itertools.accumulate(1 / rank for rank in range(1, _VOCABULARY + 1)))
        return luck.choices(self.words, cum_weights=weights, k=_RUNNING_WORDS)

    @cached_property
    def _types_in_turn(self) -> list[str]:
        luck = random.Random(9)  # noqa: S311 - the same archive in every run
        weights = list(itertools.accumulate(rank**-2 for rank in range(1, len(self.types) + 1)))
        return luck.choices(self.types, cum_weights=weights, k=max(1, self.stories))

    def _said(self, number: int, words: int) -> str:
        start = int.from_bytes(key("text", number)[:4]) % (_RUNNING_WORDS - words)
        return " ".join(self._running_text[start : start + words]).capitalize()

    def _title(self, number: int) -> str:
        return self._said(number, 8 + number % 6)

    def _moment(self, number: int, count: int) -> dt.datetime:
        """Rows come in as time goes by."""
        return NOW - SPAN * (1 - number / count)

    def _sides(self, story_number: int) -> tuple[str, str]:
        place = int.from_bytes(key("pair", story_number)[:4])
        among = self.busy_pairs if place % 2 else self.pairs
        return among[place // 2 % len(among)]

    def _item_of(self, event_number: int) -> int:
        return event_number * self.items // self.events

    def _key_row(self, number: int) -> Row:
        return {
            "key": key("item", number),
            "feed_id": feed_id(number),
            "digest": key("digest", number),
            "first_seen_at": self._moment(number, self.items),
        }

    def _item_row(self, number: int) -> Row:
        seen_at, title = self._moment(number, self.items), self._title(number)
        host = f"https://news.example/{number % FEEDS}"
        return {
            "key": key("item", number),
            "feed_id": feed_id(number),
            "guid": f"{host}/?p={number}",
            "link": f"{host}/{title.lower().replace(' ', '-')[:48]}-{number}",
            "title": title,
            "ending": None,
            "summary": self._said(-number, 10 + number % 36),
            "outlet": f"Post {number % FEEDS}",
            "language": "es" if number % 3 == 0 else "en",
            "published_at": seen_at - dt.timedelta(minutes=5),
            "seen_at": seen_at,
            "sample": False,
            "number": number + 1,
        }

    def _story_row(self, number: int) -> Row:
        source, target = self._sides(number)
        opened_at = self._moment(number, self.stories)
        is_planned = number % 50 == 0
        day = (opened_at + dt.timedelta(days=1 + number % 19)).date() if is_planned else opened_at.date()
        kind = self.taxonomy[self._types_in_turn[number]]
        return {
            "id": self.story_id(number),
            "relation": relation_of(source, target),
            "type": kind.id,
            "source": source,
            "target": target,
            "object": None,
            "status": "planned" if is_planned else "reported",
            "date_first": day,
            "date_last": day,
            "date_precision": "day",
            "severity": kind.severity.value,
            "opened_at": opened_at,
            "last_report_at": min(opened_at + dt.timedelta(hours=6), NOW),
            "publishers": [f"Post {(number + one) % FEEDS}" for one in range(REPORTS_OF_A_STORY)],
            "headline": self._title(self._item_of(number * REPORTS_OF_A_STORY)),
            "sample": False,
            "happened_at": opened_at,
            "reached": ["first"],
            "lately": [[f"Post {number % FEEDS}", opened_at.isoformat()]],
            "retracted_at": None,
            "merged_into": None,
            "type_severity": kind.severity.value,
            "adjustments": None,
            "official": False,
            "opposition": None,
            "number": number + 1,
        }

    def _event_row(self, number: int) -> Row:
        of_story, of_item = number // REPORTS_OF_A_STORY, self._item_of(number)
        source, target = self._sides(of_story)
        sides = {"source": source, "target": target, "speaker": None}
        actors = {
            f"{side}_{column}": value
            for side, code in sides.items()
            for column, value in (
                ("code", code),
                ("name", code and f"The State of {code}"),
                ("role", None),
                ("part", code and "government"),
            )
        }
        kind, seen_at = self.taxonomy[self._types_in_turn[of_story]], self._moment(of_item, self.items)
        return actors | {
            "id": key("event", number).hex(),
            "item_key": key("item", of_item),
            "story_id": self.story_id(of_story),
            "seen_at": seen_at,
            "type": kind.id,
            "plover": kind.plover,
            "object": None,
            "status": "planned" if of_story % 50 == 0 else "reported",
            "date_first": seen_at.date(),
            "date_last": seen_at.date(),
            "date_precision": "day",
            "confidence": 0.9,
            "mention": False,
            "told": "verb",
            "evidence_sentence": self._title(of_item),
            "evidence_start": 0,
            "evidence_end": 20,
            "evidence_pattern": "a.pattern/1",
            "step": "opened" if number % REPORTS_OF_A_STORY == 0 else "reported",
            "withdrawn_at": None,
        }


def key(kind: str, what: object) -> bytes:
    """A key like the real ones: as good as random, so that no index is better off than in life."""
    return hashlib.blake2b(f"{kind} {what}".encode(), digest_size=16).digest()


def feed_id(number: int) -> str:
    return f"feed-{number % FEEDS}"


def is_filled(database: Database) -> bool:
    with database.read() as connection:
        return connection.execute(text("SELECT 1 FROM seen_key LIMIT 1")).first() is not None


def fill(database: Database, archive: MadeUpArchive) -> None:
    """Inserts everything; the tables are there and empty. Says how long each step took."""
    sources = [replace(SOURCE, id=feed_id(number), url=f"https://news.example/{number}") for number in range(FEEDS)]
    with database.write() as connection:
        polls.sync_feeds(connection, sources, NOW)
    tables = [table for table, _ in archive.rows()]
    with database.write() as connection:
        for index in indexes_of(tables):
            index.drop(connection)
    (_fill_server if database.is_shared else _fill_file)(database, archive)
    with _told("indexes"), database.engine.connect() as connection:
        if database.is_shared:
            connection.execute(text("SET statement_timeout = 0"))
        for index in indexes_of(tables):
            index.create(connection)
        connection.commit()
    with _told("figures for the planner"), database.engine.connect() as connection:
        if database.is_shared:
            # As autovacuum does after an hour of such a load.
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("VACUUM ANALYZE"))
        else:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def indexes_of(tables: Sequence[Table]) -> list[Index]:
    """The indexes beside the primary keys, which can be made at the end."""
    return [index for table in tables for index in sorted(table.indexes, key=lambda index: str(index.name))]


def _fill_file(database: Database, archive: MadeUpArchive) -> None:
    """Into SQLite, through a connection without a journal: keys come in no order, so their tree has to fit into memory."""
    database.close()
    assert database.path is not None
    with closing(sqlite3.connect(database.path, isolation_level=None)) as connection:
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "foreign_keys = OFF", "cache_size = -2000000"):
            connection.execute(f"PRAGMA {pragma}")
        dialect = database.engine.dialect
        for table, rows in archive.rows():
            with _told(table.name):
                first = next(rows)
                written = _writers(table, first, dialect)
                marks = ", ".join("?" for _ in first)
                connection.execute("BEGIN")
                connection.executemany(
                    f"INSERT INTO {table.name} ({', '.join(first)}) VALUES ({marks})",  # noqa: S608 - our own names
                    (
                        [write(value) for write, value in zip(written, row.values(), strict=True)]
                        for row in itertools.chain([first], rows)
                    ),
                )
                connection.execute("COMMIT")
        connection.execute("PRAGMA journal_mode = WAL")


def _writers(table: Table, row: Row, dialect: Dialect) -> list[Callable[[Any], Any]]:
    """What SQLAlchemy does with a value of each column before SQLite gets it."""
    made = (table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in row)
    return [one or (lambda value: value) for one in made]


def _fill_server(database: Database, archive: MadeUpArchive) -> None:
    """Into PostgreSQL, by COPY, as a superuser: foreign keys are triggers there, and all triggers rest but those of the words."""
    for table, rows in archive.rows():
        with _told(table.name), database.write() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            with _words_in_bulk(connection, table) if "number" in table.c else nullcontext():
                _copy(connection, table, rows)


@contextmanager
def _words_in_bulk(connection: Connection, table: Table) -> Iterator[None]:
    """Has the words of the rows to come kept, and the index of them made when all are there."""
    trigger, index = f"{table.name}_text_change", f"ix_{table.name}_text_words"
    making = connection.execute(text("SELECT indexdef FROM pg_indexes WHERE indexname = :name"), {"name": index})
    make_index = making.scalar_one()
    connection.execute(text(f"DROP INDEX {index}"))
    connection.execute(text(f"ALTER TABLE {table.name} ENABLE ALWAYS TRIGGER {trigger}"))
    yield
    connection.execute(text(f"ALTER TABLE {table.name} ENABLE TRIGGER {trigger}"))
    connection.execute(text(make_index))
    count = select(func.count()).select_from(table).scalar_subquery()
    connection.execute(select(func.setval(f"{table.name}_number", count)))


def _copy(connection: Connection, table: Table, rows: Iterator[Row]) -> None:
    first = next(rows)
    session = connection.connection.driver_connection
    assert isinstance(session, psycopg.Connection)
    columns = sql.SQL(", ").join(map(sql.Identifier, first))
    command = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table.name), columns)
    with session.cursor() as cursor, cursor.copy(command) as copy:
        for row in itertools.chain([first], rows):
            copy.write_row([json.dumps(value) if isinstance(value, list) else value for value in row.values()])


@contextmanager
def _told(what: str) -> Iterator[None]:
    started = time.perf_counter()
    yield
    print(f"{what}: {time.perf_counter() - started:.0f} s", flush=True)
