"""The container's files, as the tools made for them read them (`make deploy-check`), and as the program keeps its promises."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from monitor.cli.pages import access_of
from monitor.settings.files import load
from monitor.settings.location import find_config
from monitor.settings.process import WebSettings
from monitor.worker import service

CONTAINER = Path(__file__).parents[3] / "deploy/container"
CONTAINERFILE = CONTAINER / "Containerfile"


def tool(name: str) -> str | None:
    return shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)


HADOLINT, CHECK_JSONSCHEMA = tool("hadolint"), tool("check-jsonschema")


def last_stage() -> dict[str, str]:
    """The instructions of the image that is kept, the last of each kind, their lines joined."""
    text = re.sub(r"\\\n\s*", "", CONTAINERFILE.read_text(encoding="utf-8")).rpartition("\nFROM ")[2]
    return dict(line.split(" ", 1) for line in text.splitlines()[1:] if line and not line.startswith("#"))


def test_given_the_image_when_it_is_started_then_signals_reach_the_program_and_its_user_is_a_number() -> None:
    image = last_stage()
    assert json.loads(image["ENTRYPOINT"]) == ["/opt/relmon/bin/relmon"]
    assert json.loads(image["CMD"]) == ["run"]
    assert re.fullmatch(r"[1-9]\d+:[1-9]\d+", image["USER"])


def test_given_the_image_when_its_health_is_asked_for_then_it_is_where_the_program_shows_it() -> None:
    probe = json.loads(last_stage()["HEALTHCHECK"].partition("CMD ")[2])
    compile(probe[2], "probe", "exec")
    assert f"http://{WebSettings().host}:{WebSettings().port}/healthz" in probe[2]


def test_given_compose_when_it_stops_the_daemon_then_it_waits_for_as_long_as_the_daemon_may_take() -> None:
    grace = re.search(r"stop_grace_period: (\d+)s", (CONTAINER / "compose.yaml").read_text(encoding="utf-8"))
    assert grace
    assert int(grace[1]) > service._DRAIN_LIMIT.total_seconds() + 4


def test_given_the_pages_of_a_container_when_opened_then_they_ask_for_a_token_that_is_no_part_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (CONTAINER / "compose.pages.yaml").read_text(encoding="utf-8")
    given = dict(re.findall(r"^ +(RELMON_\w+): (\S+)$", text, re.MULTILINE))
    (tmp_path / "web-token").write_text("7d1f0c-of-the-container\n")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    access = access_of(load(find_config(CONTAINER.parents[1] / "config", {}), overrides={}, environ=given))
    assert (access.token, access.is_local) == ("7d1f0c-of-the-container", False)
    # What is published is published on this machine alone.
    assert re.findall(r"^ +- (\S+:\d+:\d+)$", text, re.MULTILINE) == [
        f"127.0.0.1:{WebSettings().port}:{WebSettings().port}"
    ]


@pytest.mark.skipif(HADOLINT is None, reason="hadolint is not installed: make deploy-check")
def test_given_the_containerfile_when_hadolint_reads_it_then_it_finds_nothing() -> None:
    read = subprocess.run([str(HADOLINT), str(CONTAINERFILE)], capture_output=True, text=True, check=False)
    assert (read.returncode, read.stdout) == (0, "")


@pytest.mark.skipif(CHECK_JSONSCHEMA is None, reason="check-jsonschema is not installed: make deploy-check")
@pytest.mark.parametrize("name", ["compose.yaml", "compose.postgresql.yaml", "compose.pages.yaml"])
def test_given_a_compose_file_when_held_against_the_specification_then_it_fits(name: str) -> None:
    command = [str(CHECK_JSONSCHEMA), "--builtin-schema", "vendor.compose-spec", str(CONTAINER / name)]
    held = subprocess.run(command, capture_output=True, text=True, check=False)
    assert held.returncode == 0, held.stdout
