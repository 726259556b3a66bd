"""`relmon silence`: what is to be silent, for how long and why; listed, and ended before its time."""

import json
from pathlib import Path

import pytest

from monitor.domain.routing import Silence, SilenceReason
from monitor.storage import events, items, polls, silences, stories
from monitor.storage.engine import open_database
from tests.databases import open_current
from tests.unit.cli.conftest import Relmon
from tests.unit.storage.examples import NOW, news, report, source, story


@pytest.fixture
def url(tmp_path: Path) -> str:
    address = f"sqlite:///{tmp_path / 'monitor.db'}"
    database = open_current(address)
    with database.write() as connection:
        stories.save_stories(connection, [story("one"), story("other")])
    database.close()
    return address


def listed(relmon: Relmon, own: Path, url: str, *options: str) -> list[dict[str, object]]:
    result = relmon("silence", "list", *options, "--config", own, "--database", url, "--json")
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def add(relmon: Relmon, own: Path, url: str, *options: str) -> str:
    result = relmon("silence", "add", *options, "--config", own, "--database", url)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_given_a_relation_and_a_type_when_silenced_then_both_are_said_and_kept(
    relmon: Relmon, own: Path, url: str
) -> None:
    said = add(relmon, own, url, "--between", "usa,VEN", "--type", "meeting", "--for", "3d", "--reason", "By hand.")
    assert "what happens between the United States and Venezuela, the type meeting." in said
    (mute,) = listed(relmon, own, url)
    assert (mute["between"], mute["type"], mute["reason"]) == ([["USA"], ["VEN"]], "meeting", "By hand.")
    assert f"`relmon silence end {mute['id']}` ends it before." in said
    status = relmon("status", "--config", own, "--database", url).stdout
    assert f" by {mute['id']}: By hand." in status


def test_given_a_group_a_story_and_a_watch_when_silenced_then_each_is_listed_in_words(
    relmon: Relmon, own: Path, url: str
) -> None:
    add(relmon, own, url, "--between", "latin-america", "--for", "2h")
    add(relmon, own, url, "--story", "story-one", "--for", "9999-12-24")
    add(relmon, own, url, "--watch", "venezuela", "--for", "1d", "--reason", "holidays")
    lines = relmon("silence", "list", "--config", own, "--database", url).stdout.splitlines()
    assert "what happens between any of Argentina, Bolivia, Brazil and 18 others and anyone" in lines[0]
    assert "until 9999-12-24 00:00  the story story-on" in lines[1]
    assert lines[2].endswith("for the watch venezuela (holidays)")


def test_given_silenced_reports_when_listed_then_they_are_counted(relmon: Relmon, own: Path, url: str) -> None:
    add(relmon, own, url, "--watch", "venezuela", "--for", "1d")
    (mute,) = listed(relmon, own, url)
    kept = [
        Silence(event_id="event-one", watch_id=watch, reason=SilenceReason.SILENCED, detail=str(mute["id"]))
        for watch in ("venezuela", "usa-venezuela")
    ]
    database = open_database(url)
    with database.write() as connection:
        polls.sync_feeds(connection, [source()], NOW)
        items.insert_items(connection, [news()])
        events.insert_events(connection, [report()], {})
        silences.record(connection, kept, NOW)
    database.close()
    assert listed(relmon, own, url)[0]["silenced"] == 1
    assert "; 1 report silenced" in relmon("silence", "list", "--config", own, "--database", url).stdout


def test_given_a_silence_when_ended_then_it_is_over_and_stays_known(relmon: Relmon, own: Path, url: str) -> None:
    add(relmon, own, url, "--type", "missions", "--for", "3d")
    mute_id = str(listed(relmon, own, url)[0]["id"])
    ended = relmon("silence", "end", mute_id[:4], "--config", own, "--database", url)
    assert ended.stdout == "No longer silent: the type missions.\n"
    again = relmon("silence", "end", mute_id, "--config", own, "--database", url)
    assert again.stdout.startswith("It ended by itself, ")
    assert listed(relmon, own, url) == []
    assert [mute["id"] for mute in listed(relmon, own, url, "--all")] == [mute_id]
    none = relmon("silence", "list", "--config", own, "--database", url)
    assert (none.stdout, none.stderr) == ("", "Nothing is silenced.\n")


@pytest.mark.parametrize(
    ("options", "complaint", "code"),
    [
        (("--for", "3d"), "Name what is to be silent", 2),
        (("--type", "missons", "--for", "3d"), 'there is no type or family "missons"; did you mean "missions"?', 2),
        (("--watch", "venezula", "--for", "3d"), 'there is no watch "venezula"; did you mean "venezuela"?', 2),
        (("--between", "USX", "--for", "3d"), '"USX" is no known actor code', 2),
        (("--between", "USA,VEN", "--for", "soon"), "is no time; write it like", 2),
        (("--between", "USA,VEN", "--for", "2020-01-01"), "is past already", 2),
        (("--story", "none-such", "--for", "3d"), "none-such is the id of no story.", 1),
        (("--story", "story", "--for", "3d"), "story fits several stories; write more of it.", 1),
    ],
)
def test_given_a_mistake_when_silenced_then_it_is_named_and_nothing_is_silent(
    relmon: Relmon, own: Path, url: str, *, options: tuple[str, ...], complaint: str, code: int
) -> None:
    result = relmon("silence", "add", *options, "--config", own, "--database", url)
    assert (result.exit_code, complaint in result.stderr) == (code, True), result.stderr
    assert listed(relmon, own, url, "--all") == []


def test_given_an_unknown_id_when_ended_then_it_says_so(relmon: Relmon, own: Path, url: str) -> None:
    result = relmon("silence", "end", "beef", "--config", own, "--database", url)
    assert (result.exit_code, "beef is the id of no silence." in result.stderr) == (1, True)
