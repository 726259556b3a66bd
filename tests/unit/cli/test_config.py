"""`relmon config show` says what holds and where it comes from, and never shows a secret."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from monitor.settings.process import setting_keys

Relmon = Callable[..., Result]


def test_values_of_every_origin_when_shown_name_it(relmon: Relmon, own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (own / "monitor.toml").write_text('[poll]\nevery = "90s"\n', encoding="utf-8")
    monkeypatch.setenv("RELMON_WEB__PORT", "9000")
    lines = relmon("config", "show", "--config", own).stdout.splitlines()
    shown = {line.split(" = ")[0].strip(): line.split(" = ", 1)[1].split("  # ") for line in lines if " = " in line}

    assert [key for key in setting_keys() if key not in shown] == []
    assert [part.strip() for part in shown["poll.every"]] == ['"1m30s"', f"{own}/monitor.toml:2"]
    assert [part.strip() for part in shown["web.port"]] == ["9000", "environment RELMON_WEB__PORT"]
    assert [part.strip() for part in shown["poll.max_body"]] == ['"10MB"', "default"]
    assert "channel console: console" in lines


def test_secrets_when_shown_are_references_or_hidden(
    relmon: Relmon, own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOOK", "https://hook.example/canary-one")
    monkeypatch.setenv("RELMON_DATABASE__URL", "postgresql://relmon:canary-two@db.example/relmon")
    with (own / "channels.toml").open("a", encoding="utf-8") as file:
        file.write(
            '\n[[channel]]\nid = "hook"\nkind = "webhook"\nurl = "env:HOOK"\nsecret = "whsec_canary-three"\n'
            'headers = { api_key = "canary-four", accept = "*/*" }\nnames = ["a"]\nfast = true\n'
        )
    for arguments in (["--json"], []):
        result = relmon("config", "show", "--config", own, *arguments)
        assert result.exit_code == 0
        assert "canary" not in result.output
        assert "postgresql://relmon:***@db.example/relmon" in result.stdout
        assert "env:HOOK" in result.stdout


def test_configuration_when_shown_as_json_is_complete(relmon: Relmon, own: Path) -> None:
    report = json.loads(relmon("config", "show", "--config", own, "--json").stdout)
    assert list(report["settings"]) == list(setting_keys())
    assert report["settings"]["poll.every"] == {"value": "5m", "from": "default"}
    assert report["channels"] == [{"id": "console", "kind": "console"}]
    assert report["watches"] == ["usa-venezuela", "venezuela", "usa-latin-america"]
    assert report["feeds"] > 30


def test_wrong_configuration_when_shown_is_shown_and_its_mistakes_told(relmon: Relmon, own: Path) -> None:
    (own / "monitor.toml").write_text("[poll]\nevery = 5\n", encoding="utf-8")
    result = relmon("config", "show", "--config", own)
    assert result.exit_code == 78
    assert "poll.concurrency" in result.stdout
    assert f"{own}/monitor.toml:2: error:" in result.stderr
    assert "Traceback" not in result.stderr


def test_nothing_configured_when_shown_is_the_starter(relmon: Relmon) -> None:
    assert "(the starter configuration)" in relmon("config", "show").stdout.splitlines()[0]
