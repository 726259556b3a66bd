"""Errors end as sentences and exit codes; flags reach the settings; warnings are logged."""

import json
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from monitor.cli.common import config_option, database_option, load_or_exit, tells_errors
from monitor.domain.errors import DatabaseInUse

Relmon = Callable[..., Result]


@click.group()
@click.option("-v", "--verbose", count=True)
@click.pass_context
def program(context: click.Context, verbose: int) -> None:
    context.obj = verbose


@program.command()
@config_option
@database_option
@tells_errors
def loads(config_folder: Path | None, database: str | None) -> None:
    loaded = load_or_exit(config_folder, overrides={"database.url": database})
    click.echo(loaded.settings.database.url)


@program.command()
@tells_errors
def fails() -> None:
    raise DatabaseInUse("the database is in use by process 7; stop it first")


def test_error_when_raised_ends_as_its_sentence_and_exit_code() -> None:
    result = CliRunner().invoke(program, ["fails"])
    assert (result.exit_code, result.stdout) == (75, "")
    assert result.stderr == "relmon: the database is in use by process 7; stop it first\n"


def test_error_when_very_verbose_shows_its_stack_too() -> None:
    assert "Traceback" not in CliRunner().invoke(program, ["-v", "fails"]).stderr
    result = CliRunner().invoke(program, ["-vv", "fails"])
    assert "Traceback" in result.stderr
    assert result.exit_code == 75


def test_flag_when_given_beats_the_configuration_and_counts_for_nothing_when_not(own: Path, tmp_path: Path) -> None:
    given = CliRunner().invoke(program, ["loads", "--config", str(own), "--database", "sqlite:///other.db"])
    default = CliRunner().invoke(program, ["loads", "--config", str(own)])
    assert given.stdout == "sqlite:///other.db\n"
    assert default.stdout == f"sqlite:///{tmp_path}/state/relation-monitor/monitor.db\n"


def test_mistakes_when_loaded_are_all_said_with_the_exit_code_of_a_bad_configuration(own: Path) -> None:
    (own / "monitor.toml").write_text("[pol]\n[wep]\n", encoding="utf-8")
    result = CliRunner().invoke(program, ["loads", "--config", str(own)])
    assert result.exit_code == 78
    assert f"{own}/monitor.toml:1: error: unknown section" in result.stderr
    assert f"{own}/monitor.toml:2: error: unknown section" in result.stderr
    assert result.stderr.endswith("The configuration can't be used: 2 mistakes. `relmon check` shows them again.\n")


def test_warnings_when_loaded_are_logged_and_stop_nothing(
    own: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RELMON_LOG__FORMAT", "json")
    (own / "watches.toml").write_text("", encoding="utf-8")
    load_or_exit(own)
    logged = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [(line["event"], line["file"]) for line in logged] == [("configuration_warning", f"{own}/watches.toml")]
