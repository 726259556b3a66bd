"""Commands that only look make no database."""

from pathlib import Path

import pytest

from tests.unit.cli.conftest import Relmon


@pytest.mark.parametrize(
    "command", [("status",), ("events",), ("stories", "list"), ("deliveries", "list"), ("feedback", "export")]
)
def test_given_no_database_when_looked_at_then_that_is_said_and_none_is_made(
    relmon: Relmon, own: Path, tmp_path: Path, command: tuple[str, ...]
) -> None:
    missing = tmp_path / "nowhere" / "monitor.db"
    result = relmon(*command, "--config", own, "--database", f"sqlite:///{missing}")
    assert result.exit_code == 75
    assert f"There is no database at {missing} yet" in result.stderr
    assert not missing.parent.exists()


def test_given_no_database_when_feeds_are_listed_then_they_are_as_new(
    relmon: Relmon, own: Path, tmp_path: Path
) -> None:
    assert relmon("feeds", "list", "--config", own).exit_code == 0
    assert not list(tmp_path.rglob("monitor.db"))
