"""`relmon feeds test` shows what a feed would bring, who would hear of it, and why not."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.worker.servers import Publisher, publisher
from tests.unit.cli.conftest import Relmon

ALLOW = ("--allow", "127.0.0.0/8")


@pytest.fixture
def wire() -> Iterator[Publisher]:
    with publisher() as one:
        yield one


@pytest.fixture
def watching(small: Path, wire: Publisher) -> Path:
    """Somebody who follows Fiji on the console; the feed is configured."""
    (small / "watches.toml").write_text(
        '[[watch]]\nid = "reef"\nbetween = ["FJI"]\nmin_severity = "routine"\nsend = ["console"]\n'
        '[[watch]]\nid = "andes"\nbetween = ["PER"]\nsend = ["console"]\n',
        encoding="utf-8",
    )
    (small / "feeds.toml").write_text(f'[[feed]]\nid = "wire"\nurl = "{wire.url()}"\n', encoding="utf-8")
    return small


def test_given_a_configured_feed_when_tested_then_entries_events_and_hearers_are_shown(
    relmon: Relmon, watching: Path, wire: Publisher
) -> None:
    recall = "Fiji recalls its ambassador to Tonga"
    wire.publish(recall, f"{recall} over the reef", "A quiet day at the museum")
    result = relmon("feeds", "test", "wire", *ALLOW, "--config", watching)
    assert result.exit_code == 0, result.stderr
    assert "3 entries" in result.stdout
    assert "FJI → TON: ambassador recalled (reported, " in result.stdout
    assert result.stdout.count("alerts reef on console") == 1
    assert "not for andes: the watch follows other actors" in result.stdout
    assert "not for reef: one more report of a story that stands" in result.stdout
    assert "no event: " in result.stdout


def test_given_a_page_when_tested_then_its_feeds_are_proposed_and_the_exit_code_is_1(
    relmon: Relmon, watching: Path, wire: Publisher
) -> None:
    wire.pages["/"] = b'<html><link rel="alternate" type="application/rss+xml" title="All" href="/feed">'.strip
    result = relmon("feeds", "test", wire.url("/"), *ALLOW, "--json", "--config", watching)
    report = json.loads(result.stdout)
    assert (result.exit_code, report["usable"], report["reason"]) == (1, False, "not a feed")
    assert report["offers"] == [{"url": wire.url("/feed"), "title": "All"}]


def test_given_neither_a_feed_nor_an_address_when_tested_then_both_are_explained(relmon: Relmon, small: Path) -> None:
    result = relmon("feeds", "test", "wyre", "--config", small)
    assert result.exit_code == 2
    assert "relmon feeds list" in result.stderr


def test_given_the_sample_when_tested_then_it_is_said_that_it_is_not_fetched(relmon: Relmon) -> None:
    result = relmon("feeds", "test", "sample")
    assert result.exit_code == 1
    assert "ships with the program" in result.stderr
