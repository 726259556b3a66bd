"""The commands that look at the database, and the one that keeps its tables current."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import make_url

from monitor.domain.taxonomy import Status
from monitor.storage import events, items, outbox, polls, stories, workers
from monitor.storage.channels import break_channel
from monitor.storage.engine import open_database
from monitor.storage.lock import daemon_lock
from monitor.storage.workers import Presence
from tests.databases import open_current
from tests.unit.cli.conftest import Relmon
from tests.unit.storage import examples


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'monitor.db'}"


@pytest.fixture
def filled(url: str) -> str:
    """One feed that works and one that fails, two items with an event each, one story, one message, one dead channel."""
    database = open_current(url)
    one, two = examples.news("one"), examples.news("two", title="Sylvania \x1b[31mthreatens\x1b[0m to answer")
    with database.write() as connection:
        polls.sync_feeds(connection, [examples.source(), examples.source("herald")], examples.NOW)
        (claim,) = polls.claim_due(
            connection, owner="o", limit=1, lease=examples.MINUTE, due_by=examples.NOW, only=["herald"]
        )
        failed = {"failures": 1, "last_error": "answered 404 Not Found", "next_poll_at": examples.NOW}
        polls.finish(connection, claim, type(claim.state)(feed_id="herald", **failed))  # type: ignore[arg-type]  # mixed values
        items.insert_items(connection, [one, two])
        stories.save_stories(connection, [examples.story()])
        reports = [examples.report("one", one), examples.report("two", two, source=None, status=Status.POSSIBLE)]
        events.insert_events(connection, reports, {"event-one": "story-one"})
        outbox.enqueue(connection, [examples.message()])
        break_channel(connection, "desk", "answered 410: gone")
    database.close()
    return url


def test_given_stored_events_when_listed_then_each_is_a_line_with_time_status_sides_type_and_headline(
    relmon: Relmon, own: Path, filled: str
) -> None:
    result = relmon("events", "--config", own, "--database", filled)
    assert result.exit_code == 0
    lines = sorted(result.stdout.splitlines())
    assert len(lines) == 2
    assert "USA → VEN" in result.stdout
    assert "ambassador recalled" in lines[0]
    assert "possible  ? → VEN" in result.stdout
    assert "\x1b" not in result.stdout


@pytest.mark.parametrize(
    ("options", "count"),
    [(["--limit", "1"], 1), (["--actor", "USA"], 1), (["--type", "visit"], 0), (["--since", "2026-01-06"], 0)],
)
def test_given_a_choice_when_events_are_listed_as_json_then_only_what_fits_comes_one_object_a_line(
    relmon: Relmon, own: Path, filled: str, options: list[str], count: int
) -> None:
    result = relmon("events", "--config", own, "--database", filled, "--json", *options)
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert len(found) == count
    assert all(one["evidence"]["pattern"] == "recall-1" and one["item"]["feed"] == "gazette" for one in found)


def test_given_a_time_that_can_not_be_read_when_events_are_listed_then_the_command_line_is_wrong(
    relmon: Relmon, own: Path, filled: str
) -> None:
    result = relmon("events", "--config", own, "--database", filled, "--since", "last week")
    assert result.exit_code == 2
    assert "'last week' is neither a date" in result.stderr


def test_given_a_database_when_its_status_is_asked_then_counts_and_troubles_are_told(
    relmon: Relmon, own: Path, filled: str
) -> None:
    report = json.loads(relmon("status", "--config", own, "--database", filled, "--json").stdout)
    assert (report["items"], report["events"], report["stories"]) == (2, 2, 1)
    assert report["alerts"] == {"pending": 1, "sending": 0, "delivered": 0, "dead": 0, "dropped": 0}
    assert report["failing"] == [{"feed": "herald", "failures": 1, "since": None, "error": "answered 404 Not Found"}]
    assert report["channels"] == [{"channel": "desk", "paused_until": None, "broken": "answered 410: gone"}]
    text = relmon("status", "--config", own, "--database", filled).stdout
    # The channel that takes nothing any more is none of this configuration: nothing is lost by it.
    assert (report["verdict"], report["concerns"]) == ("mostly well", ["failing", "overdue"])
    assert text.startswith("Verdict    mostly well\n")
    assert "2 items, 2 events, 1 stories" in text
    assert "channel desk: answered 410: gone" in text
    assert "herald (once): answered 404 Not Found" in text


@pytest.mark.parametrize("command", ["events", "status"])
def test_given_a_database_without_tables_when_looked_at_then_it_is_said_and_nothing_is_made(
    relmon: Relmon, own: Path, url: str, command: str
) -> None:
    open_database(url).close()
    result = relmon(command, "--config", own, "--database", url)
    assert result.exit_code == 78
    assert "relmon db upgrade" in result.stderr


def test_given_a_channel_whose_secret_is_not_here_when_the_status_is_asked_then_it_is_not_needed(
    relmon: Relmon, own: Path, filled: str
) -> None:
    with (own / "channels.toml").open("a") as channels:
        channels.write('[[channel]]\nid = "chat"\nkind = "slack"\nurl = "env:NO_SUCH_VARIABLE"\n')
    assert relmon("check", "--config", own).exit_code == 1
    assert relmon("status", "--config", own, "--database", filled).exit_code == 0
    (own / "monitor.toml").write_text("[databse]\nurl = 'sqlite:///x.db'\n")
    assert relmon("status", "--config", own, "--database", filled).exit_code == 78


def test_given_no_tables_when_upgraded_twice_then_the_second_time_has_nothing_to_do(
    relmon: Relmon, own: Path, url: str
) -> None:
    first = relmon("db", "upgrade", "--config", own, "--database", url)
    second = relmon("db", "upgrade", "--config", own, "--database", url)
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert "nothing to do" not in first.stdout
    assert "nothing to do" in second.stdout


@pytest.mark.parametrize("command", [["run"], ["poll"], ["db", "upgrade"]])
def test_given_a_daemon_that_owns_the_database_when_another_wants_it_then_it_is_refused_with_a_sentence(
    relmon: Relmon, own: Path, tmp_path: Path, command: list[str]
) -> None:
    path = tmp_path / "monitor.db"
    with daemon_lock(path):
        result = relmon(*command, "--config", own, "--database", f"sqlite:///{path}")
    assert result.exit_code == 75
    assert "Stop it first" in result.stderr


@pytest.mark.parametrize("command", [["run", "--migrate"], ["poll"], ["db", "upgrade"], ["status"]])
def test_given_tables_of_another_program_when_a_command_meets_them_then_it_leaves_them_alone(
    relmon: Relmon, own: Path, tmp_path: Path, command: list[str]
) -> None:
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE recipe (name)").close()
    result = relmon(*command, "--config", own, "--database", f"sqlite:///{path}")
    assert result.exit_code == 78
    assert "another program" in result.stderr
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("recipe",)]


def test_given_an_address_that_can_not_be_allowed_when_polling_then_the_command_line_is_wrong(
    relmon: Relmon, own: Path, url: str
) -> None:
    result = relmon("poll", "--config", own, "--database", url, "--allow", "everything")
    assert result.exit_code == 2
    assert "everything" in result.stderr


def test_given_what_is_old_when_pruned_then_it_is_counted_first_and_goes_only_when_told_to(
    relmon: Relmon, own: Path, filled: str
) -> None:
    (own / "monitor.toml").write_text('[retention]\nevents = "31d"\nitems_without_events = "1d"\n')
    asked = relmon("db", "prune", "--config", own, "--database", filled, "--dry-run")
    assert "would go: 2 events" in asked.stdout
    assert len(relmon("events", "--config", own, "--database", filled, "--json").stdout.splitlines()) == 2
    done = relmon("db", "prune", "--config", own, "--database", filled)
    assert "2 events" in done.stdout
    assert "2 items without events" in done.stdout
    assert relmon("stories", "list", "--config", own, "--database", filled).stdout
    again = relmon("db", "prune", "--config", own, "--database", filled)
    assert again.stdout == "Nothing is old enough to go.\n"
    with closing(open_database(filled)) as database, database.write() as connection:
        stories.save_stories(connection, [examples.story("two")])
    merged = relmon("stories", "merge", "--config", own, "--database", filled, "story-two", "story-one")
    assert (merged.exit_code, "Neither has a report" in merged.stderr) == (2, True)


@pytest.mark.parametrize(("value", "sentence"), [("3d", "at least"), ("soon", 'nor "forever"')])
def test_given_a_time_that_can_not_be_kept_when_checked_then_it_is_said(
    relmon: Relmon, own: Path, value: str, sentence: str
) -> None:
    (own / "monitor.toml").write_text(f'[retention]\nevents = "{value}"\n')
    result = relmon("check", "--config", own)
    assert (result.exit_code, sentence in result.stdout + result.stderr) == (1, True), result.output


def test_given_daemons_that_share_postgresql_when_the_status_is_asked_then_they_are_named_and_the_password_is_not(
    relmon: Relmon, own: Path, postgresql_url: str
) -> None:
    database = open_database(postgresql_url)
    with database.write() as connection:
        for owner, mark, duty in (("north:1", "aaaaaaaaaaaa", "poll"), ("south:2", "bbbbbbbbbbbb", "deliver")):
            presence = Presence(
                owner=owner, duties=(duty,), configuration=mark, version="1", configured_at=examples.NOW
            )
            workers.show(connection, presence)
    database.close()
    url = make_url(postgresql_url).set(password="hunter2").render_as_string(hide_password=False)
    text = relmon("status", "--config", own, "--database", url).stdout
    assert "Daemon     north:1: poll, configuration aaaaaaaaaaaa" in text
    assert "Behind     north:1 follows configuration aaaaaaaaaaaa, south:2 a newer one" in text
    report = relmon("status", "--config", own, "--database", url, "--json").stdout
    assert [one["duties"] for one in json.loads(report)["daemons"]] == [["poll"], ["deliver"]]
    assert "hunter2" not in text + report
