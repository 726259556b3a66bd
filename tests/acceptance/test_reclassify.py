"""`relmon reclassify --write` beside a running daemon, on both databases: each does its work, and nobody is told of old news."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.acceptance.installation import Installation, headlines, wait_until
from tests.integration.worker.servers import publisher, receiver

pytestmark = pytest.mark.acceptance

OVERS = [f"Nepal bowls out Bhutanese diplomats, match {number}" for number in range(60)]
PATTERN = (
    '[[pattern]]\nid = "cricket"\ntype = "diplomat.expelled"\nsay = ["{source} bowl out {target} @diplomat"]\n'
    'yes = ["Nepal bowled out Bhutanese diplomats -> NPL > BTN"]\n'
)


@pytest.fixture(params=["sqlite", "postgresql"])
def installation(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Installation]:
    database = request.getfixturevalue("postgresql_url") if request.param == "postgresql" else None
    with publisher() as wire, receiver() as desk:
        yield Installation(tmp_path, wire, desk, database)


def test_given_a_daemon_at_work_when_stored_items_are_read_again_then_news_is_told_meanwhile_and_old_news_is_not(
    installation: Installation,
) -> None:
    live = headlines(12)
    with installation.daemon() as daemon, ThreadPoolExecutor(1) as beside:
        installation.wire.publish(*OVERS, *live[:2])
        wait_until(lambda: len(installation.told()) == 2)
        (installation.folder / "patterns.d" / "en").mkdir(parents=True)
        (installation.folder / "patterns.d" / "en" / "cricket.toml").write_text(PATTERN)
        wait_until(lambda: bool(installation.events("configuration_reloaded")))
        reading = beside.submit(installation.command, "reclassify", "--write", "--json")
        told = 2
        while not reading.done() and told < len(live):
            told += 1
            installation.wire.publish(*OVERS, *live[:told])
            wait_until(lambda: len(installation.told()) == told)  # noqa: B023 - asked at once
        assert reading.result().returncode == 0, reading.result().stderr
        again = json.loads(installation.command("reclassify", "--json").stdout)
        daemon.terminate()
        assert daemon.wait(15) == 0
    (gained,) = json.loads(reading.result().stdout)["events"]
    assert (gained["kind"], gained["number"]) == ("gained", len(OVERS))
    assert again["events"] == []
    # Whatever was read anew stands without having been told; the live news was told once each.
    assert set(installation.told()) == set(live[:told])
    assert set(installation.told().values()) == {1}
    assert not installation.events("database_trouble")
    assert "Traceback" not in installation.log.read_text()
