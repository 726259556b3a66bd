import asyncio
import itertools
from datetime import timedelta

import pytest

from monitor.feeds.hosts import HostGate

pytestmark = pytest.mark.anyio


async def starts(gate: HostGate, urls: list[str], *, work: float = 0.0) -> list[float]:
    """When each request started, in seconds since the first."""
    clock = asyncio.get_running_loop()
    begun: list[float] = []

    async def one(url: str) -> None:
        async with gate.slot(url):
            begun.append(clock.time())
            await asyncio.sleep(work)

    await asyncio.gather(*(one(url) for url in urls))
    return [time - begun[0] for time in begun]


async def test_requests_to_one_host_when_they_come_at_once_then_they_start_apart() -> None:
    times = await starts(HostGate(timedelta(seconds=0.05), 5), ["http://a.example/1", "http://A.example:80/2"] * 2)
    gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert all(gap > 0.045 for gap in gaps)


async def test_requests_to_many_hosts_when_they_come_at_once_then_none_waits() -> None:
    urls = [f"http://{name}.example/" for name in "abcdefgh"] + [
        "https://a.example/",
        "http://a.example:8080/",
        "http://[",
    ]
    assert max(await starts(HostGate(timedelta(seconds=5), 1), urls)) < 0.5


async def test_requests_to_one_host_when_they_take_long_then_no_more_than_allowed_run_at_once() -> None:
    running, most = 0, 0
    gate = HostGate(timedelta(0), 2)

    async def one() -> None:
        nonlocal running, most
        async with gate.slot("http://a.example/"):
            running += 1
            most = max(most, running)
            await asyncio.sleep(0.01)
            running -= 1

    await asyncio.gather(*(one() for _ in range(9)))
    assert most == 2


async def test_a_request_when_it_fails_or_is_given_up_then_the_next_has_its_turn() -> None:
    gate = HostGate(timedelta(0), 1)
    with pytest.raises(RuntimeError, match="boom"):
        async with gate.slot("http://a.example/"):
            raise RuntimeError("boom")
    async with gate.slot("http://a.example/"):
        waiting = asyncio.create_task(starts(gate, ["http://a.example/"]))
        await asyncio.sleep(0)
        waiting.cancel()
    assert await asyncio.wait_for(starts(gate, ["http://a.example/"]), 1) == [0.0]


async def test_many_hosts_when_their_spacing_has_passed_then_nothing_is_left_behind() -> None:
    gate = HostGate(timedelta(seconds=0.02), 1)
    await starts(gate, [f"http://{number}.example/" for number in range(500)])
    await asyncio.sleep(0.1)
    assert gate._hosts == {}


async def test_a_crowded_host_when_asked_how_long_then_those_in_line_are_counted_and_other_hosts_are_free() -> None:
    gate = HostGate(timedelta(seconds=1), 2)
    assert gate.expected_wait("http://a.example/") == timedelta(0)
    line = [asyncio.create_task(hold(gate, "http://a.example/")) for _ in range(12)]
    await asyncio.sleep(0.01)
    # One holds its place, another waits for the door; ten are behind them, a second apart.
    assert timedelta(seconds=10) < gate.expected_wait("http://a.example/x") <= timedelta(seconds=11)
    assert gate.expected_wait("http://b.example/") == timedelta(0)
    for one in line:
        one.cancel()
    await asyncio.gather(*line, return_exceptions=True)


async def hold(gate: HostGate, url: str) -> None:
    async with gate.slot(url):
        await asyncio.sleep(600)


async def test_a_request_when_turns_are_booked_elsewhere_then_it_waits_as_long_as_it_is_told() -> None:
    booked: list[tuple[str, timedelta]] = []

    async def book(host: str, spacing: timedelta) -> timedelta:
        booked.append((host, spacing))
        return timedelta(seconds=0.05 * (len(booked) - 1))

    times = await starts(HostGate(timedelta(milliseconds=1), 2, book), ["http://a.example/1", "http://a.example/2"])
    assert booked == [("a.example:80", timedelta(milliseconds=1))] * 2
    assert times[1] > 0.045


async def test_a_request_when_hosts_need_no_spacing_then_nothing_is_booked() -> None:
    async def book(_host: str, _spacing: timedelta) -> timedelta:
        raise AssertionError("nobody is to be asked")

    assert len(await starts(HostGate(timedelta(0), 2, book), ["http://a.example/1"])) == 1
