"""One shift relieves another: what has begun ends with what it began with, and what can't be done changes nothing."""

import asyncio
import sqlite3
import threading

import pytest
from sqlalchemy import event

from monitor.domain.errors import DatabaseUnavailable
from monitor.domain.feeds import FeedSource
from monitor.worker.service import Stopping
from monitor.worker.shift import Plan, Shift
from tests.integration.worker.conftest import ON_BOTH_DATABASES, WORKER, Newsroom, Staff
from tests.integration.worker.servers import Answer
from tests.integration.worker.test_dispatch import wait_until
from tests.integration.worker.test_service import at_work, hire, stored

HEADLINE = "Palau expels three Nauruan diplomats"


def relief(staff: Staff, *sources: FeedSource) -> Shift:
    """New people, who follow these feeds."""
    staff.appoint()
    plan = Plan(
        feeds={source.id: source for source in sources},
        channels=staff.channels,
        operator=tuple(staff.channels),
        concurrency=4,
        owner=WORKER,
    )
    return Shift(poller=staff.poller, dispatcher=staff.dispatcher, plan=plan)


@ON_BOTH_DATABASES
def test_given_a_send_on_its_way_when_relieved_then_it_ends_and_only_then_its_shift_is_let_go(
    newsroom: Newsroom,
) -> None:
    newsroom.publisher.publish(HEADLINE)
    newsroom.publisher.publish("A quiet day in Yaren", path="/other")
    newsroom.hook("/slow")
    answered = threading.Event()

    def wait(_: int) -> Answer:
        answered.wait(10)
        return 200, {}

    newsroom.receiver.answers["/slow"] = wait
    let_go = asyncio.Event()

    async def leave() -> None:
        let_go.set()

    async def scenario(staff: Staff) -> None:
        service = hire(staff, newsroom.source())
        async with at_work(service):
            await wait_until(lambda: stored(newsroom) == 1 and bool(newsroom.receiver.at("/slow")))
            await service.relieve(relief(staff, newsroom.source("/other")), reopened=(), let_go=leave)
            await wait_until(lambda: stored(newsroom) == 2)
            assert not let_go.is_set()
            answered.set()
            await asyncio.wait_for(let_go.wait(), 10)
            await wait_until(lambda: len(newsroom.receiver.at("/slow")) == 2)

    newsroom.play(scenario)
    requests = newsroom.receiver.at("/slow")
    assert len({one.id for one in requests}) == len(requests) == 2
    assert [HEADLINE.encode() in one.body for one in requests].count(True) == 1


def test_given_a_database_that_can_not_be_written_when_relieved_then_the_former_shift_goes_on(
    newsroom: Newsroom,
) -> None:
    newsroom.publisher.publish(HEADLINE)
    newsroom.publisher.publish("A quiet day in Yaren", path="/other")
    pragma = {"query_only": "ON"}
    left: list[str] = []

    def protect(connection: sqlite3.Connection, _: object) -> None:
        connection.execute(f"PRAGMA query_only = {pragma['query_only']}").close()

    async def leave() -> None:
        left.append("the former shift")

    async def scenario(staff: Staff) -> None:
        service = hire(staff, newsroom.source())
        event.listen(newsroom.database.engine, "connect", protect)
        newsroom.database.engine.dispose()
        with pytest.raises(DatabaseUnavailable):
            await service.relieve(relief(staff, newsroom.source("/other")), reopened=(), let_go=leave)
        pragma["query_only"] = "OFF"
        newsroom.database.engine.dispose()
        async with at_work(service):
            await wait_until(lambda: stored(newsroom) == 1)
        with pytest.raises(Stopping):
            await service.relieve(relief(staff, newsroom.source("/other")), reopened=(), let_go=leave)

    newsroom.play(scenario)
    assert {path for path, _ in newsroom.publisher.requests} == {"/feed"}
    assert left == []
