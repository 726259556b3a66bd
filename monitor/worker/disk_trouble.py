"""Tells the operator that the disk fills up, while there is still time, and when there is room again (P24).

Past the outbox, since that is on the same disk; nothing is remembered of it but in this process. The service asks every
minute.
"""

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable

import structlog

from monitor.domain.delivery import Notice
from monitor.storage.space import DiskSpace

log = structlog.get_logger()

_ROOM_AGAIN = 0.12
"""A little more than what is scarce (storage.space.SCARCE), so that a log that is turned over doesn't make a message each time."""


class DiskTrouble:
    """Keeps in mind whether the operator knows. `measure` looks at the disk, `tell` says whether anybody took a notice."""

    def __init__(self, measure: Callable[[], DiskSpace], tell: Callable[[Notice], Awaitable[bool]]) -> None:
        self._measure = measure
        self._tell = tell
        self._told_at: dt.datetime | None = None

    async def look(self, now: dt.datetime) -> None:
        """Measures, and tells what is new. What nobody took is told again the next time."""
        try:
            space = await asyncio.to_thread(self._measure)
        except OSError as error:
            log.warning("disk_not_measured", error=str(error))
            return
        if self._told_at is None and space.is_scarce:
            log.warning("disk_fills_up", folder=str(space.folder), free=str(space))
            if await self._tell(_scarce(space, now)):
                self._told_at = now
        elif self._told_at is not None and space.free_share >= _ROOM_AGAIN:
            log.info("disk_has_room", folder=str(space.folder), free=str(space))
            await self._tell(_enough(space, self._told_at, now))
            self._told_at = None


def _scarce(space: DiskSpace, now: dt.datetime) -> Notice:
    return Notice(
        dedup_key=f"disk-scarce:{now.isoformat()}",
        title=f"The disk of the database has only {space.free_share:.0%} left",
        text=f"{space.folder}: {space}. Once it is full nothing can be stored: polls and sends wait then, and nothing is lost. "
        "Free some space, move the database to a larger disk, or keep less (`[retention]`, `relmon db prune`).",
        at=now,
    )


def _enough(space: DiskSpace, told_at: dt.datetime, now: dt.datetime) -> Notice:
    return Notice(
        dedup_key=f"disk-room:{now.isoformat()}",
        title="The disk of the database has room again",
        text=f"{space.folder}: {space}. It was short since {told_at:%Y-%m-%d %H:%M} UTC.",
        at=now,
    )
