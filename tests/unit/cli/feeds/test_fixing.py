"""`relmon feeds fix` proposes, and writes when it is asked to, without touching anything else in the files."""

import datetime as dt
import json
import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.domain.feeds import FeedState, FetchFailure
from monitor.storage import polls
from tests.databases import open_current
from tests.integration.worker.servers import publisher
from tests.unit.cli.conftest import Relmon
from tests.unit.storage import examples

LONG_AGO = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
FEEDS = """# Mine.
[[feed]]
id = "wire"
url = "https://wire.example/rss"  # since 2020

[[feed]]
id = "gone"
url = "https://gone.example/rss"

# ---- and these
[[feed]]
id = "twin"
url = "http://wire.example/rss/"
"""
Remember = Callable[..., str]


@pytest.fixture
def remember(own: Path, tmp_path: Path) -> Remember:
    """Writes the configuration of three feeds, and a database that remembers these states of theirs."""

    def run(*states: FeedState, feeds: str = FEEDS) -> str:
        (own / "feeds.toml").write_text(feeds, encoding="utf-8")
        url = f"sqlite:///{tmp_path / 'monitor.db'}"
        database = open_current(url)
        by_id = {state.feed_id: state for state in states}
        with database.write() as connection:
            polls.sync_feeds(connection, [examples.source(name) for name in by_id], examples.NOW)
            for claim in polls.claim_due(connection, owner="o", limit=9, lease=examples.MINUTE, due_by=examples.NOW):
                polls.finish(connection, claim, replace(by_id[claim.state.feed_id], next_poll_at=examples.NOW))
        database.close()
        return url

    return run


MOVED = FeedState(feed_id="wire", moved_to="https://new.example/rss", moved_since=LONG_AGO)
GONE = FeedState(
    feed_id="gone", failures=3, failing_since=LONG_AGO, failure=FetchFailure.GONE, last_error="answered 410"
)


def test_given_feeds_in_trouble_when_fixed_then_proposals_are_shown_first_and_written_when_asked(
    relmon: Relmon, own: Path, remember: Remember
) -> None:
    url = remember(MOVED, GONE)
    result = relmon("feeds", "fix", "--config", own, "--database", url)
    assert result.exit_code == 1
    assert f"{own}/feeds.toml:2: wire has moved for good" in result.stdout
    assert 'url = "https://new.example/rss"    (now "https://wire.example/rss")' in result.stdout
    assert "gone answers 410 Gone" in result.stdout
    assert 'twin has the same address as "wire"' in result.stdout
    assert (own / "feeds.toml").read_text(encoding="utf-8") == FEEDS

    result = relmon("feeds", "fix", "--write", "--config", own, "--database", url)
    assert result.exit_code == 0
    assert f"3 changes written to {own}/feeds.toml" in result.stdout
    wanted = (
        FEEDS.replace("https://wire.example/rss", "https://new.example/rss")
        .replace('id = "gone"\n', 'id = "gone"\npaused = true\n')
        .replace('id = "twin"\n', 'id = "twin"\npaused = true\n')
    )
    assert (own / "feeds.toml").read_text(encoding="utf-8") == wanted


def test_given_ids_when_fixed_then_only_these_are_written(relmon: Relmon, own: Path, remember: Remember) -> None:
    url = remember(MOVED, GONE)
    result = relmon("feeds", "fix", "gone", "--write", "--json", "--config", own, "--database", url)
    report = json.loads(result.stdout)
    assert (result.exit_code, [row["id"] for row in report["proposals"]]) == (0, ["gone"])
    assert [feed.get("paused") for feed in tomllib.loads((own / "feeds.toml").read_text())["feed"]] == [
        None,
        True,
        None,
    ]


def test_given_feeds_that_are_well_when_fixed_then_there_is_nothing_to_write(
    relmon: Relmon, own: Path, remember: Remember
) -> None:
    url = remember(FeedState(feed_id="wire"), feeds='[[feed]]\nid = "wire"\nurl = "https://wire.example/rss"\n')
    result = relmon("feeds", "fix", "--config", own, "--database", url)
    assert (result.exit_code, result.stdout) == (0, "Nothing to write.\n")


def test_given_a_feed_that_is_not_found_when_searched_then_that_of_the_front_page_is_proposed(
    relmon: Relmon, own: Path, remember: Remember
) -> None:
    with publisher() as site:
        site.refusals["/feed"] = (404, "")
        site.pages["/"] = b'<html><link rel="alternate" type="application/rss+xml" href="/new">'.strip
        site.publish("A quiet day at the museum", path="/new")
        lost = FeedState(
            feed_id="lost",
            failures=2,
            failing_since=examples.NOW,
            failure=FetchFailure.STATUS,
            last_error="answered 404",
        )
        url = remember(lost, feeds=f'[[feed]]\nid = "lost"\nurl = "{site.url("/feed")}"\n')
        result = relmon("feeds", "fix", "--search", "--config", own, "--database", url, "--allow", "127.0.0.0/8")
    assert result.exit_code == 1
    assert f"the front page of its site offers the feed {site.url('/new')} (Wire /new)" in result.stdout


def test_given_a_page_where_the_feed_was_when_searched_then_the_feed_behind_it_is_proposed(
    relmon: Relmon, own: Path, remember: Remember
) -> None:
    with publisher() as site:
        site.pages["/feed"] = b'<html><link rel="alternate" type="application/rss+xml" href="/new">'.strip
        site.publish("A quiet day at the museum", path="/new")
        lost = FeedState(
            feed_id="lost",
            failures=2,
            failing_since=examples.NOW,
            failure=FetchFailure.NOT_A_FEED,
            last_error="is a page",
        )
        url = remember(lost, feeds=f'[[feed]]\nid = "lost"\nurl = "{site.url("/feed")}"\n')
        options = ("--config", own, "--database", url, "--allow", "127.0.0.0/8", "--json")
        report = json.loads(relmon("feeds", "fix", "--search", *options).stdout)
    (proposal,) = report["proposals"]
    assert (proposal["kind"], proposal["set"]) == ("move", {"url": site.url("/new")})
