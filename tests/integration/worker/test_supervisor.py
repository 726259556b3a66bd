import asyncio
import datetime as dt
import os
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from monitor.worker.supervisor import Supervisor

PID = 4711


@pytest.fixture
def ear(tmp_path: Path) -> Iterator[socket.socket]:
    with closing(listening(str(tmp_path / "notify"))) as line:
        yield line


def listening(address: str) -> socket.socket:
    line = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    line.bind(address)
    line.settimeout(5)
    return line


def heard(line: socket.socket) -> str:
    return line.recv(4096).decode()


def environment(line: socket.socket, **others: str) -> dict[str, str]:
    return {"NOTIFY_SOCKET": str(line.getsockname()), **others}


def test_given_a_supervisor_when_the_daemon_starts_reloads_and_stops_then_each_is_said(ear: socket.socket) -> None:
    supervisor = Supervisor.from_environment(environment(ear), PID)
    supervisor.ready("Watching 3 feeds\nERRNO=5")
    assert heard(ear) == "READY=1\nSTATUS=Watching 3 feeds ERRNO=5"
    supervisor.reloading()
    word, _, stamp = heard(ear).partition("\nMONOTONIC_USEC=")
    assert word == "RELOADING=1"
    assert stamp.isdigit()
    supervisor.stopping()
    assert heard(ear).splitlines()[0] == "STOPPING=1"


def test_given_an_abstract_socket_when_the_daemon_is_ready_then_the_word_arrives() -> None:
    name = f"relmon-test-{os.getpid()}"
    with closing(listening(f"\0{name}")) as line:
        Supervisor.from_environment({"NOTIFY_SOCKET": f"@{name}"}, PID).ready("Here")
        assert heard(line) == "READY=1\nSTATUS=Here"


def test_given_a_loop_that_turns_and_then_hangs_when_a_watchdog_waits_then_signs_of_life_come_and_cease(
    ear: socket.socket,
) -> None:
    supervisor = Supervisor.from_environment(environment(ear, WATCHDOG_USEC="30000", WATCHDOG_PID=str(PID)), PID)
    assert supervisor.watchdog == dt.timedelta(milliseconds=30)
    ages = iter([0.0, 0.0, 60.0, 60.0, 60.0])

    async def live() -> None:
        asked_in_vain = asyncio.Event()

        def loop_age() -> float:
            if (age := next(ages, None)) is None:
                asked_in_vain.set()
                return 60.0
            return age

        posting = asyncio.create_task(supervisor.keep_posted(loop_age))
        await asked_in_vain.wait()
        posting.cancel()

    asyncio.run(live())
    assert [heard(ear), heard(ear)] == ["WATCHDOG=1", "WATCHDOG=1"]
    ear.setblocking(False)
    with pytest.raises(BlockingIOError):
        heard(ear)


@pytest.mark.parametrize(
    "watchdog",
    [{}, {"WATCHDOG_USEC": "0"}, {"WATCHDOG_USEC": "soon"}, {"WATCHDOG_USEC": "30000", "WATCHDOG_PID": "1"}],
)
def test_given_no_watchdog_for_this_process_when_signs_of_life_are_due_then_none_is_given(
    ear: socket.socket, watchdog: dict[str, str]
) -> None:
    supervisor = Supervisor.from_environment(environment(ear, **watchdog), PID)
    asyncio.run(supervisor.keep_posted(lambda: 0.0))
    supervisor.ready("Here")
    assert heard(ear).startswith("READY=1")


@pytest.mark.parametrize("environ", [{}, {"NOTIFY_SOCKET": ""}, {"NOTIFY_SOCKET": "vsock:2:1234"}])
def test_given_nobody_who_waits_when_the_daemon_is_ready_then_nothing_is_said(environ: dict[str, str]) -> None:
    with capture_logs() as logs:
        Supervisor.from_environment(environ, PID).ready("Here")
    assert not logs


def test_given_a_supervisor_that_is_gone_when_the_daemon_is_ready_then_the_log_says_so(tmp_path: Path) -> None:
    with capture_logs() as logs:
        Supervisor(address=str(tmp_path / "gone")).ready("Here")
    (line,) = logs
    assert (line["event"], line["message"], line["error"]) == (
        "supervisor_not_told",
        "READY=1",
        "No such file or directory",
    )
