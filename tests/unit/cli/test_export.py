"""What is stored, as JSON lines and CSV: every column is documented, and no headline is a formula."""

import csv
import io
import json
import re
from contextlib import closing
from pathlib import Path

import pytest

from monitor.storage import events, items, polls, stories
from monitor.storage.engine import Database
from monitor.storage.export.columns import EVENT_COLUMNS, ITEM_COLUMNS, STORY_COLUMNS
from tests.databases import open_current
from tests.unit.cli.conftest import Relmon
from tests.unit.storage import examples

FORMULA = '=HYPERLINK("http://evil.example","Sylvania, resigns")'
MANY = 1100


def fill(database: Database) -> None:
    one, two = examples.news("one", title=FORMULA), examples.news("two", title="Ciudad\nañeja", link=None)
    with database.write() as connection:
        polls.sync_feeds(connection, [examples.source()], examples.NOW)
        items.insert_items(connection, [one, two, *(examples.news(f"more {n}") for n in range(MANY))])
        stories.save_stories(connection, [examples.story(), examples.story("two", source="FJI", relation="FJI-VEN")])
        reports = [examples.report("one", one), examples.report("two", two, source=None, target=None)]
        events.insert_events(connection, reports, {"event-one": "story-one"})


@pytest.fixture(params=["sqlite", "postgresql_url"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    found: str = (
        f"sqlite:///{tmp_path / 'monitor.db'}" if request.param == "sqlite" else request.getfixturevalue(request.param)
    )
    with closing(open_current(found)) as database:
        fill(database)
    return found


def test_given_many_items_when_exported_then_all_come_in_either_format_and_no_cell_is_a_formula(
    relmon: Relmon, own: Path, url: str
) -> None:
    lines = relmon("export", "items", "--config", own, "--database", url).stdout.splitlines()
    objects = {one["id"]: one for one in map(json.loads, lines)}
    written = relmon("export", "items", "--format", "csv", "--config", own, "--database", url).stdout_bytes.decode()
    rows = {row["id"]: row for row in csv.DictReader(io.StringIO(written, newline=""))}
    assert len(objects) == len(rows) == MANY + 2
    assert rows.keys() == objects.keys()
    formula, plain = examples.digest("one").hex(), examples.digest("two").hex()
    assert (objects[formula]["title"], rows[formula]["title"]) == (FORMULA, f"'{FORMULA}")
    assert (objects[plain]["title"], rows[plain]["title"]) == ("Ciudad\nañeja", "Ciudad\nañeja")
    assert (objects[plain]["link"], rows[plain]["link"], rows[plain]["sample"]) == (None, "", "false")


@pytest.mark.parametrize(
    ("what", "options", "count"),
    [
        ("events", [], 2),
        ("events", ["--between", "ven,usa"], 1),
        ("events", ["--between", "USA"], 1),
        ("events", ["--between", "FJI"], 0),
        ("events", ["--since", "2026-01-06"], 0),
        ("items", ["--between", "USA,VEN"], 1),
        ("items", ["--since", "2026-01-06"], 0),
        ("stories", [], 2),
        ("stories", ["--between", "FJI,VEN", "--since", "2026-01-05"], 1),
        ("stories", ["--between", "FJI,USA"], 0),
    ],
)
def test_given_a_choice_when_exported_then_only_what_fits_comes(
    relmon: Relmon, url: str, what: str, options: list[str], count: int
) -> None:
    result = relmon("export", what, "--database", url, *options)
    assert (result.exit_code, len(result.stdout.splitlines())) == (0, count)


def test_given_a_story_when_exported_as_csv_then_its_lists_are_cells(relmon: Relmon, own: Path, url: str) -> None:
    written = relmon("export", "stories", "--format", "csv", "--config", own, "--database", url).stdout
    rows = list(csv.DictReader(io.StringIO(written)))
    assert {row["publishers"] for row in rows} == {"evening star; the gazette"}


def test_given_sides_that_are_none_when_exported_then_the_command_line_is_wrong(relmon: Relmon, own: Path) -> None:
    for between in ("USA,VEN,FJI", "USA,"):
        result = relmon("export", "events", "--config", own, "--database", "sqlite://", "--between", between)
        assert (result.exit_code, "USA,VEN" in result.stderr) == (2, True)


def test_every_column_when_looked_up_is_documented() -> None:
    page = (Path(__file__).parents[3] / "docs" / "operating.md").read_text(encoding="utf-8")
    for what, columns in (("items", ITEM_COLUMNS), ("events", EVENT_COLUMNS), ("stories", STORY_COLUMNS)):
        table = page.split(f"\n| {what} | |\n")[1].split("\n\n")[0]
        cells = [line.split("|")[1] for line in table.splitlines()]
        assert sorted(re.findall(r"`(\w+)`", " ".join(cells))) == sorted(columns)
