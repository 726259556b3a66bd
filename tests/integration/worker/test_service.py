import asyncio
import datetime as dt
import json
import signal
import sqlite3
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from sqlalchemy import event
from structlog.testing import capture_logs

from monitor import metrics
from monitor.domain.feeds import FeedSource
from monitor.storage import items, outbox, overview, polls
from monitor.storage.outbox import MessageState
from monitor.storage.overview import FeedHealth
from monitor.storage.space import DiskSpace
from monitor.worker.service import Service, stop_on_signals
from monitor.worker.shift import Plan, Shift
from monitor.worker.takeover import take_over
from tests.integration.worker.conftest import ON_BOTH_DATABASES, WORKER, Newsroom, Staff, utc_now
from tests.integration.worker.test_dispatch import wait_until

HEADLINE = "Peru expels three Chilean diplomats"
QUIET = "A quiet day at the museum"


def hire(
    staff: Staff,
    *sources: FeedSource,
    concurrency: int = 4,
    told_after: dt.timedelta = dt.timedelta(minutes=1),
    measure_disk: Callable[[], DiskSpace] | None = None,
) -> Service:
    """A daemon that has taken the database over and announced itself."""
    database = staff.room.database
    staff.appoint()
    take_over(database, feeds=sources, channels=staff.channels, now=utc_now())
    plan = Plan(
        feeds={source.id: source for source in sources},
        channels=staff.channels,
        operator=tuple(staff.channels),
        concurrency=concurrency,
        owner=WORKER,
        trouble_pause=dt.timedelta(seconds=0.5),
        trouble_told_after=told_after,
    )
    shift = Shift(poller=staff.poller, dispatcher=staff.dispatcher, plan=plan)
    service = Service(database=database, shift=shift, clock=utc_now, measure_disk=measure_disk)
    service.announce()
    return service


@asynccontextmanager
async def at_work(service: Service) -> AsyncIterator[None]:
    """The daemon runs while the block lasts, and is stopped in order."""
    stop = asyncio.Event()
    running = asyncio.create_task(service.run(stop))
    try:
        yield
    finally:
        stop.set()
        await running


def delivered(newsroom: Newsroom) -> int:
    with newsroom.database.read() as connection:
        return outbox.counts(connection)[MessageState.DELIVERED]


def failing(newsroom: Newsroom) -> int:
    with newsroom.database.read() as connection:
        return overview.feeds_by_health(connection)[FeedHealth.FAILING]


def stored(newsroom: Newsroom) -> int:
    with newsroom.database.read() as connection:
        return len(items.recent_items(connection, limit=99))


@ON_BOTH_DATABASES
def test_given_a_due_feed_when_the_daemon_runs_then_its_alert_is_delivered_at_once_and_the_loop_is_alive(
    newsroom: Newsroom,
) -> None:
    newsroom.publisher.publish(HEADLINE)
    newsroom.hook("/ok")

    async def scenario(staff: Staff) -> None:
        service = hire(staff, newsroom.source())
        async with at_work(service):
            await wait_until(lambda: delivered(newsroom) == 2)
            assert service.loop_age() < 3

    newsroom.play(scenario)
    bodies = [one.body for one in newsroom.receiver.at("/ok")]
    assert sum(HEADLINE.encode() in body for body in bodies) == 1


@ON_BOTH_DATABASES
def test_given_a_daemon_that_starts_twice_when_it_announces_then_only_the_first_start_is_told(
    newsroom: Newsroom,
) -> None:
    newsroom.publisher.publish(QUIET)
    newsroom.hook("/ok")

    async def scenario(staff: Staff) -> None:
        async with at_work(hire(staff, newsroom.source())):
            await wait_until(lambda: delivered(newsroom) == 1)
        async with at_work(hire(staff, newsroom.source())):
            await wait_until(lambda: stored(newsroom) == 1)
            await asyncio.sleep(0.2)

    newsroom.play(scenario)
    (notice,) = newsroom.receiver.at("/ok")
    assert b"1 feed" in notice.body


@ON_BOTH_DATABASES
def test_given_a_paused_feed_when_the_daemon_runs_then_it_is_polled_once_the_pause_has_ended(
    newsroom: Newsroom,
) -> None:
    newsroom.publisher.publish(QUIET, path="/resting")
    newsroom.publisher.publish(QUIET, path="/wire")
    pause_ends = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=2)
    resting = replace(newsroom.source("/resting"), paused_until=pause_ends)

    async def scenario(staff: Staff) -> None:
        async with at_work(hire(staff, resting, newsroom.source("/wire"))):
            await wait_until(lambda: stored(newsroom) == 2)

    newsroom.play(scenario)
    with newsroom.database.read() as connection:
        polled_at = {state.feed_id: state.first_polled_at for state in polls.feed_states(connection)}
    assert polled_at["resting"] is not None
    assert polled_at["resting"] >= pause_ends


