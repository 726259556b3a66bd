"""`relmon search` finds what is stored, and says what to try where nothing is."""

import json
from contextlib import closing
from pathlib import Path

import pytest

from monitor.storage import events, items, polls, stories
from tests.databases import open_current
from tests.unit.cli.conftest import Relmon
from tests.unit.storage import examples


@pytest.fixture
def address(tmp_path: Path) -> str:
    """A database with a story on herons, and two items."""
    url = f"sqlite:///{tmp_path / 'monitor.db'}"
    told = examples.news("told", title="A heron lands\x1b[2J", summary="In the harbour of Strelsau.")
    story = examples.story("heron", headline="The heron of Ruritania")
    report = examples.report("one", told)
    with closing(open_current(url)) as database, database.write() as connection:
        polls.sync_feeds(connection, [examples.source()], examples.NOW)
        items.insert_items(connection, [told, examples.news("other", title="A bittern, not a heron")])
        stories.save_stories(connection, [story])
        events.insert_events(connection, [report], {report.id: story.id}, {})
    return url


def test_words_when_searched_then_stories_come_before_items(relmon: Relmon, address: str) -> None:
    done = relmon("search", "heron", "--database", address)
    assert done.exit_code == 0
    assert done.output.index("The heron of Ruritania") < done.output.index("A heron lands")
    assert "In the harbour of Strelsau." in done.output
    # What could repaint a terminal is gone.
    assert "\x1b" not in done.output


def test_words_when_searched_for_programs_then_each_line_is_an_object(relmon: Relmon, address: str) -> None:
    done = relmon("search", "--database", address, "--json", "--", "heron", "-bittern")
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(one["kind"], one.get("headline") or one["stories"]) for one in found] == [
        ("story", "The heron of Ruritania"),
        ("item", ["story-heron"]),
    ]


def test_words_when_nothing_has_them_then_the_exit_code_says_so(relmon: Relmon, address: str) -> None:
    done = relmon("search", '"heron of Strelsau"', "--database", address)
    assert done.exit_code == 1
    assert "Try fewer" in done.output


def test_words_to_leave_out_when_given_alone_then_a_sentence_asks_for_more(relmon: Relmon, address: str) -> None:
    done = relmon("search", "--database", address, "--", "-heron")
    assert done.exit_code == 2
    assert "Name a word to be found" in done.output
