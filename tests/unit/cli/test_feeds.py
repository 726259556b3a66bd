"""`relmon feeds` lists what is configured and takes in the feeds of another reader, each once."""

import json
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Relmon = Callable[..., Result]

OPML = """<?xml version="1.0"?>
<opml version="2.0"><body><outline text="Andes">
  <outline text="El Ejemplo" xmlUrl="https://ejemplo.example/rss"/>
  <outline text="El Ejemplo" xmlUrl="https://ejemplo.example/mundo"/>
  <outline text="Wire again" xmlUrl="HTTPS://Wire.example/rss/"/>
</outline></body></opml>
"""


@pytest.fixture
def small(own: Path) -> Path:
    """A configuration with two feeds, one of them paused."""
    (own / "feeds.toml").write_text(
        '[[feed]]\nid = "wire"\nurl = "https://wire.example/rss"  # mine\n\n'
        '[[feed]]\nid = "rest"\nurl = "https://me:canary@rest.example/"\npaused = true\n',
        encoding="utf-8",
    )
    return own


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
    (tmp_path / "image.png").write_bytes(b"\x89PNG\xff")
    result = relmon("feeds", "import", tmp_path / "image.png", "--config", small)
    assert result.exit_code == 1
    assert "can't be read" in result.stderr


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


def test_feeds_when_listed_show_pauses_and_no_password(relmon: Relmon, small: Path) -> None:
    lines = relmon("feeds", "list", "--config", small).stdout.splitlines()
    assert len(lines) == 2
    assert "paused" in lines[0]
    assert "https://me:***@rest.example/" in lines[0]
    assert "every 5m" in lines[1]
