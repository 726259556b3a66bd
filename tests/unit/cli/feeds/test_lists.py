"""`relmon feeds import` takes in the feeds of another reader, each once; `export` gives them away."""

import json
import tomllib
from pathlib import Path

from monitor.feeds.addresses import read_list
from tests.unit.cli.conftest import Relmon

OPML = """<?xml version="1.0"?>
<opml version="2.0"><body><outline text="Andes">
  <outline text="El Ejemplo" xmlUrl="https://ejemplo.example/rss"/>
  <outline text="El Ejemplo" xmlUrl="https://ejemplo.example/mundo"/>
  <outline text="Wire again" xmlUrl="HTTPS://Wire.example/rss/"/>
</outline></body></opml>
"""


def listed(folder: Path, relmon: Relmon) -> dict[str, str]:
    rows = json.loads(relmon("feeds", "list", "--config", folder, "--json").stdout)
    return {row["id"]: row["url"] for row in rows}


def test_opml_when_imported_adds_what_is_new_with_readable_ids(relmon: Relmon, small: Path, tmp_path: Path) -> None:
    (tmp_path / "feeds.opml").write_text(OPML, encoding="utf-8")
    before = (small / "feeds.toml").read_text(encoding="utf-8")
    result = relmon("feeds", "import", tmp_path / "feeds.opml", "--config", small)

    after = (small / "feeds.toml").read_text(encoding="utf-8")
    assert result.exit_code == 0
    assert result.stdout == f"2 feeds added to {small}/feeds.toml; 1 known already, 0 not usable.\n"
    assert after.startswith(before)
    assert tomllib.loads(after)["feed"][2:] == [
        {"id": "el-ejemplo", "title": "El Ejemplo", "url": "https://ejemplo.example/rss", "group": "Andes"},
        {"id": "el-ejemplo-2", "title": "El Ejemplo", "url": "https://ejemplo.example/mundo", "group": "Andes"},
    ]


def test_list_when_imported_twice_adds_nothing_the_second_time(relmon: Relmon, small: Path, tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("https://a.example/x\nhttps://b.example/y\nnonsense\n", encoding="utf-8")
    first = relmon("feeds", "import", tmp_path / "list.txt", "--config", small)
    again = relmon("feeds", "import", tmp_path / "list.txt", "--config", small, "--json")
    assert (first.exit_code, again.exit_code) == (0, 0)
    assert "nonsense" in first.stderr
    report = json.loads(again.stdout)
    assert (report["added"], report["known"]) == ([], ["https://a.example/x", "https://b.example/y"])
    assert len(report["problems"]) == 1
    assert list(listed(small, relmon)) == ["a-example", "b-example", "rest", "wire"]


def test_file_without_feeds_when_imported_says_so(relmon: Relmon, small: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_text("# nothing\n", encoding="utf-8")
    result = relmon("feeds", "import", tmp_path / "empty.txt", "--config", small)
    assert result.exit_code == 1
    assert "holds no feed" in result.stderr


def test_file_that_is_no_text_when_imported_is_said_in_a_sentence(relmon: Relmon, small: Path, tmp_path: Path) -> None:
    (tmp_path / "image.png").write_bytes(b"\x89PNG\0\xff")
    result = relmon("feeds", "import", tmp_path / "image.png", "--config", small)
    assert result.exit_code == 1
    assert "is no text" in result.stderr


def test_given_a_dry_run_when_importing_then_the_tables_are_printed_and_nothing_is_written(
    relmon: Relmon, small: Path, tmp_path: Path
) -> None:
    before = (small / "feeds.toml").read_bytes()
    (tmp_path / "feeds.opml").write_text(OPML, encoding="utf-8")
    result = relmon("feeds", "import", tmp_path / "feeds.opml", "--dry-run", "--config", small)
    assert result.exit_code == 0
    assert [feed["id"] for feed in tomllib.loads(result.stdout)["feed"]] == ["el-ejemplo", "el-ejemplo-2"]
    assert "2 feeds would be added" in result.stderr
    assert (small / "feeds.toml").read_bytes() == before


def test_given_a_read_only_file_when_imported_into_then_it_stays_and_the_way_out_is_said(
    relmon: Relmon, small: Path, tmp_path: Path
) -> None:
    (tmp_path / "list.txt").write_text("https://a.example/x\n", encoding="utf-8")
    (small / "feeds.toml").chmod(0o400)
    result = relmon("feeds", "import", tmp_path / "list.txt", "--config", small)
    assert result.exit_code == 1
    assert "it is read-only" in result.stderr
    assert "--dry-run" in result.stderr


def test_given_feeds_when_exported_then_another_reader_can_take_them_in_and_no_login_is_in_it(
    relmon: Relmon, small: Path, tmp_path: Path
) -> None:
    target = tmp_path / "mine.opml"
    result = relmon("feeds", "export", "--output", target, "--config", small)
    assert result.exit_code == 0
    assert result.stderr == f"2 feeds exported to {target}; 1 feed without the login in its address.\n"
    assert "canary" not in target.read_text(encoding="utf-8")
    assert [feed.url for feed in read_list(target.read_bytes()).feeds] == [
        "https://rest.example/",
        "https://wire.example/rss",
    ]
    again = relmon("feeds", "export", "--output", target, "--config", small)
    assert (again.exit_code, "exists already" in again.stderr) == (1, True)


def test_starter_when_imported_into_is_refused(relmon: Relmon, tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("https://a.example/x\n", encoding="utf-8")
    result = relmon("feeds", "import", tmp_path / "list.txt")
    assert result.exit_code == 1
    assert "relmon init DIR" in result.stderr


def test_broken_feeds_file_when_imported_into_stays_as_it_is(relmon: Relmon, small: Path, tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("https://a.example/x\n", encoding="utf-8")
    (small / "feeds.toml").write_text("[[feed]]\nid = 'x'\n", encoding="utf-8")
    result = relmon("feeds", "import", tmp_path / "list.txt", "--config", small)
    assert result.exit_code == 78
    assert f'{small}/feeds.toml:1: error: "url" is missing' in result.stderr
    assert (small / "feeds.toml").read_text(encoding="utf-8") == "[[feed]]\nid = 'x'\n"
