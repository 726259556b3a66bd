"""The mark of a configuration: the same for what tells the same people of the same news."""

from collections.abc import Callable

import pytest

from monitor.settings.files import Loaded
from monitor.settings.fingerprint import fingerprint
from tests.unit.settings.conftest import WHOLE

Examine = Callable[..., Loaded]


@pytest.mark.parametrize(
    "files",
    [
        {"feeds.toml": "# a note\n" + WHOLE["feeds.toml"]},
        {"watches.toml": '[[watch]]\nsend = ["console"]\nbetween = ["USA", "VEN"]\nid = "pair"\n'},
        {"monitor.toml": '[log]\nlevel = "debug"\n[web]\nport = 9000\n'},
    ],
)
def test_a_configuration_when_nothing_is_told_otherwise_then_its_mark_stays(
    examined: Examine, files: dict[str, str]
) -> None:
    before = fingerprint(examined({}))
    assert fingerprint(examined(files)) == before
    assert len(before) == 12


@pytest.mark.parametrize(
    "files",
    [
        {"feeds.toml": WHOLE["feeds.toml"].replace("rss", "atom")},
        {"watches.toml": WHOLE["watches.toml"] + 'min_severity = "major"\n'},
        {"channels.toml": WHOLE["channels.toml"] + 'language = "es"\n'},
        {"monitor.toml": "[severity]\npossible = 0\n"},
        {"monitor.toml": '[alerts]\nmax_age = "12h"\n'},
    ],
)
def test_a_configuration_when_something_is_told_otherwise_then_its_mark_changes(
    examined: Examine, files: dict[str, str]
) -> None:
    before = fingerprint(examined({}))
    assert fingerprint(examined(files)) != before
