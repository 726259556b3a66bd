"""`relmon feeds poll` polls some feeds now, or has the daemon do it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.storage import polls
from monitor.storage.engine import open_database
from monitor.storage.lock import daemon_lock
from tests.databases import open_current
from tests.integration.worker.servers import Publisher, publisher
from tests.unit.cli.conftest import Relmon
from tests.unit.storage import examples

ALLOW = ("--allow", "127.0.0.0/8")


@pytest.fixture
def wire() -> Iterator[Publisher]:
    with publisher() as one:
        one.publish("Fiji recalls its ambassador to Tonga", "A quiet day at the museum")
        yield one


@pytest.fixture
def two(own: Path, wire: Publisher) -> Path:
    (own / "feeds.toml").write_text(
        f'[[feed]]\nid = "wire"\nurl = "{wire.url()}"\nfirst_poll = "alert"\n'
        f'[[feed]]\nid = "other"\nurl = "{wire.url("/other")}"\n'
        f'[[feed]]\nid = "rest"\nurl = "{wire.url("/rest")}"\npaused = true\n',
        encoding="utf-8",
    )
    (own / "watches.toml").write_text(
        '[[watch]]\nid = "reef"\nbetween = ["FJI"]\nmin_severity = "routine"\nsend = ["console"]\n', encoding="utf-8"
    )
    return own


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'monitor.db'}"


def test_given_a_feed_when_polled_by_name_then_it_alone_is_read_and_its_alert_is_sent(
    relmon: Relmon, two: Path, wire: Publisher, url: str
) -> None:
    result = relmon("feeds", "poll", "wire", "--config", two, "--database", url, *ALLOW)
    assert result.exit_code == 0, result.output
    assert "wire: 2 entries: 2 new, 0 edited; 1 event, 1 message to send" in result.stdout
    assert "MAJOR: Fiji recalled an envoy from Tonga" in result.stdout
    assert [path for path, _ in wire.requests] == ["/feed"]
    database = open_database(url)
    with database.read() as connection:
        assert [state.feed_id for state in polls.feed_states(connection)] == ["other", "wire"]
    database.close()


def test_given_a_feed_that_fails_when_polled_by_name_then_the_exit_code_says_so(
    relmon: Relmon, two: Path, wire: Publisher, url: str
) -> None:
    wire.documents["/other"] = None
    result = relmon("feeds", "poll", "other", "--json", "--config", two, "--database", url, *ALLOW)
    (row,) = json.loads(result.stdout)
    assert (result.exit_code, row["outcome"], row["id"]) == (1, "failed", "other")
    assert "503" in row["error"]


def test_given_a_daemon_on_the_database_when_a_feed_is_polled_then_the_daemon_is_told_that_it_is_due(
    relmon: Relmon, two: Path, wire: Publisher, url: str, tmp_path: Path
) -> None:
    database = open_current(url)
    with database.write() as connection:
        polls.sync_feeds(connection, [examples.source("wire")], examples.NOW.replace(year=2999))
    with daemon_lock(tmp_path / "monitor.db"):
        result = relmon("feeds", "poll", "wire", "--config", two, "--database", url)
        unknown = relmon("feeds", "poll", "other", "--config", two, "--database", url)
    assert (result.exit_code, "polls wire within" in result.stdout) == (0, True)
    assert (unknown.exit_code, "does not know other yet" in unknown.stderr) == (1, True)
    assert wire.requests == []
    with database.read() as connection:
        due = polls.next_due_at(connection)
    database.close()
    assert due is not None
    assert due.year < 2999


def test_given_a_paused_feed_when_polled_by_name_then_it_is_said_how_to_wake_it(
    relmon: Relmon, two: Path, url: str
) -> None:
    result = relmon("feeds", "poll", "rest", "--config", two, "--database", url)
    assert (result.exit_code, "relmon feeds resume" in result.stderr) == (1, True)
