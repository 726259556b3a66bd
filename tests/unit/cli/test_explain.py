"""`relmon explain` finds what is meant by its words, and says so where it is nothing."""

import dataclasses
import json
from pathlib import Path

import pytest

from monitor.cli.explain.lookup import is_text
from monitor.domain.memory import FeedHabits
from monitor.domain.routing import Silence, SilenceReason
from monitor.domain.stories import Step
from monitor.feeds.identity import names_of_link
from monitor.storage import events, items, memory, outbox, polls, silences, stories
from tests.databases import open_current
from tests.unit.cli.conftest import Relmon
from tests.unit.storage.examples import NOW, message, news, report, source, story

# Both ids begin alike, as ids of two things may.
STORY, EVENT = "5a0e" + "1" * 28, "5a0e" + "2" * 28
MESSAGE = message(
    "first", "console", story_id=STORY, event_id=EVENT, title="An envoy recalled", watches=("usa-venezuela",)
)


@pytest.fixture
def url(tmp_path: Path) -> str:
    """An entry with a report, told to one watch of the starter configuration and not to another."""
    address = f"sqlite:///{tmp_path / 'monitor.db'}"
    database = open_current(address)
    item = news()
    told = dataclasses.replace(report(item=item), id=EVENT)
    below = Silence(event_id=EVENT, watch_id="venezuela", reason=SilenceReason.SEVERITY, detail="notable")
    with database.write() as connection:
        polls.sync_feeds(connection, [source()], NOW)
        items.insert_items(connection, [item])
        (name,) = names_of_link("gazette", "https://news.example/one", FeedHabits())
        memory.add_names(connection, {name: item.key})
        stories.save_stories(connection, [dataclasses.replace(story(), id=STORY)])
        events.insert_events(connection, [told], {EVENT: STORY}, {EVENT: Step.OPENED})
        outbox.enqueue(connection, [MESSAGE])
        silences.record(connection, [below], NOW)
    database.close()
    return address


def test_given_an_entry_when_explained_by_its_link_then_its_way_is_told_step_by_step(
    relmon: Relmon, own: Path, url: str
) -> None:
    result = relmon("explain", "https://news.example/one?utm_medium=mail", "--config", own, "--database", url)
    assert result.exit_code == 0, result.output
    for words in (
        "Entry      Freedonia recalls its envoy, take one",
        "in feed gazette",
        "the feed is no longer in the configuration",
        "Read       USA → VEN: ambassador recalled (reported, on 2026-01, confidence 75%)",
        "“[Freedonia recalls its envoy]”",
        "pattern recall-1",
        "this report opens it",
        "Told       usa-venezuela: console, msg_",
        "Not told   venezuela: below the watch's severity (notable)",
        "Unknown    usa-latin-america: it came later than this report",
    ):
        assert words in result.stdout
    alone = relmon("explain", "5a0e2", "--watch", "venezuela", "--config", own, "--database", url).stdout
    assert "Not told   venezuela" in alone
    assert "usa-latin-america" not in alone


def test_given_ids_when_explained_then_each_kind_is_found_and_what_fits_several_or_none_is_said(
    relmon: Relmon, own: Path, url: str
) -> None:
    told_of = relmon("explain", "5a0e1", "--config", own, "--database", url)
    assert told_of.stdout.startswith("Story      5a0e1111  USA → VEN: ambassador recalled (planned)")
    sent = json.loads(relmon("explain", MESSAGE.id[:14], "--config", own, "--database", url, "--json").stdout)
    assert (sent["about"], sent["state"], sent["tells_of"]["reports"][0]["step"]) == ("message", "pending", "opened")
    several = relmon("explain", "5a0e", "--config", own, "--database", url)
    assert several.exit_code == 1
    assert f"5a0e fits several: story {STORY}, event {EVENT}." in several.stderr
    none = relmon("explain", "beef00beef", "--config", own, "--database", url)
    assert none.exit_code == 1
    assert "is the id of nothing stored" in none.stderr
    wrong = relmon("explain", "5a0e1", "--watch", "nobody", "--config", own, "--database", url)
    assert wrong.exit_code == 2
    assert "usa-venezuela" in wrong.stderr


def test_given_a_text_that_is_not_stored_when_explained_then_it_is_played_through(
    relmon: Relmon, own: Path, url: str
) -> None:
    said = relmon("explain", "Peru", "expels", "Venezuelan", "diplomats", "--config", own, "--database", url)
    assert "not stored under these words" in said.stdout
    assert "Story      it would open one" in said.stdout
    assert "Tells      venezuela: console, as first" in said.stdout
    assert "Silent     usa-venezuela, usa-latin-america: the watch follows other actors" in said.stdout


def test_given_no_database_when_a_text_is_explained_then_it_is_read_all_the_same_and_an_id_is_not(
    relmon: Relmon, own: Path, tmp_path: Path
) -> None:
    missing = f"sqlite:///{tmp_path / 'none.db'}"
    said = relmon("explain", "Chilean singer condemned Peru", "--config", own, "--database", missing, "--json")
    (sentence,) = json.loads(said.stdout)["sentences"]
    assert sentence["nearly"][0]["lacks"] == "{source} as its subject"
    assert "There is no database" in said.stderr
    assert relmon("explain", "5a0e1", "--config", own, "--database", missing).exit_code == 75
    assert not (tmp_path / "none.db").exists()


def test_given_no_words_when_explained_then_it_is_said_what_is_missing(relmon: Relmon, own: Path) -> None:
    result = relmon("explain", " ", "--config", own)
    assert result.exit_code == 2
    assert "a link, an id, or a text" in result.stderr


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("decade", True),
        ("2026", True),
        ("Peru expels diplomats", True),
        ("5a0e12", False),
        ("msg_00", False),
        ("https://news.example/one", False),
    ],
)
def test_words_when_they_can_only_be_a_text_then_they_are_told_from_ids_and_links(words: str, text: bool) -> None:
    assert is_text(words) is text
