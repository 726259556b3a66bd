"""`relmon digest`: what a digest would hold, for eyes and for programs, with nothing sent."""

import json
from pathlib import Path

import pytest

from monitor.domain.digests import DigestNote
from monitor.domain.stories import Stage
from monitor.domain.taxonomy import Status
from monitor.storage import digests, events, items, outbox, polls, stories
from monitor.storage.engine import open_database
from tests.databases import open_current
from tests.unit.cli.conftest import Relmon
from tests.unit.storage.examples import NOW, news, report, source, story

WATCH = '\n[[watch]]\nid = "morning"\nat_once = "never"\ndigest = ["07:30"]\nsend = ["console"]\n'


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A database in which one story waits for the digest of the watch "morning"."""
    address = f"sqlite:///{tmp_path / 'monitor.db'}"
    database = open_current(address)
    note = DigestNote(watch_id="morning", story_id="story-one", stage=Stage.FIRST, event_id="event-one", at=NOW)
    with database.write() as connection:
        polls.sync_feeds(connection, [source()], NOW)
        items.insert_items(connection, [news()])
        stories.save_stories(connection, [story("one", status=Status.REPORTED)])
        events.insert_events(connection, [report()], {"event-one": "story-one"}, {})
        digests.note(connection, [note])
    database.close()
    return address


@pytest.fixture
def folder(own: Path) -> Path:
    watches = own / "watches.toml"
    watches.write_text(watches.read_text() + WATCH)
    return own


def test_given_news_that_waits_when_looked_at_then_it_is_shown_and_still_waits(
    relmon: Relmon, folder: Path, url: str
) -> None:
    for _ in range(2):
        shown = relmon("digest", "morning", "--config", folder, "--database", url)
        assert shown.exit_code == 0
        assert "MAJOR The United States recalled an envoy from Venezuela" in shown.stdout
        assert "The next digest is sent at " in shown.stderr
    database = open_database(url)
    with database.read() as connection:
        assert outbox.messages(connection, limit=5) == ()
    database.close()


def test_given_a_time_before_the_news_when_looked_at_then_there_is_nothing_new(
    relmon: Relmon, folder: Path, url: str
) -> None:
    shown = relmon("digest", "morning", "--at", "2026-01-05T11:00Z", "--config", folder, "--database", url)
    assert "Nothing new." in shown.stdout


def test_given_programs_when_looked_at_then_it_is_json(relmon: Relmon, folder: Path, url: str) -> None:
    written = json.loads(relmon("digest", "morning", "--json", "--config", folder, "--database", url).stdout)
    assert [one["relation"] for one in written["new"]] == ["USA-VEN"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("mornin",), 'there is no watch "mornin"; did you mean "morning"?'),
        (("morning", "--channel", "slack"), "the watch sends to console."),
        (("morning", "--at", "dawn"), "--at"),
    ],
)
def test_given_a_wrong_question_when_asked_then_it_is_said_what_to_write(
    relmon: Relmon, folder: Path, url: str, arguments: tuple[str, ...], said: str
) -> None:
    asked = relmon("digest", *arguments, "--config", folder, "--database", url)
    assert (asked.exit_code, said in asked.stderr) == (2, True)


def test_given_a_watch_without_a_digest_when_looked_at_then_it_is_said_how_it_gets_one(
    relmon: Relmon, folder: Path, url: str
) -> None:
    asked = relmon("digest", "venezuela", "--config", folder, "--database", url)
    assert 'digest = ["07:30"]' in asked.stderr
