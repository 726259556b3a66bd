"""The dead man's switch against a real server, and what counts as doing the work."""

import asyncio
import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from monitor.outbound.client import HttpClient
from monitor.outbound.policy import AddressPolicy
from monitor.storage.outbox import MessageState
from monitor.storage.overview import FeedHealth
from monitor.storage.vitals import ChannelHealth, Vitals
from monitor.worker.heartbeat import Heartbeat, ailment
from monitor.worker.service import Service
from monitor.worker.shift import Duty
from tests.integration.worker.conftest import Newsroom, Staff
from tests.integration.worker.servers import Publisher, publisher
from tests.integration.worker.test_dispatch import wait_until
from tests.integration.worker.test_service import QUIET, at_work, hire, stored

WELL = Vitals(
    feeds=dict.fromkeys(FeedHealth, 1),
    overdue=0,
    longest_overdue=dt.timedelta(seconds=3),
    messages={MessageState.PENDING: 4, MessageState.SENDING: 0, MessageState.DEAD: 2},
    oldest_due=dt.timedelta(minutes=2),
    channels=dict.fromkeys(ChannelHealth, 1),
    size_bytes=1,
)
LATE_POLLS = replace(WELL, longest_overdue=dt.timedelta(minutes=11))
LATE_MESSAGES = replace(WELL, oldest_due=dt.timedelta(minutes=16))


@pytest.fixture
def switch() -> Iterator[Publisher]:
    with publisher() as server:
        server.pages["/ping"] = lambda: b"OK"
        yield server


def beats(switch: Publisher, *ails: str | None, allow: tuple[str, ...] = ("127.0.0.0/8",)) -> list[dict[str, object]]:
    """Beats once for each ailment, and returns what was logged."""

    async def scenario() -> None:
        async with HttpClient(AddressPolicy.parse(allow), "relation-monitor/test") as client:
            heart = Heartbeat(client, switch.url("/ping"), dt.timedelta(seconds=1))
            for ail in ails:
                await heart.beat(ail)

    with capture_logs() as logs:
        asyncio.run(scenario())
    return [dict(entry) for entry in logs]


def test_given_a_daemon_at_work_when_it_beats_then_the_address_is_called_and_the_log_says_so_once(
    switch: Publisher,
) -> None:
    logs = beats(switch, None, None, None)
    assert [path for path, _ in switch.requests] == ["/ping"] * 3
    assert [entry["event"] for entry in logs] == ["heartbeat_answered"]


def test_given_a_daemon_that_ails_when_it_beats_then_nobody_is_called_until_it_is_well_again(
    switch: Publisher,
) -> None:
    logs = beats(switch, "the disk is full", "the disk is full", None)
    assert len(switch.requests) == 1
    assert [entry["event"] for entry in logs] == ["heartbeat_withheld", "heartbeat_answered"]
    assert logs[0]["why"] == "the disk is full"


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda server: server.refusals.update({"/ping": (500, "")}), "it answered 500"),
        (lambda server: setattr(server, "port", 1), "connection refused"),
    ],
)
def test_given_a_switch_that_does_not_answer_when_called_then_it_is_told_without_the_address(
    switch: Publisher, spoil: Callable[[Publisher], object], said: str
) -> None:
    spoil(switch)
    (entry,) = beats(switch, None, None)
    assert entry["event"] == "heartbeat_failed"
    assert said in str(entry["why"])
    assert "/ping" not in str(entry)


def test_given_a_private_address_when_it_is_not_allowed_then_it_is_not_called(switch: Publisher) -> None:
    (entry,) = beats(switch, None, allow=())
    assert entry["event"] == "heartbeat_failed"
    assert switch.requests == []


@pytest.mark.parametrize(
    ("vitals", "duties", "nobody_reached", "said"),
    [
        (WELL, set(Duty), False, None),
        (LATE_POLLS, set(Duty), False, "nobody has polled it"),
        (LATE_POLLS, {Duty.DELIVER}, False, None),
        (LATE_MESSAGES, set(Duty), False, "can't be delivered"),
        (LATE_MESSAGES, {Duty.POLL}, False, None),
        (replace(WELL, oldest_due=None), {Duty.DELIVER}, False, None),
        (WELL, set(Duty), True, "the network is down"),
        (WELL, {Duty.DELIVER}, True, None),
    ],
)
def test_given_vitals_when_judged_then_each_duty_answers_for_its_own_work(
    vitals: Vitals, duties: set[Duty], nobody_reached: bool, said: str | None
) -> None:
    ails = ailment(vitals, duties=duties, nobody_reached=nobody_reached)
    assert ails is None if said is None else said in str(ails)


def test_given_a_daemon_at_work_when_asked_then_nothing_ails_it(newsroom: Newsroom) -> None:
    newsroom.publisher.publish(QUIET)

    async def scenario(staff: Staff) -> None:
        service: Service = hire(staff, newsroom.source())
        async with at_work(service):
            await wait_until(lambda: stored(newsroom) == 1)
            assert await service.ailment() is None

    newsroom.play(scenario)
