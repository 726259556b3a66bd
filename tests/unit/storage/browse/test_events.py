"""Events come in pages, the latest read first, each of them once, and by the indexes alone."""

from itertools import product

import pytest
from sqlalchemy import select, text
from sqlalchemy.dialects import sqlite

from monitor.domain.browsing import Cursor, EventFilter
from monitor.domain.events import EventActor
from monitor.domain.stories import StoredEvent
from monitor.domain.taxonomy import Status
from monitor.storage import items, polls
from monitor.storage.browse import events as browsing
from monitor.storage.browse.events import list_events, types_read
from monitor.storage.engine import Database, open_database
from monitor.storage.events import insert_events
from monitor.storage.tables import event
from tests.unit.storage.examples import MINUTE, NOW, news, report, source

LATER = news("later", seen_at=NOW + MINUTE)
PAIRS = [("FJI", "TON"), ("TON", "FJI"), ("FJI", "WSM"), ("VUT", "FJI"), ("VUT", None)]
TYPES = ["ambassador.recalled", "embassy.closed"]


def stored() -> list[StoredEvent]:
    return [
        report(
            f"{source_code}-{target_code}-{kind}",
            item,
            type=kind,
            status=status,
            source=EventActor(code=source_code, name=source_code),
            target=EventActor(code=target_code, name=target_code) if target_code else None,
        )
        for (source_code, target_code), (kind, status, item) in product(
            PAIRS, [(TYPES[0], Status.REPORTED, news()), (TYPES[1], Status.PLANNED, LATER)]
        )
    ]


def wanted(one: StoredEvent, asked: EventFilter) -> bool:
    sides = {side.code for side in (one.event.source, one.event.target) if side}
    return (
        set(asked.sides) <= sides
        and (not asked.types or one.event.type in asked.types)
        and (not asked.statuses or one.event.status in asked.statuses)
        and (asked.since is None or one.item.seen_at >= asked.since)
        and (asked.until is None or one.item.seen_at < asked.until)
    )


@pytest.fixture
def archive(database: Database) -> Database:
    with database.write() as connection:
        polls.sync_feeds(connection, [source()], NOW)
        items.insert_items(connection, [news(), LATER])
        insert_events(connection, stored(), {})
    return database


FILTERS = [
    EventFilter(),
    EventFilter(sides=("FJI",)),
    EventFilter(sides=("FJI", "TON")),
    EventFilter(sides=("FJI", "TON"), types=frozenset({TYPES[1]})),
    EventFilter(types=frozenset(TYPES)),
    EventFilter(types=frozenset(TYPES), since=NOW + MINUTE),
    EventFilter(statuses=frozenset({Status.PLANNED})),
    EventFilter(sides=("VUT",), until=NOW + MINUTE),
    EventFilter(sides=("NRU",)),
]


@pytest.mark.parametrize("limit", [1, 3])
def test_given_any_filter_when_paged_through_then_each_that_fits_comes_once_in_order(
    archive: Database, limit: int
) -> None:
    with archive.read() as connection:
        for asked in FILTERS:
            found: list[StoredEvent] = []
            after: Cursor | None = None
            while not found or after is not None:
                page = list_events(connection, asked, limit=limit, after=after)
                found += [one.stored for one in page.rows]
                after = page.next
                if not page.rows:
                    break
            fitting = sorted((one for one in stored() if wanted(one, asked)), key=lambda one: one.id)
            assert found == sorted(fitting, key=lambda one: one.item.seen_at, reverse=True)


@pytest.mark.parametrize("after", [(), ("soon", "event"), (NOW.isoformat(), "event\0")])
def test_given_a_cursor_of_another_list_when_listed_then_it_is_refused(
    archive: Database, after: tuple[str, ...]
) -> None:
    with archive.read() as connection, pytest.raises(ValueError):  # noqa: PT011 - whatever was wrong with it
        list_events(connection, EventFilter(), limit=2, after=Cursor(after=after))


def test_given_any_filter_when_sqlite_plans_it_then_an_index_gives_the_order(sqlite_url: str) -> None:
    opened = open_database(sqlite_url)
    with opened.read() as connection:
        for walk in (walk for asked in FILTERS for walk in browsing._walks(asked)):
            for narrowed in map(browsing._narrowed, FILTERS, [None, Cursor(after=(NOW.isoformat(), "event"))] * 5):
                query = select(event.c.id).where(*walk, *narrowed).order_by(event.c.seen_at.desc(), event.c.id).limit(3)
                sql = str(query.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True}))
                plan = [row[3] for row in connection.execute(text(f"EXPLAIN QUERY PLAN {sql}"))]
                assert plan[0].startswith(("SEARCH event USING INDEX", "SCAN event USING INDEX"))
                # Only what was read at the same moment is sorted, by its id.
                assert [step for step in plan if "TEMP B-TREE" in step] == [
                    "USE TEMP B-TREE FOR RIGHT PART OF ORDER BY"
                ]
    opened.close()


def test_types_when_asked_for_by_family_then_those_that_were_read_are_given(archive: Database) -> None:
    with archive.read() as connection:
        assert types_read(connection, "embassy.closed") == types_read(connection, "embassy") == {"embassy.closed"}
        assert types_read(connection, "emb") == types_read(connection, "%") == frozenset()


def test_types_when_nothing_is_stored_then_there_are_none(database: Database) -> None:
    with database.read() as connection:
        assert types_read(connection, "embassy") == frozenset()
