"""Each host's turn: how many requests run against one host at once, and how far apart they start.

Comes between the poll that is due and fetch. The gate holds for one process; where several share the work, it asks
`Booking` for each turn, which the database keeps.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

_DEFAULT_PORTS = {"http": 80, "https": 443}
_EARLY = 0.001


Booking = Callable[[str, timedelta], Awaitable[timedelta]]
"""Books the next turn of a host and port among all processes, and says how long to wait for it."""


@dataclass(slots=True)
class _Turns:
    """One host's free places, the next time a request may start, and who still needs to know."""

    places: asyncio.Semaphore
    door: asyncio.Lock
    next_start: float = 0.0
    users: int = 0
    took: float = 0.0
    """Seconds for which the place given back last had been held."""


class HostGate:
    """Lets at most `concurrency` requests run against a host and port, started at least `spacing` apart."""

    def __init__(self, spacing: timedelta, concurrency: int, booking: Booking | None = None) -> None:
        self._booking = booking if spacing else None
        self._spacing = spacing.total_seconds()
        self._concurrency = concurrency
        self._hosts: dict[str, _Turns] = {}

    def keeps(self, spacing: timedelta, concurrency: int) -> bool:
        """Whether it keeps hosts apart in just this way."""
        return (self._spacing, self._concurrency) == (spacing.total_seconds(), concurrency)

    @asynccontextmanager
    async def slot(self, url: str) -> AsyncIterator[None]:
        """Waits for the turn of `url`'s host; the place is free again when the block ends."""
        clock = asyncio.get_running_loop()
        host = host_and_port(url)
        turns = self._hosts.setdefault(host, _Turns(asyncio.Semaphore(self._concurrency), asyncio.Lock()))
        turns.users += 1
        try:
            async with turns.places:
                # One after the other, and counted from when each really starts: a busy loop wakes some of them late.
                async with turns.door:
                    if (wait := turns.next_start - clock.time()) > 0:
                        await asyncio.sleep(wait)
                    if self._booking is not None:
                        booked = await self._booking(host, timedelta(seconds=self._spacing))
                        await asyncio.sleep(booked.total_seconds())
                    turns.next_start = clock.time() + self._spacing
                started = clock.time()
                yield
                turns.took = clock.time() - started
        finally:
            turns.users -= 1
            # A host without users is forgotten once its spacing has passed, so that many hosts leave nothing behind.
            if turns.next_start > clock.time():
                clock.call_at(turns.next_start, self._forget, host)
            else:
                self._forget(host)

    def expected_wait(self, url: str) -> timedelta:
        """How long `slot` would wait for this host, if those in line take as long as the last one did."""
        turns = self._hosts.get(host_and_port(url))
        if turns is None:
            return timedelta(0)
        pace = max(self._spacing, turns.took / self._concurrency)
        ahead = max(turns.users - self._concurrency, 0)
        spaced = max(turns.next_start - asyncio.get_running_loop().time(), 0.0)
        return timedelta(seconds=spaced + ahead * pace)

    def _forget(self, host: str) -> None:
        turns = self._hosts.get(host)
        # Timers may wake a little early.
        if turns and not turns.users and turns.next_start <= asyncio.get_running_loop().time() + _EARLY:
            del self._hosts[host]


def host_and_port(url: str) -> str:
    """For "https://example.org/feed" it is "example.org:443"; whatever can't be read shares one turn."""
    try:
        parts = urlsplit(url)
        return f"{parts.hostname}:{parts.port or _DEFAULT_PORTS.get(parts.scheme)}"
    except ValueError:
        return "?"
