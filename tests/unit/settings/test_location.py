"""The configuration and the state are found where ARCHITECTURE says, in that order."""

from pathlib import Path

import pytest

from monitor.settings.location import find_config, state_folder
from monitor.settings.starter import starter_folder


@pytest.fixture
def homes(tmp_path: Path) -> tuple[Path, Path]:
    """A user's configuration folder and a system's; both hold a configuration."""
    user, system = tmp_path / "home" / ".config" / "relation-monitor", tmp_path / "etc"
    for folder in (user, system):
        folder.mkdir(parents=True)
        (folder / "feeds.toml").touch()
    return user, system


def test_flag_and_variable_when_looked_for_beat_what_exists(homes: tuple[Path, Path], tmp_path: Path) -> None:
    user, system = homes
    environ = {"HOME": str(tmp_path / "home"), "RELMON_CONFIG": "/named/by/variable"}
    assert find_config(Path("/by/flag"), environ, system_folder=system).folder == Path("/by/flag")
    assert find_config(None, environ, system_folder=system).chosen_by == "RELMON_CONFIG"
    del environ["RELMON_CONFIG"]
    assert find_config(None, environ, system_folder=system).folder == user


def test_user_folder_without_configuration_when_looked_for_gives_way_to_the_system(
    homes: tuple[Path, Path], tmp_path: Path
) -> None:
    user, system = homes
    (user / "feeds.toml").unlink()
    assert find_config(None, {"HOME": str(tmp_path / "home")}, system_folder=system).folder == system


def test_nothing_at_all_when_looked_for_is_the_packaged_starter(tmp_path: Path) -> None:
    found = find_config(None, {"HOME": str(tmp_path)}, system_folder=tmp_path / "etc")
    assert found.packaged
    assert found.folder == starter_folder()


@pytest.mark.parametrize(
    ("environ", "root", "expected"),
    [
        ({"STATE_DIRECTORY": "/a:/b", "XDG_STATE_HOME": "/x", "HOME": "/h"}, False, "/a"),
        ({"XDG_STATE_HOME": "/x", "HOME": "/h"}, False, "/x/relation-monitor"),
        ({"XDG_STATE_HOME": "relative", "HOME": "/h"}, False, "/h/.local/state/relation-monitor"),
        ({"HOME": "/h"}, False, "/h/.local/state/relation-monitor"),
        ({"HOME": "/root"}, True, "/var/lib/relation-monitor"),
        ({}, False, "/var/lib/relation-monitor"),
    ],
)
def test_environment_when_state_is_looked_for_names_its_folder(
    environ: dict[str, str], root: bool, expected: str
) -> None:
    assert state_folder(environ, root=root) == Path(expected)
