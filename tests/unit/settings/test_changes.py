"""What differs between two configurations is named as the operator named it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.settings.changes import Changes, Difference, changes, needing_restart
from monitor.settings.files import Loaded
from tests.unit.settings.conftest import WHOLE

Examine = Callable[..., Loaded]


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"feeds.toml": "# a note\n" + WHOLE["feeds.toml"]},
        {"watches.toml": '[[watch]]\nsend = ["console"]\nbetween = ["USA", "VEN"]\nid = "pair"\n'},
    ],
)
def test_given_files_that_say_the_same_when_compared_then_nothing_has_changed(
    examined: Examine, files: dict[str, str]
) -> None:
    assert not changes(examined({}), examined(files))


@pytest.mark.parametrize(
    ("files", "kind", "difference"),
    [
        (
            {"feeds.toml": '[[feed]]\nid = "star"\nurl = "https://star.example/rss"\n'},
            "feeds",
            Difference(added=("star",), removed=("wire",)),
        ),
        ({"feeds.toml": WHOLE["feeds.toml"] + "paused = true\n"}, "feeds", Difference(changed=("wire",))),
        (
            {"watches.toml": WHOLE["watches.toml"] + 'min_severity = "major"\n'},
            "watches",
            Difference(changed=("pair",)),
        ),
        ({"channels.toml": WHOLE["channels.toml"] + 'language = "es"\n'}, "channels", Difference(changed=("console",))),
        (
            {
                "patterns.d/en.toml": '[[pattern]]\nid = "mine"\ntype = "diplomat.expelled"\nsay = ["{source} boot {target}"]\n'
            },
            "patterns",
            Difference(added=("mine",)),
        ),
        ({"monitor.toml": '[poll]\nevery = "1m"\n'}, "settings", Difference(changed=("poll.every",))),
    ],
)
def test_given_an_edited_file_when_compared_then_what_changed_is_named(
    examined: Examine, files: dict[str, str], kind: str, difference: Difference
) -> None:
    assert changes(examined({}), examined(files)).of(kind) == difference


def test_given_a_secret_whose_file_changes_when_compared_then_its_channel_has_changed(
    examined: Examine, folder: Path
) -> None:
    channels = {
        "channels.toml": WHOLE["channels.toml"] + '[[channel]]\nid = "hook"\nkind = "webhook"\nurl = "file:hook"\n'
    }
    (folder / "hook").write_text("https://one.example/")
    before = examined(channels)
    (folder / "hook").write_text("https://two.example/")
    assert changes(before, examined(channels)).fields() == {"channels_changed": ["hook"]}


def test_given_many_names_when_logged_then_only_the_first_are_given() -> None:
    names = tuple(f"feed-{number:02}" for number in range(25))
    fields = Changes(kinds={"feeds": Difference(removed=names)}).fields()
    assert fields == {"feeds_removed": [*names[:20], "and 5 more"]}


def test_given_settings_of_a_start_when_they_change_then_they_are_named_and_others_are_not(examined: Examine) -> None:
    started = examined({}).settings
    wanted = examined({"monitor.toml": '[web]\nport = 9000\n[poll]\nevery = "1m"\n'}).settings
    assert needing_restart(started, wanted) == ("web.port",)
    assert needing_restart(started, started) == ()
