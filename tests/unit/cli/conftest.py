"""The command line, called in this process, in an environment of its own."""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog
from click.testing import CliRunner, Result

from monitor.cli import main

Relmon = Callable[..., Result]


@pytest.fixture
def relmon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Relmon]:
    """Calls `relmon` with arguments; nothing of the machine's own configuration is seen."""
    for variable in ("RELMON_CONFIG", "XDG_CONFIG_HOME", "STATE_DIRECTORY", "CREDENTIALS_DIRECTORY"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))

    def run(*arguments: str | Path) -> Result:
        return CliRunner().invoke(main, [str(argument) for argument in arguments], catch_exceptions=False)

    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield run
    # A command sets logging up for its process; the streams that it was given here are closed by now.
    structlog.reset_defaults()
    root.handlers[:], root.level = handlers, level


@pytest.fixture
def own(relmon: Relmon, tmp_path: Path) -> Path:
    """A configuration as `relmon init` makes it."""
    folder = tmp_path / "own"
    assert relmon("init", folder).exit_code == 0
    return folder
