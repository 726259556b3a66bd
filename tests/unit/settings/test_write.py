"""Feeds and office holders are added behind what stands there, and nothing that stands there changes."""

import stat
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.domain.documents import TomlDocument
from monitor.domain.errors import ConfigurationError
from monitor.domain.events import Part
from monitor.settings.holders import Holder, days_of, read_holders
from monitor.settings.toml import read_toml
from monitor.settings.write import NewFeed, append_feeds, append_holder

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


def test_file_with_line_ends_of_windows_when_appended_to_keeps_them(tmp_path: Path) -> None:
    path = tmp_path / "feeds.toml"
    path.write_text(STANDING, encoding="utf-8", newline="\r\n")
    append_feeds(path, [NewFeed(id="a", url="https://a.example/"), NewFeed(id="c", url="https://c.example/")])
    text = path.read_bytes()
    assert text.count(b"\r\n") == text.count(b"\n")
    assert [feed["id"] for feed in tomllib.loads(text.decode())["feed"]] == ["b", "a", "c"]


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


ANA = Holder(
    name='Ana "la Grande" Example',
    state="VEN",
    office="foreign minister",
    begins=days_of("2026-02"),
    ends=days_of("2027"),
    part=Part.OPPOSITION,
    aliases=("A. Example", "Ana Ejemplo"),
    surname="Example",
)


def test_holder_when_appended_leaves_every_byte_that_stood_there_and_reads_back_the_same(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text('# mine\r\n[VEN]\nnames.en = ["Little Venice"]   # a nickname\n\n\n', encoding="utf-8", newline="")
    before = path.read_bytes()
    append_holder(path, ANA)
    append_holder(path, replace(ANA, name="Bea Example", aliases=(), surname=None, part=Part.GOVERNMENT, ends=None))

    assert path.read_bytes().startswith(before)
    document = read_toml(path)
    assert isinstance(document, TomlDocument)
    (first, second), findings = read_holders([document])
    assert (first.holder, findings) == (ANA, ())
    assert document.data["VEN"] == {"names": {"en": ["Little Venice"]}}
    assert document.data["holder"][1] == {
        "name": "Bea Example",
        "state": "VEN",
        "office": "foreign minister",
        "from": "2026-02",
    }
    assert second.holder.name == "Bea Example"


def test_folder_that_is_missing_when_a_holder_is_appended_is_made_for_this_user_alone(tmp_path: Path) -> None:
    path = tmp_path / "actors.d" / "own.toml"
    append_holder(path, ANA)
    assert [stat.S_IMODE(made.stat().st_mode) for made in (path.parent, path)] == [0o700, 0o600]


def test_holders_written_as_one_list_when_appended_to_stay_and_the_way_out_is_said(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text("# mine\nholder = []\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"own\.toml:2: error: nothing can be added .* \[\[holder\]\]"):
        append_holder(path, ANA)
    assert path.read_text(encoding="utf-8") == "# mine\nholder = []\n"
