"""The heartbeat's address: where it may be kept, and that it isn't shown."""

from pathlib import Path

import pytest

from tests.unit.cli.conftest import Relmon

SECRET = "https://switch.example/ping/4711"


def write(own: Path, url: str) -> None:
    settings = own / "monitor.toml"
    settings.write_text(settings.read_text().replace("[heartbeat]\n", f'[heartbeat]\nurl = "{url}"\n'))


def test_given_an_address_when_the_configuration_is_shown_then_it_is_hidden_and_a_reference_is_not(
    relmon: Relmon, own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(own, SECRET)
    literal = relmon("config", "show", "--config", own).stdout
    assert "4711" not in literal
    assert "heartbeat.url" in literal
    monkeypatch.setenv("RELMON_HEARTBEAT__URL", "env:SWITCH")
    assert '"env:SWITCH"' in relmon("config", "show", "--config", own).stdout


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("env:NO_SUCH_SWITCH", "the environment variable NO_SUCH_SWITCH is not set"),
        ("env:SWITCH", "must be an address such as"),
        ("ftp://switch.example/4712", "must be an address such as"),
        ("https://[switch/4712", "must be an address such as"),
    ],
)
def test_given_an_address_that_can_not_be_meant_when_checked_then_file_and_line_are_named_and_no_secret(
    relmon: Relmon, own: Path, monkeypatch: pytest.MonkeyPatch, url: str, said: str
) -> None:
    write(own, url)
    monkeypatch.setenv("SWITCH", "switch/4712")
    result = relmon("check", "--config", own)
    assert result.exit_code == 1
    (line,) = [line for line in result.stdout.splitlines() if "heartbeat.url" in line]
    assert said in line
    assert "monitor.toml:" in line
    assert "4712" not in line


def test_given_a_reference_that_leads_to_an_address_when_checked_then_all_is_well(
    relmon: Relmon, own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(own, "env:SWITCH")
    monkeypatch.setenv("SWITCH", SECRET)
    assert relmon("check", "--config", own).exit_code == 0
