"""A writing run over several pages: stopped and gone on with, and taken over by another."""

import asyncio
import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.storage import events, items, polls
from monitor.storage.engine import Database
from monitor.worker.calls import ClassifierSource
from monitor.worker.desk import Desk
from monitor.worker.jobs import Jobs
from monitor.worker.reclassify import Progress, Reclassification, Scope, Superseded, begin
from monitor.worker.rereading import Ledger, Reread
from tests.databases import open_current
from tests.integration.worker.conftest import utc_now
from tests.unit.storage import examples

QUIET = 1100
FIRST, LAST = "Fiji expels a diplomat of Tonga", "Malta expels a diplomat of Ghana"
SCOPE = Scope(mark="these patterns")


class StoppedError(Exception):
    """In place of a kill: the process does nothing more."""


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Items in which nothing was read; something stands in the first and the last of three pages."""
    sqlite = f"sqlite:///{tmp_path / 'monitor.db'}"
    opened = open_current(sqlite if request.param == "sqlite" else request.getfixturevalue("postgresql_url"))
    titles = [FIRST, *(f"Rain falls on hill {number}" for number in range(QUIET)), LAST]
    stored = [
        examples.news(title, title=title, summary="", seen_at=examples.NOW + dt.timedelta(seconds=place))
        for place, title in enumerate(titles)
    ]
    with opened.write() as connection:
        polls.sync_feeds(connection, [examples.source()], examples.NOW)
        items.insert_items(connection, stored)
    yield opened
    opened.close()


def write(database: Database, classifier: ClassifierSource, begun: Progress, *, stop_behind: int | None = None) -> int:
    """Writes, and returns how many items were read; stops behind so many pages."""
    pages: list[int] = []

    def hear(number: int, _: Reread, __: Ledger) -> None:
        if number and len(pages) == stop_behind:
            raise StoppedError
        pages.extend([number] if number else [])

    async def run() -> None:
        jobs = Jobs(classifier, children=2, parse_limit=dt.timedelta(seconds=5))
        desk = Desk(taxonomy=classifier.taxonomy, watches=(), channels={}, max_age=dt.timedelta(hours=48))
        made = Reclassification(
            database=database,
            jobs=jobs,
            desk=desk,
            feeds={},
            scope=SCOPE,
            children=2,
            clock=utc_now,
            hear=hear,
        )
        try:
            await made.write(begun, lambda: {"gained visit": sum(pages)})
        finally:
            await jobs.close()

    asyncio.run(run())
    return sum(pages)


def read(database: Database) -> list[str]:
    with database.read() as connection:
        return sorted(one.stored.item.title for one in events.recent_events(connection, limit=9))


def test_given_a_stopped_run_when_it_goes_on_then_each_item_is_read_and_the_stopped_one_writes_no_more(
    database: Database, classifier: ClassifierSource
) -> None:
    begun = begin(database, SCOPE, utc_now())
    with pytest.raises(StoppedError):
        write(database, classifier, begun, stop_behind=1)
    assert read(database) == [FIRST]
    again = begin(database, SCOPE, utc_now())
    assert (again.items, again.began_at, again.counts) == (500, begun.began_at, {"gained visit": 500})
    with pytest.raises(Superseded):
        write(database, classifier, begun)
    assert write(database, classifier, again) == QUIET + 2 - 500
    assert read(database) == [FIRST, LAST]
    assert begin(database, SCOPE, utc_now()).place is None
    assert begin(database, Scope(mark="other patterns"), utc_now()).items == 0
