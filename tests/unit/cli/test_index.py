"""`relmon index`: the days of a pair, for eyes and for programs."""

import json
from pathlib import Path

import pytest

from monitor.domain.taxonomy import Status
from monitor.storage.stories import save_stories
from tests.databases import open_current
from tests.unit.cli.conftest import Relmon
from tests.unit.storage.examples import story


@pytest.fixture
def url(tmp_path: Path) -> str:
    address = f"sqlite:///{tmp_path / 'monitor.db'}"
    database = open_current(address)
    with database.write() as connection:
        save_stories(connection, [story("one", status=Status.REPORTED), story("two", relation="CHL-PER")])
    database.close()
    return address


def test_given_a_pair_when_asked_for_some_days_then_each_is_a_line(relmon: Relmon, own: Path, url: str) -> None:
    days = ("--from", "2026-01-04", "--to", "2026-01-06", "--config", own, "--database", url)
    lines = relmon("index", "ven, usa", *days).stdout.splitlines()
    assert [line.split()[:3] for line in lines] == [
        ["2026-01-04", "+0.0", "ordinary"],
        ["2026-01-05", "-15.8", "ordinary"],
        ["2026-01-06", "-14.5", "ordinary"],
    ]
    assert lines[1].endswith("ambassador recalled")
    written = [json.loads(line) for line in relmon("index", "USA,VEN", *days, "--json").stdout.splitlines()]
    assert written[1] == {"day": "2026-01-05", "index": -15.79, "band": "ordinary", "stories": ["story-one"]}


def test_given_a_wrong_question_when_asked_then_it_is_said_what_to_write(relmon: Relmon, own: Path, url: str) -> None:
    assert "write two codes" in relmon("index", "USA", "--config", own, "--database", url).stderr
    turned = relmon(
        "index", "USA,VEN", "--from", "2026-01-06", "--to", "2026-01-04", "--config", own, "--database", url
    )
    assert turned.exit_code == 2
    none = relmon("index", "FJI,TON", "--config", own, "--database", url)
    assert "No stories between FJI and TON" in none.stderr
