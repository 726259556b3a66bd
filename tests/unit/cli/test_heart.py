"""The heartbeat's address: where it may be kept, that it isn't shown, and that it may become another."""

import asyncio
import datetime as dt
from pathlib import Path

import pytest

from monitor.cli.heart import Calling, Heart, heart_findings
from monitor.settings.files import load
from monitor.settings.location import find_config
from tests.integration.worker.servers import Publisher, publisher
from tests.integration.worker.test_dispatch import wait_until
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
def test_given_an_address_that_can_not_be_meant_when_looked_at_then_file_and_line_are_named_and_no_secret(
    own: Path, monkeypatch: pytest.MonkeyPatch, url: str, said: str
) -> None:
    write(own, url)
    monkeypatch.setenv("SWITCH", "switch/4712")
    (finding,) = heart_findings(load(find_config(own, {}), overrides={}, environ={}))
    assert "heartbeat.url" in finding.message
    assert said in finding.message
    assert finding.file.endswith("monitor.toml")
    assert finding.line
    assert "4712" not in str(finding)


def test_given_a_variable_that_is_not_there_when_checked_then_the_exit_code_says_so(relmon: Relmon, own: Path) -> None:
    write(own, "env:NO_SUCH_SWITCH")
    result = relmon("check", "--config", own)
    assert result.exit_code == 1
    assert "NO_SUCH_SWITCH is not set" in result.stdout


def test_given_a_reference_that_leads_to_an_address_when_checked_then_all_is_well(
    relmon: Relmon, own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(own, "env:SWITCH")
    monkeypatch.setenv("SWITCH", SECRET)
    assert relmon("check", "--config", own).exit_code == 0


def test_given_a_heart_that_beats_when_its_address_is_another_then_that_is_called_and_one_that_stays_goes_on() -> None:
    async def well() -> None:
        return None

    def at(path: str, wire: Publisher) -> Calling:
        return Calling(address=wire.url(path), every=dt.timedelta(hours=1), allow=("127.0.0.0/8",))

    async def scenario(wire: Publisher) -> None:
        heart = Heart(well)
        heart.follow(at("/ping", wire))
        await wait_until(lambda: len(wire.requests) == 1)
        heart.follow(at("/ping", wire))
        heart.follow(at("/pong", wire))
        await wait_until(lambda: len(wire.requests) == 2)
        heart.follow(None)
        heart.follow(at("/ping", wire))
        await wait_until(lambda: len(wire.requests) == 3)
        await heart.stop()

    with publisher() as wire:
        asyncio.run(scenario(wire))
        assert [path for path, _ in wire.requests] == ["/ping", "/pong", "/ping"]
    assert "ping" not in repr(at("/ping", wire))
