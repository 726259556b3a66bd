"""`relmon feeds add` finds a feed, shows it and writes it down; what can't be added is said in a sentence."""

import io
import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from monitor.cli import main
from tests.integration.worker.servers import Publisher, publisher
from tests.unit.cli.conftest import Relmon

ALLOW = ("--allow", "127.0.0.0/8")


@pytest.fixture
def wire() -> Iterator[Publisher]:
    with publisher() as one:
        yield one


def feeds(folder: Path) -> list[dict[str, Any]]:
    return list(tomllib.loads((folder / "feeds.toml").read_text(encoding="utf-8"))["feed"])


def test_given_a_page_when_added_then_the_feed_behind_it_is_written_shown_and_known_from_then_on(
    relmon: Relmon, small: Path, wire: Publisher
) -> None:
    wire.pages["/"] = b'<link rel="alternate" type="application/rss+xml" href="/feed"><html>'.strip
    wire.publish("A quiet day at the museum")
    before = (small / "feeds.toml").read_text(encoding="utf-8")
    result = relmon("feeds", "add", wire.url("/"), "--group", "pacific", "--tag", "reef", *ALLOW, "--config", small)
    assert result.exit_code == 0, result.stderr
    assert "its first entry: A quiet day at the museum" in result.stderr
    assert f"found behind {wire.url('/')}" in result.stderr
    assert (small / "feeds.toml").read_text(encoding="utf-8").startswith(before)
    new = {"id": "wire-feed", "title": "Wire /feed", "url": wire.url("/feed"), "group": "pacific", "tags": ["reef"]}
    assert tomllib.loads(result.stdout)["feed"] == [new]
    assert feeds(small)[2:] == [new]

    asked = len(wire.requests)
    again = relmon("feeds", "add", wire.url("/feed/"), "--config", small)
    assert again.exit_code == 0
    assert 'is configured already, as "wire-feed"' in again.stderr
    assert (len(feeds(small)), len(wire.requests)) == (3, asked)


def test_given_several_addresses_when_some_fail_then_the_others_are_added_and_the_exit_code_says_so(
    relmon: Relmon, small: Path, wire: Publisher
) -> None:
    wire.publish("A quiet day at the museum", path="/one")
    wire.documents["/two"] = None
    addresses = (wire.url("/one"), wire.url("/two"), "not a url", "ftp://x.example/")
    result = relmon("feeds", "add", *addresses, *ALLOW, "--json", "--config", small)
    report = json.loads(result.stdout)
    assert result.exit_code == 1
    assert [feed["url"] for feed in report["added"]] == [wire.url("/one")]
    assert sorted(failed["url"] for failed in report["failed"]) == sorted(addresses[1:])
    assert len(feeds(small)) == 3


def test_given_no_permission_when_a_private_address_is_added_then_it_is_refused_with_the_way_out(
    relmon: Relmon, small: Path, wire: Publisher
) -> None:
    result = relmon("feeds", "add", wire.url(), "--config", small)
    assert result.exit_code == 1
    assert "it is a loopback address; to permit it" in result.stderr
    assert wire.requests == []


def test_given_no_fetch_when_added_then_the_address_is_taken_as_it_is(relmon: Relmon, small: Path) -> None:
    result = relmon(
        "feeds", "add", "reef.example/rss", "--no-fetch", "--id", "reef", "--home", "fji", "--config", small
    )
    assert result.exit_code == 0
    assert feeds(small)[2] == {"id": "reef", "url": "https://reef.example/rss", "home": "FJI"}


def test_given_a_list_on_standard_input_when_added_then_its_titles_and_groups_are_kept(
    small: Path, relmon: Relmon
) -> None:
    opml = '<opml><body><outline text="Reefs"><outline text="Atoll" xmlUrl="https://atoll.example/"/></outline></body></opml>'
    result = CliRunner().invoke(
        main, ["feeds", "add", "-", "--no-fetch", "--config", str(small)], input=io.BytesIO(opml.encode())
    )
    assert result.exit_code == 0
    assert feeds(small)[2] == {"id": "atoll", "title": "Atoll", "url": "https://atoll.example/", "group": "Reefs"}


def test_given_a_dry_run_when_added_then_nothing_is_written(relmon: Relmon, small: Path) -> None:
    before = (small / "feeds.toml").read_bytes()
    result = relmon("feeds", "add", "https://reef.example/rss", "--no-fetch", "--dry-run", "--config", small)
    assert (result.exit_code, tomllib.loads(result.stdout)["feed"][0]["id"]) == (0, "reef-example")
    assert (small / "feeds.toml").read_bytes() == before


def test_given_a_read_only_file_when_added_to_then_the_lines_are_printed_to_keep(relmon: Relmon, small: Path) -> None:
    (small / "feeds.toml").chmod(0o400)
    result = relmon("feeds", "add", "https://reef.example/rss", "--no-fetch", "--config", small)
    assert result.exit_code == 1
    assert tomllib.loads(result.stdout)["feed"][0]["url"] == "https://reef.example/rss"
    assert "it is read-only" in result.stderr


def test_given_no_configuration_of_ones_own_when_added_then_the_lines_are_printed(relmon: Relmon) -> None:
    result = relmon("feeds", "add", "https://reef.example/rss", "--no-fetch")
    assert result.exit_code == 0
    assert tomllib.loads(result.stdout)["feed"][0]["id"] == "reef-example"
    assert "relmon init DIR" in result.stderr


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--id", "wire"], '"wire" stands already'),
        (["--id", "Not An Id"], "is no id"),
        (["--home", "XYZ"], "is no known actor"),
        (["--language", "English"], "is no language code"),
        (["--title", "x", "https://two.example/"], "one feed at a time"),
        (["--allow", "somewhere"], "is neither host:port nor a network"),
    ],
)
def test_given_a_wrong_option_when_added_then_it_is_said_and_nothing_is_written(
    relmon: Relmon, small: Path, options: list[str], sentence: str
) -> None:
    result = relmon("feeds", "add", "https://reef.example/rss", "--no-fetch", "--config", small, *options)
    assert result.exit_code == 2
    assert sentence in result.stderr
    assert len(feeds(small)) == 2


def test_given_broken_toml_when_added_to_then_its_line_is_told(relmon: Relmon, small: Path) -> None:
    (small / "feeds.toml").write_text("[[feed]\n", encoding="utf-8")
    result = relmon("feeds", "add", "https://reef.example/rss", "--no-fetch", "--config", small)
    assert result.exit_code == 78
    assert f"{small}/feeds.toml:1" in result.stderr
