import asyncio
import datetime as dt
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from monitor import metrics
from monitor.domain.errors import ChildFailed, ChildNotStarted
from monitor.worker.pool import ChildPool

LIMIT = dt.timedelta(seconds=10)


def forty() -> int:
    return 40


def add(state: int, argument: int) -> int:
    return state + argument


def sleep(_: int, seconds: float) -> None:
    time.sleep(seconds)


def pid(_: int, __: None) -> int:
    return os.getpid()


def fail(_: int, text: str) -> None:
    raise ValueError(text)


def vanish(_: int, code: int) -> None:
    os._exit(code)


def signal_self(_: int, number: int) -> str:
    os.kill(os.getpid(), number)
    time.sleep(0.05)
    return "still here"


def open_descriptors(_: int, __: None) -> list[str]:
    found = []
    for link in Path("/proc/self/fd").iterdir():
        try:
            found.append(str(link.readlink()))
        except OSError:
            continue
    return found


def swallow(_: int, megabytes: int) -> int:
    return len(bytearray(megabytes * 1_000_000))


def length(_: int, content: bytes) -> int:
    return len(content + content)


def broken_prepare() -> int:
    raise RuntimeError("no state")


@asynccontextmanager
async def pool_of(children: int, prepare: Callable[[], int] = forty) -> AsyncIterator[ChildPool[int]]:
    pool = ChildPool(prepare, children=children)
    try:
        yield pool
    finally:
        await pool.close()


def _stat(process: int) -> list[str]:
    """The fields of /proc/PID/stat from the state on (proc(5)); the name before them may hold anything."""
    return Path(f"/proc/{process}/stat").read_text(errors="replace").rpartition(")")[2].split()


def alive(process: int) -> bool:
    """Whether the process runs; one that ended and waits to be reaped does not."""
    try:
        return _stat(process)[0] != "Z"
    except FileNotFoundError:
        return False


def wait_until(condition: Callable[[], bool], seconds: float = 10) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return False


def test_given_a_prepared_child_when_jobs_run_then_each_gets_the_state_and_its_answer() -> None:
    async def scenario() -> list[int]:
        async with pool_of(2) as pool:
            return await asyncio.gather(*(pool.run(add, number, limit=LIMIT) for number in range(5)))

    assert asyncio.run(scenario()) == [40, 41, 42, 43, 44]


def test_given_a_job_that_never_ends_when_its_limit_passes_then_its_child_is_killed_and_the_next_job_works() -> None:
    async def scenario() -> None:
        async with pool_of(1) as pool:
            first = await pool.run(pid, None, limit=LIMIT)
            started = time.monotonic()
            with pytest.raises(ChildFailed, match=r"no answer within 0\.2 s"):
                await pool.run(sleep, 600, limit=dt.timedelta(seconds=0.2))
            assert time.monotonic() - started < 3
            assert not alive(first)
            assert await pool.run(add, 2, limit=LIMIT) == 42
            assert await pool.run(pid, None, limit=LIMIT) != first

    asyncio.run(scenario())


def test_given_a_job_that_raises_or_dies_when_it_runs_then_child_failed_says_so_and_the_pool_goes_on() -> None:
    async def scenario() -> None:
        async with pool_of(1) as pool:
            with pytest.raises(ChildFailed, match="ValueError: odd document"):
                await pool.run(fail, "odd document", limit=LIMIT)
            with pytest.raises(ChildFailed, match="died"):
                await pool.run(vanish, 3, limit=LIMIT)
            assert await pool.run(add, 2, limit=LIMIT) == 42

    asyncio.run(scenario())


def test_given_a_job_that_wants_much_memory_when_it_runs_then_it_fails_or_its_child_goes_afterwards() -> None:
    async def scenario() -> None:
        async with pool_of(1) as pool:
            first = await pool.run(pid, None, limit=LIMIT)
            with pytest.raises(ChildFailed, match="MemoryError"):
                await pool.run(swallow, 500, limit=LIMIT)
            assert await pool.run(pid, None, limit=LIMIT) == first
            assert await pool.run(swallow, 20, limit=LIMIT) == 20_000_000
            assert await pool.run(length, b"x" * 10_000_000, limit=LIMIT) == 20_000_000
            assert await pool.run(pid, None, limit=LIMIT) != first
            assert not alive(first)

    asyncio.run(scenario())


