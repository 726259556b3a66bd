"""`relmon actors` lists office holders, and adds those of an operator's own, each once."""

import json
import os
import tomllib
from pathlib import Path

import pytest

from tests.unit.cli.conftest import Relmon

ANA = ("actors", "add", "Ana Example", "--state", "ven", "--office", "foreign minister", "--from", "2026-02")


def test_holder_when_added_is_written_told_and_listed(relmon: Relmon, own: Path) -> None:
    result = relmon(*ANA, "--surname", "Example", "--alias", "Ana  Ejemplo", "--part", "opposition", "--config", own)
    path = own / "actors.d" / "own.toml"
    assert result.exit_code == 0
    assert result.stdout == f"Added to {path}, which the daemon reads when it starts:\n\n{path.read_text()}"
    assert tomllib.loads(path.read_text())["holder"] == [
        {
            "name": "Ana Example",
            "aliases": ["Ana Ejemplo"],
            "surname": "Example",
            "alone": True,
            "state": "VEN",
            "office": "foreign minister",
            "part": "opposition",
            "from": "2026-02",
        }
    ]
    listed = relmon("actors", "list", "--state", "VEN", "--on", "2026-02-01", "--config", own).stdout.splitlines()
    (line,) = (line for line in listed if "Ana Example" in line)
    assert line.split("  ")[-1] == "(your own)"
    assert "since 2026-02  [opposition]" in line


def test_holder_when_added_counts_for_the_classifier_and_the_configuration_is_still_right(
    relmon: Relmon, own: Path
) -> None:
    assert relmon(*ANA, "--config", own).exit_code == 0
    mine = own / "patterns.d" / "en" / "mine.toml"
    mine.parent.mkdir()
    mine.write_text(
        '[[pattern]]\nid = "mine"\ntype = "visit"\nsay = ["{source} tour {target}"]\n'
        'yes = ["Ana Example tours Chile -> VEN > CHL"]\n',
        encoding="utf-8",
    )
    assert relmon("check", "--config", own).exit_code == 0


def test_holder_who_stands_already_when_added_again_is_refused_with_the_place(relmon: Relmon, own: Path) -> None:
    relmon(*ANA, "--config", own)
    written = (own / "actors.d" / "own.toml").read_text()
    again = ("actors", "add", "ANA EXAMPLE", "--state", "VEN", "--office", "Foreign Minister", "--from", "2027")
    result = relmon(*again, "--config", own)
    assert result.exit_code == 1
    assert f"Ana Example, foreign minister of VEN since 2026-02 ({own}/actors.d/own.toml:1) stands" in result.stderr
    assert (own / "actors.d" / "own.toml").read_text() == written


def test_successor_when_added_is_written_and_who_is_still_listed_is_told(relmon: Relmon, own: Path) -> None:
    relmon(*ANA, "--config", own)
    next_one = ("actors", "add", "Bea Example", "--state", "VEN", "--office", "foreign minister", "--from", "2026-09")
    result = relmon(*next_one, "--config", own)
    assert result.exit_code == 0
    assert (
        f"Ana Example, foreign minister of VEN since 2026-02 ({own}/actors.d/own.toml:1) is listed for that time"
        in result.stderr
    )


@pytest.mark.parametrize(
    ("changed", "exit_code", "said"),
    [
        (("--state", "VNE"), 2, '"VNE" is no known actor code'),
        (("--state", "venezuela"), 2, '"venezuela" is no known actor code. venezuela is VEN.'),
        (("--from", "2026-31"), 2, "'2026-31' is no day of the calendar"),
        (("--from", "spring"), 2, "'spring' is no date; write 2013-04-19, 2013-04 or 2013."),
        (("--to", "2025"), 1, "The term of Ana Example ends (2025) before it begins (2026-02)."),
        (("--part", "press"), 2, "'press' is not one of"),
        (("--alias", "--"), 2, "holds no letter"),
    ],
)
def test_mistake_when_a_holder_is_added_is_told_and_nothing_is_written(
    relmon: Relmon, own: Path, changed: tuple[str, ...], exit_code: int, said: str
) -> None:
    result = relmon(*ANA, *changed, "--config", own)
    assert result.exit_code == exit_code
    assert said in " ".join(result.stderr.split())
    assert not (own / "actors.d" / "own.toml").exists()


def test_holder_when_added_without_a_configuration_is_printed_to_keep(relmon: Relmon) -> None:
    result = relmon(*ANA)
    assert result.exit_code == 0
    assert tomllib.loads(result.stdout)["holder"][0]["name"] == "Ana Example"
    assert "relmon init DIR" in result.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_holder_when_the_folder_is_not_writable_is_printed_and_the_command_fails(relmon: Relmon, own: Path) -> None:
    (own / "actors.d").chmod(0o500)
    result = relmon(*ANA, "--config", own)
    assert result.exit_code == 1
    assert tomllib.loads(result.stdout)["holder"][0]["name"] == "Ana Example"
    assert "can't be written: Permission denied" in result.stderr


def test_file_where_the_folder_should_be_when_a_holder_is_added_is_printed_and_told(relmon: Relmon, own: Path) -> None:
    (own / "actors.d" / "README").unlink()
    (own / "actors.d").rmdir()
    (own / "actors.d").touch()
    result = relmon(*ANA, "--config", own)
    assert result.exit_code == 1
    assert tomllib.loads(result.stdout)["holder"][0]["name"] == "Ana Example"
    assert f"{own}/actors.d/own.toml can't be written" in result.stderr


def test_broken_own_file_when_a_holder_is_added_stays_and_is_told(relmon: Relmon, own: Path) -> None:
    path = own / "actors.d" / "own.toml"
    path.write_text("[[holder]\n", encoding="utf-8")
    result = relmon(*ANA, "--config", own)
    assert result.exit_code == 78
    assert f"{path}:1:" in result.stderr
    assert path.read_text(encoding="utf-8") == "[[holder]\n"


def test_configuration_that_is_not_there_when_a_holder_is_added_is_told(relmon: Relmon, tmp_path: Path) -> None:
    result = relmon(*ANA, "--config", tmp_path / "nowhere")
    assert result.exit_code == 78
    assert "is no folder (named by --config)" in result.stderr


def test_offices_when_listed_on_a_day_are_those_of_that_day(relmon: Relmon) -> None:
    rows = json.loads(relmon("actors", "list", "--state", "usa", "--on", "2014-06-01", "--json").stdout)
    held = {row["office"]: row for row in rows}
    assert {row["state"] for row in rows} == {"USA"}
    assert held["president"]["name"] == "Barack Obama"
    assert held["secretary of state"] | {"file": "", "line": 0} == {
        "state": "USA",
        "office": "secretary of state",
        "name": "John Kerry",
        "aliases": held["secretary of state"]["aliases"],
        "surname": "Kerry",
        "part": "government",
        "from": "2013-02-01",
        "to": "2017-01-20",
        "file": "",
        "line": 0,
    }


def test_offices_when_listed_for_a_late_day_say_how_old_the_list_is(relmon: Relmon) -> None:
    assert "whole up to" in relmon("actors", "list", "--state", "VEN", "--on", "2999-01-01").stderr
    early = relmon("actors", "list", "--state", "VEN", "--on", "1800-01-01")
    assert (early.stdout, early.stderr) == ("", "Nobody is listed for 1800-01-01.\n")
