"""`relmon feeds pause` and `resume` write a feed's pause where the feed stands."""

import datetime as dt
import json
import tomllib
from pathlib import Path
from typing import Any

import click
import pytest
from click.shell_completion import ShellComplete

from monitor.cli import main
from tests.unit.cli.conftest import Relmon


def wire(folder: Path) -> dict[str, Any]:
    (feed, _) = tomllib.loads((folder / "feeds.toml").read_text(encoding="utf-8"))["feed"]
    return dict(feed)


def test_given_a_feed_when_paused_and_resumed_then_the_file_is_as_before(relmon: Relmon, small: Path) -> None:
    before = (small / "feeds.toml").read_bytes()
    result = relmon("feeds", "pause", "wire", "--config", small)
    assert (result.exit_code, result.stdout) == (0, "wire is paused.\n")
    assert wire(small)["paused"] is True
    result = relmon("feeds", "resume", "wire", "--config", small)
    assert (result.exit_code, result.stdout) == (0, "wire is polled again.\n")
    assert (small / "feeds.toml").read_bytes() == before


def test_given_a_time_when_paused_until_then_it_is_written_with_its_zone_and_listed(
    relmon: Relmon, small: Path
) -> None:
    relmon("feeds", "pause", "wire", "--config", small)
    result = relmon("feeds", "pause", "wire", "--until", "2999-12-24T06:00+01:00", "--config", small)
    assert result.exit_code == 0
    assert wire(small)["paused_until"] == dt.datetime(2999, 12, 24, 5, tzinfo=dt.UTC)
    assert "paused" not in wire(small)
    rows = {row["id"]: row for row in json.loads(relmon("feeds", "list", "--config", small, "--json").stdout)}
    assert (rows["wire"]["paused"], rows["wire"]["paused_until"]) == (True, "2999-12-24T05:00:00+00:00")
    assert "paused until 2999-12-24" in relmon("feeds", "list", "--config", small).stdout


def test_given_a_duration_when_paused_until_then_it_counts_from_now(relmon: Relmon, small: Path) -> None:
    before = dt.datetime.now(dt.UTC).replace(microsecond=0)
    relmon("feeds", "pause", "wire", "--until", "3d", "--config", small)
    assert before <= wire(small)["paused_until"] - dt.timedelta(days=3) <= dt.datetime.now(dt.UTC)


@pytest.mark.parametrize(
    ("until", "sentence"),
    [
        ("soon", "is no time"),
        ("2020-01-01", "is past already"),
        ("9999-99-99", "is no time"),
    ],
)
def test_given_no_future_time_when_paused_until_then_this_is_said(
    relmon: Relmon, small: Path, until: str, sentence: str
) -> None:
    result = relmon("feeds", "pause", "wire", "--until", until, "--config", small)
    assert result.exit_code == 2
    assert sentence in result.stderr


def test_given_an_unknown_feed_when_paused_then_the_likely_one_is_named(relmon: Relmon, small: Path) -> None:
    result = relmon("feeds", "pause", "wyre", "--config", small)
    assert result.exit_code == 2
    assert '"wyre" is no feed of this configuration' in result.stderr
    assert '"wire"' in result.stderr


def test_given_a_read_only_file_when_paused_then_the_lines_are_printed_to_keep(relmon: Relmon, small: Path) -> None:
    (small / "feeds.toml").chmod(0o400)
    result = relmon("feeds", "pause", "wire", "--config", small)
    assert result.exit_code == 1
    assert tomllib.loads(result.stdout) == {"feed": [{"id": "wire", "paused": True}]}
    assert "feeds.d" in result.stderr


def test_given_a_feed_that_is_not_paused_when_resumed_then_this_is_said(relmon: Relmon, small: Path) -> None:
    assert relmon("feeds", "resume", "wire", "--config", small).stdout == "wire was not paused.\n"


def test_given_the_beginning_of_an_id_when_completed_then_the_shell_is_told_the_rest(
    relmon: Relmon, small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RELMON_CONFIG", str(small))
    shell = ShellComplete(main, {}, "relmon", "_RELMON_COMPLETE")
    assert isinstance(main, click.Group)
    assert [item.value for item in shell.get_completions(["feeds", "pause"], "w")] == ["wire"]
