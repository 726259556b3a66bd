"""The unit, as systemd itself reads and rates it, and as the program keeps its promises."""

import configparser
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from monitor.cli.check import check
from monitor.cli.run import run
from monitor.settings.location import find_config

UNIT = Path(__file__).parents[3] / "deploy/systemd/relmon.service"
ANALYZE = shutil.which("systemd-analyze")


def unit() -> configparser.ConfigParser:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read(UNIT)
    return parser


@pytest.mark.skipif(ANALYZE is None, reason="systemd-analyze is not installed")
def test_given_the_unit_when_systemd_rates_what_it_may_do_then_it_is_locked_up_well() -> None:
    rated = subprocess.run(
        [str(ANALYZE), "security", "--offline=yes", "--no-pager", "--threshold=13", str(UNIT)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert rated.returncode == 0, rated.stdout + rated.stderr
    assert re.search(r"Overall exposure level for relmon\.service: [01]\.\d", rated.stdout)


@pytest.mark.skipif(ANALYZE is None, reason="systemd-analyze is not installed")
def test_given_the_unit_when_systemd_reads_it_then_it_understands_every_line() -> None:
    read = subprocess.run(
        [str(ANALYZE), "verify", "--man=no", "--recursive-errors=no", str(UNIT)],
        capture_output=True,
        text=True,
        check=False,
    )
    # That the program is not installed here is no fault of the unit.
    complaints = [line for line in read.stderr.splitlines() if "relmon" in line and "is not executable" not in line]
    assert complaints == []


def test_given_the_unit_when_it_starts_the_program_then_command_and_folders_are_those_of_the_program() -> None:
    service = unit()["Service"]
    assert service["ExecStart"].split()[1:] == [run.name]
    assert service["ConfigurationDirectory"] == "relation-monitor"
    location = find_config(None, {"RELMON_CONFIG": "/etc/relation-monitor"})
    assert service["StateDirectory"] == location.folder.name
    # From one attempt to start to the next, so that the operator is told once why it can't.
    assert service["RuntimeDirectoryPreserve"] == "restart"


def test_given_the_unit_when_it_is_reloaded_then_the_configuration_is_checked_before_the_daemon_is_asked() -> None:
    first, second = re.findall(r"^ExecReload=(.+)$", UNIT.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert first.split()[1:] == [check.name]
    assert "kill -HUP" in second
