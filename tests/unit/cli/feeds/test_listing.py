"""`relmon feeds list` shows what is configured, and with --failing what needs a look."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.domain.feeds import FeedState
from monitor.storage import polls
from tests.databases import open_current
from tests.unit.cli.conftest import Relmon
from tests.unit.storage import examples


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A database that knows three feeds: one is well, one failed once, one failed twice and is not configured any more."""
    url = f"sqlite:///{tmp_path / 'monitor.db'}"
    database = open_current(url)
    states = [
        FeedState(feed_id="wire", failures=1, last_error="answered 404 Not Found", last_ok_at=examples.NOW),
        FeedState(feed_id="gone", failures=2, last_error="is not a feed \x1b[31mbut a web page"),
        FeedState(feed_id="rest"),
    ]
    with database.write() as connection:
        polls.sync_feeds(connection, [examples.source(state.feed_id) for state in states], examples.NOW)
        claims = polls.claim_due(connection, owner="o", limit=3, lease=examples.MINUTE, due_by=examples.NOW)
        by_id = {claim.state.feed_id: claim for claim in claims}
        for state in states:
            polls.finish(connection, by_id[state.feed_id], replace(state, next_poll_at=examples.NOW))
    database.close()
    return url


def test_feeds_when_listed_show_pauses_and_no_password(relmon: Relmon, small: Path) -> None:
    lines = relmon("feeds", "list", "--config", small).stdout.splitlines()
    assert len(lines) == 2
    assert "paused" in lines[0]
    assert "https://me:***@rest.example/" in lines[0]
    assert "every 5m" in lines[1]


def test_given_failing_feeds_when_asked_for_then_each_is_told_with_its_reason_and_the_exit_code_says_so(
    relmon: Relmon, small: Path, url: str
) -> None:
    result = relmon("feeds", "list", "--failing", "--config", small, "--database", url)
    assert result.exit_code == 1
    assert "answered 404 Not Found" in result.stdout
    assert "https://wire.example/rss" in result.stdout
    assert "never well" in result.stdout
    assert "2 of 3 feeds failing" in result.stdout
    assert "\x1b" not in result.stdout
    rows = json.loads(relmon("feeds", "list", "--failing", "--config", small, "--database", url, "--json").stdout)
    assert [(row["id"], row["failures"]) for row in rows] == [("gone", 2), ("wire", 1)]


def test_given_no_database_yet_when_failing_feeds_are_asked_for_then_none_was_polled(
    relmon: Relmon, small: Path, tmp_path: Path
) -> None:
    result = relmon("feeds", "list", "--failing", "--config", small, "--database", f"sqlite:///{tmp_path / 'none.db'}")
    assert (result.exit_code, result.stdout) == (0, "No feed was polled yet.\n")