def test_given_a_nursery_that_dies_when_the_next_child_is_needed_then_another_takes_its_place() -> None:
    async def scenario() -> None:
        async with pool_of(1) as pool:
            first = await pool.run(pid, None, limit=LIMIT)
            os.kill(int(_stat(first)[1]), signal.SIGKILL)
            with pytest.raises(ChildFailed, match="died"):
                await pool.run(vanish, 3, limit=LIMIT)
            assert await pool.run(add, 2, limit=LIMIT) == 42

    asyncio.run(scenario())


def test_given_an_idle_child_that_dies_when_a_job_comes_then_it_loses_nothing_and_is_counted() -> None:
    before = metrics.CHILDREN_KILLED._value.get()

    async def scenario() -> None:
        async with pool_of(1) as pool:
            first = await pool.run(pid, None, limit=LIMIT)
            os.kill(first, signal.SIGKILL)
            assert wait_until(lambda: not alive(first))
            assert await pool.run(add, 2, limit=LIMIT) == 42

    asyncio.run(scenario())
    assert metrics.CHILDREN_KILLED._value.get() == before + 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_given_a_signal_to_the_whole_group_when_a_child_gets_it_then_it_goes_on(number: int) -> None:
    async def scenario() -> str:
        async with pool_of(1) as pool:
            return await pool.run(signal_self, number, limit=LIMIT)

    assert asyncio.run(scenario()) == "still here"


def test_given_an_open_lock_file_when_a_child_starts_then_it_does_not_hold_its_descriptor() -> None:
    with Path(__file__).open("rb") as ours:
        os.set_inheritable(ours.fileno(), True)

        async def scenario() -> list[str]:
            async with pool_of(1) as pool:
                return await pool.run(open_descriptors, None, limit=LIMIT)

        held = asyncio.run(scenario())
    assert held
    assert str(Path(__file__).resolve()) not in held


def test_given_a_prepare_that_fails_when_a_job_comes_then_no_child_was_started_and_it_says_why() -> None:
    async def scenario() -> None:
        async with pool_of(1, broken_prepare) as pool:
            with pytest.raises(ChildNotStarted, match="no state"):
                await pool.run(add, 1, limit=LIMIT)

    asyncio.run(scenario())


def test_given_a_busy_child_when_the_pool_closes_then_it_ends_at_once() -> None:
    async def scenario() -> None:
        pool = ChildPool(forty, children=1)
        child = await pool.run(pid, None, limit=LIMIT)
        job = asyncio.create_task(pool.run(sleep, 600, limit=dt.timedelta(seconds=600)))
        await asyncio.sleep(0.1)
        started = time.monotonic()
        await pool.close()
        with pytest.raises(ChildFailed):
            await job
        assert time.monotonic() - started < 2
        assert not alive(child)

    asyncio.run(scenario())


_PARENT = """
import asyncio, datetime as dt, sys
from monitor.worker.pool import ChildPool
from tests.unit.worker.test_pool import forty, pid, sleep

async def main():
    pool = ChildPool(forty, children=2)
    limit = dt.timedelta(seconds=1)
    busy = asyncio.create_task(pool.run(sleep, 600, limit=limit))
    idle = await pool.run(pid, None, limit=dt.timedelta(seconds=30))
    print(idle, flush=True)
    await asyncio.sleep(600)

if __name__ == "__main__":
    asyncio.run(main())
"""


def descendants(process: int) -> set[int]:
    """All processes below this one, by walking /proc."""
    parents = {}
    for running in (int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()):
        try:
            parents[running] = int(_stat(running)[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
    found: set[int] = set()
    level = {process}
    while level:
        level = {child for child, parent in parents.items() if parent in level}
        found |= level
    return found


def test_given_a_parent_that_is_killed_when_its_pipes_close_then_idle_and_busy_children_end() -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    with subprocess.Popen([sys.executable, "-c", _PARENT], stdout=subprocess.PIPE, env=environment) as parent:
        assert parent.stdout is not None
        idle = int(parent.stdout.readline())
        below = descendants(parent.pid)
        assert idle in below
        parent.kill()
    assert wait_until(lambda: not any(alive(process) for process in below))
