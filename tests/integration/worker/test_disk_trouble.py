import asyncio
import datetime as dt
from functools import partial
from pathlib import Path

from monitor.domain.delivery import Notice
from monitor.storage.space import DiskSpace, space_at
from monitor.worker.disk_trouble import DiskTrouble
from monitor.worker.notices import tell_directly
from tests.integration.worker.conftest import Newsroom, Staff
from tests.integration.worker.test_dispatch import wait_until
from tests.integration.worker.test_service import at_work, hire

NOW = dt.datetime(2026, 1, 5, 12, tzinfo=dt.UTC)


def test_given_a_disk_that_fills_up_and_empties_when_looked_at_then_each_is_told_once_without_the_database(
    newsroom: Newsroom,
) -> None:
    newsroom.hook("/ok")

    async def scenario(staff: Staff) -> None:
        staff.appoint()
        shares = iter([50, 9, 8, 11, 9, 12, 9])
        trouble = DiskTrouble(
            lambda: DiskSpace(folder=Path("/var/lib/x"), free=next(shares) * 10**9, whole=100 * 10**9),
            partial(tell_directly, staff.channels, tuple(staff.channels)),
        )
        for minute in range(7):
            await trouble.look(NOW + dt.timedelta(minutes=minute))

    newsroom.play(scenario)
    bodies = [one.body.decode() for one in newsroom.receiver.at("/ok")]
    assert ["only 9%" in body or "room again" in body for body in bodies] == [True] * 3
    assert "relmon db prune" in bodies[0]
    assert "short since 2026-01-05 12:01 UTC" in bodies[1]


def test_given_a_notice_that_nobody_took_when_looked_again_then_it_is_told_again() -> None:
    answers, told = iter([False, True]), []

    async def tell(notice: Notice) -> bool:
        told.append(notice.title)
        return next(answers)

    async def scenario() -> None:
        trouble = DiskTrouble(lambda: DiskSpace(folder=Path("/"), free=1, whole=100), tell)
        for _ in range(3):
            await trouble.look(NOW)

    asyncio.run(scenario())
    assert len(told) == 2


def test_given_a_folder_that_is_gone_when_looked_at_then_nothing_is_told(tmp_path: Path) -> None:
    told: list[Notice] = []

    async def tell(notice: Notice) -> bool:
        told.append(notice)
        return True

    asyncio.run(DiskTrouble(partial(space_at, tmp_path / "gone"), tell).look(NOW))
    assert told == []
    assert 0 <= space_at(tmp_path).free_share <= 1


def test_given_a_short_disk_when_the_daemon_runs_then_the_operator_hears_of_it(newsroom: Newsroom) -> None:
    newsroom.publisher.publish("A quiet day at the museum")
    newsroom.hook("/ok")

    async def scenario(staff: Staff) -> None:
        service = hire(staff, newsroom.source(), measure_disk=lambda: DiskSpace(folder=Path("/"), free=1, whole=100))
        async with at_work(service):
            await wait_until(lambda: any(b"only 1%" in one.body for one in newsroom.receiver.at("/ok")))

    newsroom.play(scenario)
