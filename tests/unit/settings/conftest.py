"""Configuration folders, written as an operator would."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from monitor.settings.files import Loaded, examine
from monitor.settings.location import ConfigLocation
from monitor.settings.starter import starter_folder

WHOLE = {
    "monitor.toml": "",
    "feeds.toml": '[[feed]]\nid = "wire"\nurl = "https://wire.example/rss"\nlanguage = "en"\ntags = ["agency"]\n',
    "watches.toml": '[[watch]]\nid = "pair"\nbetween = ["USA", "VEN"]\nsend = ["console"]\n',
    "channels.toml": '[[channel]]\nid = "console"\nkind = "console"\n',
}

Examine = Callable[..., Loaded]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small configuration without a mistake."""
    own = tmp_path / "config"
    own.mkdir()
    for name, text in WHOLE.items():
        (own / name).write_text(text, encoding="utf-8")
        (own / name).chmod(0o600)
    return own


@pytest.fixture
def small_starter(tmp_path: Path) -> Path:
    """The shipped files without the many names and patterns, which take a while to read and don't matter here."""
    starter = tmp_path / "starter"
    (starter / "sample").mkdir(parents=True)
    for name in ("relation-types.toml", "publishers.toml", "sample/newswire.toml", "messages"):
        (starter / name).symlink_to(starter_folder() / name)
    for name in ("actors/states.toml", "patterns/en/missions.toml", "languages/en/words.toml"):
        (starter / name).parent.mkdir(parents=True)
        (starter / name).touch()
    return starter


@pytest.fixture
def examined(folder: Path, small_starter: Path) -> Examine:
    """Examines the folder after some of its files were given other texts: `examined({"feeds.toml": "..."})`."""

    def run(
        files: Mapping[str, str] | None = None,
        *,
        overrides: Mapping[str, str] | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> Loaded:
        for name, text in (files or {}).items():
            path = folder / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
            path.chmod(0o600)
        return examine(
            ConfigLocation(folder=folder, chosen_by="--config"),
            overrides=overrides or {},
            environ={"XDG_STATE_HOME": "/state", **(environ or {})},
            starter=small_starter,
        )

    return run


@pytest.fixture
def findings(examined: Examine, folder: Path) -> Callable[..., list[str]]:
    """The findings about a folder as "file:line: level: message", without the folder's path."""

    def run(files: Mapping[str, str] | None = None, **options: Mapping[str, str]) -> list[str]:
        return [str(finding).removeprefix(f"{folder}/") for finding in examined(files, **options).findings]

    return run
