"""Keys of feeds change where they stand; every other byte of the files stays."""

import datetime as dt
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.domain.documents import TomlDocument
from monitor.domain.errors import ConfigurationError
from monitor.settings.edit import FeedChange, Value, change_feeds, change_toml
from monitor.settings.entries import Entry, gather_entries
from monitor.settings.toml import read_toml

MAIN = """\
# What we read.

[[feed]]  # the first
id = "lima"   # do not rename
url = "https://lima.example/rss"   # odd   spacing
tags = [
  "andes",  # why not
]

# ---- Further north ----

[[feed]]
id = "quito"
paused = true  # since the move
url = 'https://quito.example/'

[defaults]
every = "1m"
"""
OVERLAY = '[[feed]]\nid = "lima"\npaused = true\n'
UNTIL = dt.datetime(2026, 12, 24, 6, tzinfo=dt.UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "feeds.toml").write_text(MAIN, encoding="utf-8")
    (tmp_path / "office.toml").write_text(OVERLAY, encoding="utf-8")
    return tmp_path


def entries(folder: Path, *names: str) -> dict[str, Entry]:
    documents = [read_toml(folder / name) for name in names or ("feeds.toml",)]
    found, findings = gather_entries(
        [document for document in documents if isinstance(document, TomlDocument)], "feed", beside=("defaults",)
    )
    assert not findings
    return {entry.id: entry for entry in found}


def change(folder: Path, feed: str, values: Mapping[str, Value | None], *names: str) -> tuple[Path, ...]:
    return change_feeds([FeedChange(entry=entries(folder, *names)[feed], values=values)])


def test_given_a_key_that_stands_when_changed_then_only_its_value_is_another(folder: Path) -> None:
    change(folder, "lima", {"url": "https://lima.example/new"})
    text = (folder / "feeds.toml").read_text(encoding="utf-8")
    assert text == MAIN.replace("lima.example/rss", "lima.example/new")


def test_given_a_new_key_when_set_then_it_stands_below_the_id_and_not_below_the_next_comment(folder: Path) -> None:
    change(folder, "lima", {"paused_until": UNTIL})
    text = (folder / "feeds.toml").read_text(encoding="utf-8")
    line = 'id = "lima"   # do not rename\n'
    assert text == MAIN.replace(line, f"{line}paused_until = 2026-12-24T06:00:00Z\n")


def test_given_a_key_when_taken_away_then_its_line_is_gone(folder: Path) -> None:
    change(folder, "quito", {"paused": None, "paused_until": None})
    text = (folder / "feeds.toml").read_text(encoding="utf-8")
    assert text == MAIN.replace("paused = true  # since the move\n", "")


def test_given_line_ends_of_windows_when_changed_then_they_stay(folder: Path) -> None:
    path = folder / "feeds.toml"
    path.write_text(MAIN, encoding="utf-8", newline="\r\n")
    change(folder, "lima", {"paused": True, "url": "https://lima.example/new"})
    changed = path.read_bytes()
    assert changed.count(b"\r\n") == changed.count(b"\n") == MAIN.count("\n") + 1


def test_given_an_overlay_that_has_the_last_word_when_changed_then_it_changes_there(folder: Path) -> None:
    names = ("feeds.toml", "office.toml")
    assert change(folder, "lima", {"paused": False}, *names) == (folder / "office.toml",)
    assert entries(folder, *names)["lima"].values["paused"] is False
    change(folder, "lima", {"paused": None}, *names)
    assert (folder / "office.toml").read_text(encoding="utf-8") == '[[feed]]\nid = "lima"\n'


def test_given_several_changes_of_one_file_when_written_then_all_are_in_it(folder: Path) -> None:
    found = entries(folder)
    written = change_feeds([FeedChange(entry=found[name], values={"group": "andes"}) for name in ("lima", "quito")])
    assert written == (folder / "feeds.toml",)
    assert [entry.values["group"] for entry in entries(folder).values()] == ["andes", "andes"]


def test_given_a_change_that_changes_nothing_when_written_then_no_file_is_touched(folder: Path) -> None:
    (folder / "feeds.toml").chmod(0o400)
    assert change(folder, "quito", {"paused": True, "group": None}) == ()


def test_given_a_read_only_file_when_changed_then_it_stays_and_is_named(folder: Path) -> None:
    (folder / "feeds.toml").chmod(0o400)
    with pytest.raises(PermissionError, match="read-only") as raised:
        change(folder, "lima", {"paused": True})
    assert raised.value.filename == str(folder / "feeds.toml")
    assert (folder / "feeds.toml").read_text(encoding="utf-8") == MAIN


def test_given_feeds_in_one_inline_list_when_a_key_cannot_be_added_then_it_is_said_and_nothing_written(
    folder: Path,
) -> None:
    text = 'feed = [{ id = "a", url = "https://a.example/" }, { id = "b", url = "https://b.example/" }]\n'
    (folder / "feeds.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"feeds\.toml:1: error: \"paused\" can't be changed"):
        change(folder, "a", {"paused": True})
    assert (folder / "feeds.toml").read_text(encoding="utf-8") == text


def test_given_a_change_when_written_as_a_table_then_it_says_the_same(folder: Path) -> None:
    told = change_toml(FeedChange(entry=entries(folder)["lima"], values={"paused_until": UNTIL, "paused": None}))
    assert tomllib.loads(told) == {"feed": [{"id": "lima", "paused_until": UNTIL}]}


@given(
    before=st.lists(
        st.sampled_from(["", "# note", "group = 'x'", "tags = [\n 'a', # b\n]", 'title = "t"  # c']), max_size=4
    ),
    value=st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=20),
    key=st.sampled_from(["title", "group"]),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_given_any_value_when_set_then_it_reads_back_and_the_rest_stays(
    tmp_path: Path, before: list[str], value: str, key: str
) -> None:
    table = "\n".join(dict.fromkeys(before))
    (tmp_path / "feeds.toml").write_text(f'[[feed]]\nid = "a"\n{table}\n\n# end\n', encoding="utf-8")
    unchanged = {name: kept for name, kept in entries(tmp_path)["a"].values.items() if name != key}
    change(tmp_path, "a", {key: value})
    assert entries(tmp_path)["a"].values == {**unchanged, key: value}
    assert (tmp_path / "feeds.toml").read_text(encoding="utf-8").count("#") >= table.count("# note") + 1