def test_given_an_idle_daemon_when_it_is_told_to_stop_then_it_ends_within_a_second(newsroom: Newsroom) -> None:
    newsroom.publisher.publish(QUIET)

    async def scenario(staff: Staff) -> None:
        async with at_work(hire(staff, newsroom.source())):
            await wait_until(lambda: stored(newsroom) == 1)
            started = time.monotonic()
        assert time.monotonic() - started < 1

    newsroom.play(scenario)


def test_given_more_due_feeds_than_places_when_one_is_done_then_the_next_need_not_wait_for_a_tick(
    newsroom: Newsroom,
) -> None:
    paths = [f"/wire-{number}" for number in range(8)]
    for path in paths:
        newsroom.publisher.publish(QUIET, path=path)

    async def scenario(staff: Staff) -> None:
        started = time.monotonic()
        async with at_work(hire(staff, *map(newsroom.source, paths), concurrency=1)):
            await wait_until(lambda: stored(newsroom) == len(paths))
        assert time.monotonic() - started < len(paths) - 1

    newsroom.play(scenario)


def test_given_a_full_disk_when_it_has_room_again_then_the_trouble_was_told_once_and_nothing_is_lost(
    newsroom: Newsroom,
) -> None:
    parts = [f"A quiet day at the museum, part {number}: " + "of many " * 100 for number in range(60)]
    newsroom.publisher.publish(*parts)
    newsroom.hook("/operator")
    pages = {"limit": 1}

    def limit_pages(connection: sqlite3.Connection, _: object) -> None:
        # Where the limit is below it, SQLite takes the present size: not one page more.
        connection.execute(f"PRAGMA max_page_count = {pages['limit']}").close()

    def set_limit(limit: int) -> None:
        pages["limit"] = limit
        newsroom.database.engine.dispose()

    async def scenario(staff: Staff) -> None:
        service = hire(staff, newsroom.source(), told_after=dt.timedelta(0))
        event.listen(newsroom.database.engine, "connect", limit_pages)
        await asyncio.to_thread(set_limit, 1)
        with capture_logs() as logs:
            async with at_work(service):
                await wait_until(lambda: len(newsroom.publisher.requests) >= 2)
                assert stored(newsroom) == 0
                await asyncio.to_thread(set_limit, 1_000_000)
                await wait_until(lambda: stored(newsroom) == len(parts))
        told = [line for line in logs if line["event"].startswith("database_") and line["log_level"] != "debug"]
        assert [line["event"] for line in told] == ["database_trouble", "database_recovered"]
        assert "disk is full" in str(told[0]["error"])

    newsroom.play(scenario)
    # Past the outbox, which could not be written to; the notice that all feeds are watched came through it.
    titles = [json.loads(one.body)["data"]["title"] for one in newsroom.receiver.at("/operator")]
    down, back = (title for title in titles if "database" in title)
    assert down.startswith("The database can't be used since")
    assert back == "The database can be used again"


@ON_BOTH_DATABASES
def test_given_the_gauges_when_the_daemon_runs_then_they_show_the_database(newsroom: Newsroom) -> None:
    newsroom.publisher.publish(QUIET)
    newsroom.publisher.documents["/down"] = None

    async def scenario(staff: Staff) -> None:
        service = hire(staff, newsroom.source(), newsroom.source("/down"))
        async with at_work(service):
            await wait_until(lambda: stored(newsroom) == 1 and failing(newsroom) == 1)
            await asyncio.to_thread(service.measure)

    newsroom.play(scenario)
    page = metrics.exposition().decode()
    assert 'relmon_feeds{health="failing"} 1.0' in page
    assert 'relmon_feeds{health="ok"} 1.0' in page


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_given_a_signal_when_it_comes_then_the_daemon_is_told_to_stop(number: signal.Signals) -> None:
    async def scenario() -> None:
        stop = asyncio.Event()
        stop_on_signals(stop)
        signal.raise_signal(number)
        await asyncio.wait_for(stop.wait(), 2)

    asyncio.run(scenario())
