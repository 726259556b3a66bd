"""Several daemons at one PostgreSQL database: each feed is polled once, each message sent once, whoever comes and goes."""

import json
import os
import random
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.acceptance.installation import Installation, headlines, wait_until
from tests.integration.worker.servers import publisher, receiver
from tests.postgresql import postgres_server

pytestmark = pytest.mark.acceptance


@pytest.fixture
def installation(tmp_path: Path, bare_postgresql_url: str) -> Iterator[Installation]:
    with publisher() as wire, receiver() as desk:
        yield Installation(tmp_path, wire, desk, bare_postgresql_url)


def waiting(installation: Installation) -> int:
    """How many alerts stand in the outbox, as `relmon status` has it."""
    count: int = json.loads(installation.command("status", "--json").stdout)["alerts"]["pending"]
    return count


def test_given_daemons_with_one_duty_each_when_the_files_of_one_are_newer_then_the_other_rests_until_it_reloads(
    installation: Installation,
) -> None:
    with (installation.folder / "monitor.toml").open("a") as monitor:
        monitor.write("[reload]\nwatch_files = false\n")
    installation.wire.publish(*headlines(2))
    with installation.daemon("--only", "poll") as older:
        wait_until(lambda: waiting(installation) == 2)
        assert not installation.told()
        (installation.folder / "watches.toml").write_text(
            '[[watch]]\nid = "all"\nname = "All"\nmin_severity = "critical"\nsend = ["hook"]\n'
        )
        with installation.daemon("--only", "deliver"):
            wait_until(lambda: len(installation.told()) == 2)
            wait_until(lambda: '"out_of_step"' in installation.log.read_text())
            installation.wire.publish(*headlines(5))
            older.send_signal(signal.SIGHUP)
            # Nobody else polls.
            wait_until(lambda: len(installation.told()) == 5)
            status = json.loads(installation.command("status", "--json").stdout)
    assert len({one["configuration"] for one in status["daemons"]}) == 1
    assert set(installation.told().values()) == {1}


def test_given_daemons_that_share_their_files_when_these_are_edited_then_all_follow_and_nothing_is_told_twice(
    installation: Installation,
) -> None:
    wire = installation.wire
    wire.publish(*headlines(4))
    with installation.daemon(), installation.daemon():
        wait_until(lambda: len(installation.told()) == 4)
        wire.publish(*headlines(8), path="/other", prefix="other")
        with (installation.folder / "feeds.toml").open("a") as feeds:
            feeds.write(f'[[feed]]\nid = "other"\nurl = "{wire.url("/other")}"\nfirst_poll = "alert"\n')
        wait_until(lambda: installation.log.read_text().count('"configuration_reloaded"') == 2)
        wait_until(lambda: len(installation.told()) == 8)
        wire.publish(*headlines(6))
        wait_until(lambda: wire.requests[-1][0] == "/feed")
    assert set(installation.told().values()) == {1}
    assert "Traceback" not in installation.log.read_text()


def test_given_three_daemons_when_they_are_killed_and_the_server_crashes_and_restarts_under_load_then_nothing_is_lost(
    tmp_path: Path,
) -> None:
    moments, count = random.Random(11), 0  # noqa: S311 - when to kill is no secret
    with postgres_server(fsync="on", synchronous_commit="on", full_page_writes="on") as server, ExitStack() as stack:
        wire, desk = stack.enter_context(publisher()), stack.enter_context(receiver())
        installation = Installation(tmp_path, wire, desk, server.url(server.create()))
        daemons = [stack.enter_context(installation.daemon()) for _ in range(3)]
        for fails in (server.crash, server.restart):
            count += 8
            wire.publish(*headlines(count))
            time.sleep(moments.uniform(0.2, 2))
            place = moments.randrange(len(daemons))
            os.killpg(daemons[place].pid, signal.SIGKILL)
            fails()
            daemons[place] = stack.enter_context(installation.daemon())
        # What the dead had claimed is taken over once they are taken for dead.
        wait_until(lambda: len(installation.told()) == count, seconds=90)
        for daemon in daemons:
            daemon.terminate()
        assert [daemon.wait(15) for daemon in daemons] == [0, 0, 0]
    requests = desk.at("/hook")
    assert len({(one.id, one.body) for one in requests}) == count
    # One at a time is on its way to a destination: each kill, and each end of the server, leaves one with an outcome that nobody knows.
    assert len(requests) - count <= 4
    assert "Traceback" not in installation.log.read_text()


def test_given_sqlite_when_one_duty_is_asked_for_then_it_is_refused(tmp_path: Path) -> None:
    with publisher() as wire, receiver() as desk:
        installation = Installation(tmp_path, wire, desk)
        refused = installation.command("run", "--only", "poll")
    assert refused.returncode == 2
    assert "share a PostgreSQL database" in refused.stderr
