"""`relmon reclassify`: shown and not written, written and then the same, gone on with where it was stopped."""

import json
from pathlib import Path

import pytest

from monitor.storage import items, notes, polls
from monitor.storage.engine import open_database
from tests.databases import open_current
from tests.unit.cli.conftest import Relmon
from tests.unit.storage import examples

TOURS = '[[pattern]]\ntype = "visit"\nsay = ["{source} globetrot through {target}"]\n'
TITLES = (
    "Fiji's president globetrots through Tonga",
    "Malta's president globetrots through Ghana",
    "Rain falls on the hills",
)


@pytest.fixture
def mine(own: Path) -> Path:
    """A configuration with a pattern of its own, over a database that was read without it."""
    (own / "patterns.d" / "en").mkdir(parents=True, exist_ok=True)
    (own / "patterns.d" / "en" / "tours.toml").write_text(TOURS, encoding="utf-8")
    return own


@pytest.fixture
def url(tmp_path: Path) -> str:
    address = f"sqlite:///{tmp_path / 'monitor.db'}"
    database = open_current(address)
    stored = [examples.news(title, title=title, summary="") for title in TITLES]
    with database.write() as connection:
        polls.sync_feeds(connection, [examples.source()], examples.NOW)
        items.insert_items(connection, stored)
    database.close()
    return address


def test_given_a_new_pattern_when_shown_then_nothing_is_written_and_when_written_then_it_is_the_same_again(
    relmon: Relmon, mine: Path, url: str
) -> None:
    options = ("--config", mine, "--database", url)
    shown = relmon("reclassify", *options)
    assert (shown.exit_code, shown.stderr) == (0, "")
    lines = shown.stdout.splitlines()
    assert lines[0] == "+ visit: 2 gained"
    assert "    FJI visit TON (reported): Fiji's president globetrots through Tonga" in lines[1:3]
    assert lines[-3:] == [
        "3 items read. Events: 2 gained (+), 0 lost (-), 0 changed (~), 0 refined (=).",
        "Stories: 2 opened, 0 changed, 0 emptied.",
        "Nothing is written; `relmon reclassify --write` writes it.",
    ]
    assert relmon("events", *options).stdout == ""
    written = relmon("reclassify", "--write", *options)
    assert written.stdout.splitlines()[:-1] == lines[:-1]
    assert written.stdout.endswith("All of this is written.\n")
    assert len(relmon("events", *options).stdout.splitlines()) == 2
    again = relmon("reclassify", "--write", *options)
    assert (
        again.stdout.splitlines()[0] == "3 items read. Events: 0 gained (+), 0 lost (-), 0 changed (~), 0 refined (=)."
    )
    (mine / "patterns.d" / "en" / "tours.toml").unlink()
    undone = json.loads(relmon("reclassify", "--write", "--json", *options).stdout)
    assert undone["stories"] == {"opened": 0, "changed": 0, "emptied": 2}
    marks = [json.loads(line)["withdrawn_by"] for line in relmon("events", "--json", *options).stdout.splitlines()]
    assert marks == ["patterns", "patterns"]


def test_given_a_choice_of_feed_days_or_type_when_read_again_then_the_rest_stays(
    relmon: Relmon, mine: Path, url: str
) -> None:
    options = ("--config", mine, "--database", url, "--json")
    for choice, number in (
        (("--feed", "another"), 0),
        (("--from", "2026-01-05", "--to", "2026-01-05"), 3),
    ):
        assert json.loads(relmon("reclassify", *options, *choice).stdout)["items"] == number
    others = ("--type", "sanctions.imposed", "--to", "2026-01-05")
    assert json.loads(relmon("reclassify", *options, *others).stdout)["events"] == []
    (only,) = json.loads(relmon("reclassify", *options, "--type", "visit", "--examples", "1").stdout)["events"]
    assert (only["kind"], only["type"], only["number"], len(only["examples"])) == ("gained", "visit", 2, 1)
    wrong = relmon("reclassify", *options, "--type", "visitt")
    assert wrong.exit_code == 2
    assert "did you mean" in wrong.stderr.lower() or "visit" in wrong.stderr


def test_given_a_pattern_with_a_mistake_when_asked_then_it_is_told_and_nothing_begins(
    relmon: Relmon, mine: Path, url: str, tmp_path: Path
) -> None:
    (mine / "patterns.d" / "en" / "tours.toml").write_text('[[pattern]]\ntype = "nonsense"\nsay = []\n')
    result = relmon("reclassify", "--write", "--config", mine, "--database", url)
    assert result.exit_code == 78
    assert "tours.toml" in result.stderr
    assert relmon("reclassify", "--config", mine, "--database", f"sqlite:///{tmp_path / 'none.db'}").exit_code in {
        75,
        78,
    }


def test_given_progress_of_other_patterns_when_written_then_it_starts_over(
    relmon: Relmon, mine: Path, url: str
) -> None:
    database = open_database(url)
    left = {"scope": "other", "run": "r", "began_at": examples.NOW.isoformat(), "items": 2, "counts": {}}
    with database.write() as connection:
        notes.write(connection, "reclassify", json.dumps(left))
    result = relmon("reclassify", "--write", "--json", "--config", mine, "--database", url)
    assert (result.exit_code, json.loads(result.stdout)["items"]) == (0, 3)
    with database.read() as connection:
        assert notes.read(connection, "reclassify") is None
    database.close()
