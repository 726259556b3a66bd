"""`relmon stories` and `relmon feedback`: what an operator sees of stories, and how wrong ones are put right."""

import json
import tomllib
from collections.abc import Sequence
from pathlib import Path

import pytest

from monitor.domain.delivery import MessageKind
from monitor.domain.events import Evidence
from monitor.domain.stories import StoredEvent
from monitor.storage import events, items, outbox, polls, stories
from monitor.storage.engine import open_database
from monitor.storage.outbox import StoredMessage
from tests.databases import open_current
from tests.unit.cli.conftest import Relmon
from tests.unit.storage.examples import NOW, digest, message, news, report, source, story

HEADLINE = "Freedonia recalls its envoy"


def reported(name: str, outlet: str) -> StoredEvent:
    return report(name, item=news(name, key=digest(name), outlet=outlet))


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A story with two reports, told to the console; and another with one, told to nobody."""
    address = f"sqlite:///{tmp_path / 'monitor.db'}"
    database = open_current(address)
    said = [reported("a", "The Gazette"), reported("b", "Evening Star"), reported("c", "Coast FM")]
    with database.write() as connection:
        polls.sync_feeds(connection, [source()], NOW)
        items.insert_items(connection, [one.item for one in said])
        stories.save_stories(connection, [story("first"), story("other")])
        events.insert_events(
            connection, said, {"event-a": "story-first", "event-b": "story-first", "event-c": "story-other"}
        )
        outbox.enqueue(connection, [message("first", "console", story_id="story-first", title=HEADLINE)])
    database.close()
    return address


def messages(url: str) -> Sequence[StoredMessage]:
    database = open_database(url)
    with database.read() as connection:
        found = outbox.messages(connection)
    database.close()
    return found


def shown(relmon: Relmon, own: Path, url: str, story_id: str) -> dict[str, object]:
    result = relmon("stories", "show", story_id, "--config", own, "--database", url, "--json")
    assert result.exit_code == 0, result.output
    found: dict[str, object] = json.loads(result.stdout)
    return found


def test_given_stories_when_listed_then_each_is_a_line_and_a_pair_finds_its_own(
    relmon: Relmon, own: Path, url: str
) -> None:
    lines = relmon("stories", "list", "--config", own, "--database", url).stdout.splitlines()
    assert len(lines) == 2
    assert f"USA → VEN    ambassador recalled (planned), 2 publishers: {HEADLINE}" in lines[0]
    none = relmon("stories", "list", "--between", "chl, per", "--config", own, "--database", url)
    assert (none.stdout, none.stderr) == ("", "No stories are stored that fit.\n")


def test_given_a_told_story_when_taken_back_then_a_correction_waits_for_whoever_was_told(
    relmon: Relmon, own: Path, url: str
) -> None:
    result = relmon(
        "stories", "retract", "story-f", "--reason", "the envoy had retired", "--config", own, "--database", url
    )
    assert "a correction goes to 1 channel" in result.stdout
    (correction,) = [one.message for one in messages(url) if one.message.kind is MessageKind.SUMMARY]
    assert (correction.channel_id, correction.story_id) == ("console", "story-first")
    assert "is taken back" in correction.rendered.body.decode()
    assert "the envoy had retired" in correction.rendered.body.decode()
    assert shown(relmon, own, url, "story-first")["retracted_at"]
    other = relmon("stories", "retract", "story-o", "--config", own, "--database", url)
    assert "nobody was told of it" in other.stdout


def test_given_a_story_when_amended_then_it_says_so_and_those_who_were_told_read_what_holds(
    relmon: Relmon, own: Path, url: str
) -> None:
    arguments = ("--source", "chl", "--type", "ambassador.summoned", "--config", own, "--database", url)
    assert relmon("stories", "amend", "story-first", *arguments).exit_code == 0
    found = shown(relmon, own, url, "story-first")
    assert (found["relation"], found["type"], found["severity"]) == ("CHL-VEN", "ambassador.summoned", "notable")
    (correction,) = [one.message for one in messages(url) if one.message.kind is MessageKind.SUMMARY]
    body = correction.rendered.body.decode()
    assert "Corrected: Chile is to summon the envoy of Venezuela" in body
    assert "We had told you: The United States is to recall an envoy from Venezuela" in body
    assert "Severity: Notable, not Major" in body
    wrong = relmon("stories", "amend", "story-first", "--type", "tea", "--config", own, "--database", url)
    assert wrong.exit_code == 2


def test_given_two_stories_when_merged_and_split_again_then_reports_and_what_was_told_go_along(
    relmon: Relmon, own: Path, url: str
) -> None:
    assert relmon("stories", "merge", "story-first", "story-other", "--config", own, "--database", url).exit_code == 0
    merged = shown(relmon, own, url, "story-other")
    assert merged["publishers"] == ["coast fm", "evening star", "gazette"]
    assert shown(relmon, own, url, "story-first")["merged_into"] == "story-other"
    assert {one.message.story_id for one in messages(url)} == {"story-other"}
    split = relmon("stories", "split", "story-other", "event-b", "--config", own, "--database", url)
    assert split.exit_code == 0, split.output
    own_id = split.stdout.split()[0]
    assert shown(relmon, own, url, own_id)["publishers"] == ["evening star"]
    assert shown(relmon, own, url, "story-other")["publishers"] == ["coast fm", "gazette"]
    alone = relmon("stories", "split", own_id, "event-b", "--config", own, "--database", url)
    assert alone.exit_code == 2


def test_given_an_id_of_nothing_when_named_then_it_is_said_what_to_do(relmon: Relmon, own: Path, url: str) -> None:
    result = relmon("stories", "show", "story", "--config", own, "--database", url)
    assert result.exit_code == 1
    assert "story fits several stories" in result.stderr
    assert (
        "is the id of no report"
        in relmon("stories", "split", "story-first", "nothing", "--config", own, "--database", url).stderr
    )


def test_given_an_alert_when_called_wrong_then_its_text_is_exported_as_an_example(
    relmon: Relmon, own: Path, url: str
) -> None:
    (alert,) = messages(url)
    assert relmon("feedback", "export", "--config", own, "--database", url).stdout == ""
    for fault in ("noise", "wrong"):
        given = relmon("feedback", fault, alert.message.id[:14], "--note", "a film", "--config", own, "--database", url)
        assert given.stdout == f"Noted as {fault}: {HEADLINE}\n"
    exported = relmon("feedback", "export", "--config", own, "--database", url).stdout
    # The pattern of the example is none of the shipped ones, so there is no phrase to put beside it.
    assert tomllib.loads(exported) == {"language": "en"}
    assert '# "Freedonia recalls its envoy"' in exported
    unknown = relmon("feedback", "wrong", "msg_0000000000", "--config", own, "--database", url)
    assert unknown.exit_code == 1
    assert "is the reference of no alert" in unknown.stderr


def test_given_feedback_when_exported_then_it_is_a_pattern_file_that_fails_until_the_phrase_is_mended(
    relmon: Relmon, own: Path, tmp_path: Path
) -> None:
    read = {"wrong": "Peru expels Chilean diplomats in a film", "direction": "Norway expels Danish diplomats"}
    address = f"sqlite:///{tmp_path / 'told.db'}"
    database = open_current(address)
    with database.write() as connection:
        polls.sync_feeds(connection, [source()], NOW)
        for fault, said in read.items():
            evidence = Evidence(sentence=said, start=0, end=len(said), pattern="en/diplomat.expelled#1")
            one = report(fault, item=news(fault, key=digest(fault)), type="diplomat.expelled", evidence=evidence)
            items.insert_items(connection, [one.item])
            stories.save_stories(connection, [story(fault)])
            events.insert_events(connection, [one], {one.id: f"story-{fault}"})
            outbox.enqueue(connection, [message(fault, "console", story_id=f"story-{fault}", event_id=one.id)])
    database.close()
    for sent in messages(address):
        fault = sent.message.dedup_key.split(":")[1]
        given = relmon("feedback", fault, sent.message.id, "--note", fault, "--config", own, "--database", address)
        assert given.exit_code == 0
    exported = relmon("feedback", "export", "--config", own, "--database", address).stdout
    (entry,) = tomllib.loads(exported)["pattern"]
    assert (entry["type"], entry["no"]) == ("diplomat.expelled", [read["wrong"]])
    assert entry["yes"] == [f"{read['direction']} -> VEN > USA"]
    assert "# direction" in exported
    file = tmp_path / "mended.toml"
    file.write_text(exported)
    tried = relmon("patterns", "test", file, "--config", own, "--database", address)
    assert tried.exit_code == 1
    assert "must not read as diplomat.expelled, but does" in tried.output
