"""`relmon check` tells every mistake of every room, with file and line."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Relmon = Callable[..., Result]


def test_own_configuration_when_checked_is_without_mistakes(relmon: Relmon, own: Path) -> None:
    result = relmon("check", "--config", own)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith(f"No mistakes in {own} (--config): ")
    assert "3 watches, 1 channel" in result.stdout


def test_mistakes_in_several_files_when_checked_are_all_told_and_the_exit_code_is_1(relmon: Relmon, own: Path) -> None:
    (own / "monitor.toml").write_text('[poll]\nevry = "1m"\n', encoding="utf-8")
    (own / "channels.toml").write_text(
        '[[channel]]\nid = "console"\nkind = "consol"\n[[channel]]\nid = "slack"\nkind = "slack"\nurl = "https://x/"\n',
        encoding="utf-8",
    )
    (own / "watches.d" / "mine.toml").write_text('[[watch]]\nid = "new"\nsend = ["slak"]\n', encoding="utf-8")
    (own / "patterns.d" / "en").mkdir()
    (own / "patterns.d" / "en" / "mine.toml").write_text('[[pattern]]\ntype = "nothing"\n', encoding="utf-8")

    result = relmon("check", "--config", own)
    lines = result.stdout.splitlines()
    assert result.exit_code == 1
    assert f'{own}/monitor.toml:2: error: unknown key "evry"; did you mean "every"?' in lines
    assert f'{own}/watches.d/mine.toml:3: error: "slak" is no channel of channels.toml; did you mean "slack"?' in lines
    assert any(line.startswith(f'{own}/channels.toml:3: error: channel "console": ') for line in lines)
    assert any(line.startswith(f'{own}/channels.toml:7: error: channel "slack": ') for line in lines)
    assert any(line.startswith(f"{own}/patterns.d/en/mine.toml:") for line in lines)
    assert "errors" in lines[-1]


def test_example_that_a_pattern_does_not_keep_when_checked_is_told_at_its_line(relmon: Relmon, own: Path) -> None:
    (own / "patterns.d" / "en").mkdir()
    mine = own / "patterns.d" / "en" / "mine.toml"
    mine.write_text(
        '[[pattern]]\nid = "mine"\ntype = "meeting"\nsay = ["{source} meet {target}"]\n'
        'yes = [\n  "Rain falls on the hills -> USA > VEN",\n]\n',
        encoding="utf-8",
    )
    result = relmon("check", "--config", own)
    assert result.exit_code == 1
    assert f"{mine}:6: error: " in result.stdout


def test_relation_type_of_ones_own_when_checked_can_be_watched_and_reported_by_a_pattern(
    relmon: Relmon, own: Path
) -> None:
    (own / "types.d" / "mine.toml").write_text(
        '[coercion."visa.stopped"]\nmeans = "No more visas"\nparent = "sanctions.imposed"\n', encoding="utf-8"
    )
    (own / "patterns.d" / "en").mkdir()
    (own / "patterns.d" / "en" / "mine.toml").write_text(
        '[[pattern]]\ntype = "visa.stopped"\nsay = ["{source} shelve visa for {target}"]\n'
        'yes = ["Peru shelves visas for Bolivia -> PER > BOL"]\n',
        encoding="utf-8",
    )
    (own / "watches.d" / "mine.toml").write_text(
        '[[watch]]\nid = "visas"\ntypes = ["visa.stopped"]\nsend = ["console"]\n', encoding="utf-8"
    )
    assert relmon("check", "--config", own).stdout.startswith("No mistakes in")

    (own / "types.d" / "mine.toml").write_text('[coercion."visa.stopped"]\nmeans = "No more visas"\n', encoding="utf-8")
    result = relmon("check", "--config", own)
    assert result.exit_code == 1
    assert f'{own}/types.d/mine.toml:1: error: visa.stopped: needs a "parent"' in result.stdout


def test_shipped_pattern_when_replaced_is_no_mistake_and_what_else_changes_is_a_warning(
    relmon: Relmon, own: Path
) -> None:
    (own / "patterns.d" / "en").mkdir()
    (own / "patterns.d" / "en" / "mine.toml").write_text(
        '[[pattern]]\nid = "en/visit"\ntype = "meeting"\nsay = ["{source} visit {target}"]\n'
        'yes = ["Peru visits Chile -> PER > CHL"]\n',
        encoding="utf-8",
    )
    result = relmon("check", "--config", own)
    lines = result.stdout.splitlines()[:-1]
    assert result.exit_code == 0
    assert all(": warning: with your own additions: " in line for line in lines)
    # The examples of the replaced pattern itself count no more; those that must not read as it can't fail.
    assert not any("must read as visit" in line for line in lines)


def test_feeds_that_ask_for_articles_when_the_package_is_missing_are_warned_about_once(
    relmon: Relmon, own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    feeds = "".join(
        f'[[feed]]\nid = "{name}"\nurl = "https://{name}.example/rss"\narticle_text = true\n'
        for name in ("lima", "quito")
    )
    (own / "feeds.toml").write_text(feeds, encoding="utf-8")
    assert relmon("check", "--config", own).stdout.startswith("No mistakes")
    monkeypatch.setitem(sys.modules, "trafilatura", None)  # as where it is not installed
    result = relmon("check", "--config", own)
    assert result.exit_code == 0
    assert f'{own}/feeds.toml:4: warning: feed "lima" (and 1 more): the package' in result.stdout
    assert "pip install 'relation-monitor[articles]'" in result.stdout


def test_warnings_alone_when_checked_leave_the_exit_code_at_0(relmon: Relmon, own: Path) -> None:
    with (own / "channels.toml").open("a", encoding="utf-8") as file:
        file.write('\n[[channel]]\nid = "spare"\nkind = "console"\n')
    result = relmon("check", "--config", own)
    assert result.exit_code == 0
    assert 'warning: nothing uses the channel "spare"' in result.stdout
    assert result.stdout.endswith(f"1 warning in {own} (--config)\n")


def test_mistake_when_checked_as_json_has_its_place_in_fields(relmon: Relmon, own: Path) -> None:
    (own / "feeds.toml").write_text("[[feed]]\nid = 'x'\n", encoding="utf-8")
    (own / "monitor.toml").write_text("[poll\n", encoding="utf-8")
    result = relmon("check", "--config", own, "--json")
    report = json.loads(result.stdout)
    assert result.exit_code == 1
    assert (report["ok"], report["folder"], report["chosen_by"]) == (False, str(own), "--config")
    assert report["findings"][:2] == [
        {
            "file": f"{own}/feeds.toml",
            "line": 1,
            "column": None,
            "level": "error",
            "message": '"url" is missing',
        },
        {
            "file": f"{own}/monitor.toml",
            "line": 1,
            "column": 6,
            "level": "error",
            "message": "is not valid TOML: Expected ']' at the end of a table declaration",
        },
    ]


def test_folder_that_is_none_when_checked_is_told(relmon: Relmon, tmp_path: Path) -> None:
    result = relmon("check", "--config", tmp_path / "nowhere")
    assert result.exit_code == 1
    assert "is no folder (named by --config)" in result.stdout
