"""The real command, as an operator meets it first: init, check, a mistake, config show, feeds import."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.acceptance


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("RELMON_", "XDG_"))}
    return {**kept, "HOME": str(tmp_path / "home"), "XDG_STATE_HOME": str(tmp_path / "state")}


def relmon(environ: dict[str, str], *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [Path(sys.executable).with_name("relmon"), *arguments]
    return subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60, check=False)


def test_operator_when_starting_out_gets_a_configuration_that_is_right(environ: dict[str, str], tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    made = relmon(environ, "init", folder)
    assert (made.returncode, made.stderr) == (0, "")

    checked = relmon({**environ, "RELMON_CONFIG": str(folder)}, "check")
    assert checked.stdout.startswith(f"No mistakes in {folder} (RELMON_CONFIG)")
    assert checked.returncode == 0

    (tmp_path / "list.txt").write_text("https://mine.example/feed\n", encoding="utf-8")
    imported = relmon(environ, "feeds", "import", tmp_path / "list.txt", "--config", folder)
    assert imported.returncode == 0
    assert imported.stdout.startswith("1 feed added")

    (folder / "monitor.toml").write_text('[poll]\nevery = "soon"\n', encoding="utf-8")
    wrong = relmon(environ, "check", "--config", folder, "--json")
    assert wrong.returncode == 1
    assert [(finding["file"], finding["line"]) for finding in json.loads(wrong.stdout)["findings"]] == [
        (f"{folder}/monitor.toml", 2)
    ]


def test_wrong_configuration_when_a_command_needs_it_is_said_without_a_stack_trace(
    environ: dict[str, str], tmp_path: Path
) -> None:
    for command in (["config", "show"], ["run"]):
        refused = relmon(environ, *command, "--config", tmp_path / "nowhere")
        assert refused.returncode == 78
        assert f"{tmp_path}/nowhere: error: is no folder" in refused.stderr
        assert "Traceback" not in refused.stderr
