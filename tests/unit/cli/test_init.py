"""`relmon init` writes a private configuration that is ready to use, and overwrites nothing."""

import stat
from collections.abc import Callable
from pathlib import Path

from click.testing import Result

from monitor.settings.files import load
from monitor.settings.location import ConfigLocation
from monitor.settings.starter import starter_folder

Relmon = Callable[..., Result]


def test_new_folder_when_initialised_holds_four_files_and_an_overlay_folder_for_each_kind_of_addition(
    own: Path,
) -> None:
    assert sorted(path.name for path in own.iterdir()) == [
        "actors.d",
        "channels.toml",
        "feeds.d",
        "feeds.toml",
        "monitor.toml",
        "patterns.d",
        "publishers.d",
        "types.d",
        "watches.d",
        "watches.toml",
    ]
    assert (own / "feeds.toml").read_bytes() == (starter_folder() / "feeds.toml").read_bytes()
    for folder in own.glob("*.d"):
        (readme,) = folder.iterdir()
        assert readme.name == "README"
        assert len(readme.read_text(encoding="utf-8").splitlines()) == 1


def test_new_folder_when_initialised_is_private_and_without_mistakes(own: Path) -> None:
    modes = {stat.S_IMODE(path.stat().st_mode) for path in own.rglob("*") if path.is_file()}
    folders = {stat.S_IMODE(path.stat().st_mode) for path in (own, *own.rglob("*.d"))}
    assert (modes, folders) == ({0o600}, {0o700})
    loaded = load(ConfigLocation(folder=own, chosen_by="--config"), overrides={}, environ={"HOME": "/h"})
    assert loaded.findings == ()


def test_folder_in_use_when_initialised_is_left_alone_and_said(relmon: Relmon, own: Path) -> None:
    (own / "feeds.toml").write_text("# mine\n", encoding="utf-8")
    result = relmon("init", own)
    assert result.exit_code == 1
    assert "nothing is overwritten" in result.stderr
    assert (own / "feeds.toml").read_text(encoding="utf-8") == "# mine\n"


def test_empty_folder_that_exists_when_initialised_is_filled(relmon: Relmon, tmp_path: Path) -> None:
    result = relmon("init", tmp_path)
    assert result.exit_code == 0
    assert (tmp_path / "feeds.toml").exists()


def test_folder_that_cannot_be_made_when_initialised_is_said_in_a_sentence(relmon: Relmon, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    result = relmon("init", tmp_path / "file" / "below")
    assert result.exit_code == 1
    assert "can't be written: Not a directory" in result.stderr


def test_success_when_initialised_says_what_to_do_next(relmon: Relmon, tmp_path: Path) -> None:
    said = relmon("init", tmp_path / "new").stdout
    assert f"relmon check --config {tmp_path / 'new'}" in said
    assert f"relmon run --config {tmp_path / 'new'}" in said
