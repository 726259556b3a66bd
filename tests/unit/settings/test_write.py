"""Feeds are added behind what stands there, and nothing that stands there changes."""

import stat
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.errors import ConfigurationError
from monitor.settings.write import NewFeed, append_feeds, feed_id

STANDING = '# mine\n\n[[feed]]  # the first\nid = "b"\nurl = "https://b.example/"   # odd   spacing\n\n[defaults]\nevery = "1m"'


def test_feeds_when_appended_leave_every_byte_that_stood_there(tmp_path: Path) -> None:
    path = tmp_path / "feeds.toml"
    path.write_text(STANDING, encoding="utf-8")
    path.chmod(0o640)
    append_feeds(path, [NewFeed(id="a", url="https://a.example/?x=\"'", title='Say "¡hola!"', group="new")])
    append_feeds(path, [NewFeed(id="c", url="https://c.example/")])

    text = path.read_text(encoding="utf-8")
    assert text.startswith(STANDING + "\n")
    assert tomllib.loads(text) == {
        "feed": [
            {"id": "b", "url": "https://b.example/"},
            {"id": "a", "title": 'Say "¡hola!"', "url": "https://a.example/?x=\"'", "group": "new"},
            {"id": "c", "url": "https://c.example/"},
        ],
        "defaults": {"every": "1m"},
    }
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert [other.name for other in tmp_path.iterdir()] == ["feeds.toml"]


def test_no_file_when_appended_to_becomes_a_private_one(tmp_path: Path) -> None:
    path = tmp_path / "feeds.toml"
    append_feeds(path, [NewFeed(id="a", url="https://a.example/")])
    assert path.read_text(encoding="utf-8").startswith("[[feed]]\n")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("text", ["[[feed]\n", 'feed = [{ id = "a", url = "https://a.example/" }]\n'])
def test_file_that_cannot_be_added_to_when_appended_to_stays_as_it_is(tmp_path: Path, text: str) -> None:
    path = tmp_path / "feeds.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError):
        append_feeds(path, [NewFeed(id="c", url="https://c.example/")])
    assert path.read_text(encoding="utf-8") == text


def test_link_when_appended_to_stays_a_link(tmp_path: Path) -> None:
    target, link = tmp_path / "real.toml", tmp_path / "feeds.toml"
    target.write_text(STANDING, encoding="utf-8")
    link.symlink_to(target)
    append_feeds(link, [NewFeed(id="c", url="https://c.example/")])
    assert link.is_symlink()
    assert 'id = "c"' in target.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("title", "url", "expected"),
    [
        ("El País: América", "https://x/", "el-pais-america"),
        (None, "https://www.Example.org/feed", "example-org"),
        ("日本", "https://jp.example/", "jp-example"),
        ("Taken", "https://x/", "taken-3"),
    ],
)
def test_title_or_address_when_made_an_id_is_readable(title: str | None, url: str, expected: str) -> None:
    assert feed_id(title, url, {"taken", "taken-2"}) == expected


@given(st.text(max_size=80), st.sets(st.from_regex(r"[a-z0-9][a-z0-9-]{0,10}", fullmatch=True), max_size=5))
def test_any_title_when_made_an_id_is_a_new_and_valid_one(title: str, taken: set[str]) -> None:
    chosen = feed_id(title, "https://example.org/", taken)
    assert chosen not in taken
    assert chosen.strip("-") == chosen
    assert set(chosen) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert 0 < len(chosen) <= 64
