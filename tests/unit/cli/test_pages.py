"""Who may see the pages, as the configuration says: `relmon check` names what is open, shut by mistake, or guessed."""

from pathlib import Path

import pytest

from monitor.cli.pages import access_of, hosts_of, page_findings
from monitor.domain.documents import FindingLevel
from monitor.settings.files import Loaded, load
from monitor.settings.location import find_config
from tests.unit.cli.conftest import Relmon

TOKEN = "7d1f0c-of-the-pages-4711"


def loaded(own: Path, lines: str) -> Loaded:
    settings = own / "monitor.toml"
    settings.write_text(settings.read_text().replace("[web]\n", f"[web]\n{lines}\n"))
    return load(find_config(own, {}), overrides={}, environ={})


def told(own: Path, lines: str) -> list[tuple[FindingLevel, str]]:
    found = list(page_findings(loaded(own, lines)))
    assert all(one.file.endswith("monitor.toml") and one.line for one in found)
    assert TOKEN not in str(found)
    return [(one.level, one.message) for one in found]


def test_given_the_default_when_looked_at_then_this_machine_alone_sees_the_pages_and_nothing_is_amiss(
    own: Path,
) -> None:
    standing = loaded(own, "")
    access = access_of(standing)
    assert (access.token, access.is_local) == (None, True)
    assert list(page_findings(standing)) == []


@pytest.mark.parametrize(
    "lines",
    ['host = "0.0.0.0"', 'host = "::"', 'host = "192.0.2.7"', 'hosts = ["desk.example"]', 'public_url = "https://desk.example"'],
)  # fmt: skip
def test_given_pages_that_others_can_reach_when_nothing_says_who_may_then_they_are_shut_and_check_says_so(
    own: Path, lines: str
) -> None:
    ((level, message),) = told(own, lines)
    assert level is FindingLevel.WARNING
    assert "only /healthz and /readyz are answered" in message


def test_given_a_token_in_any_of_its_places_when_read_then_it_is_that_one(
    own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (own / "token").write_text(f"{TOKEN}\n")
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    (credentials / "web-token").write_text(f"{TOKEN}-of-systemd")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(credentials))
    monkeypatch.setenv("WEB_TOKEN", f"{TOKEN}-of-the-environment")
    settings = (own / "monitor.toml").read_text()
    found = []
    for place in ("file:token", "file:web-token", "env:WEB_TOKEN"):
        (own / "monitor.toml").write_text(settings)
        found.append(access_of(loaded(own, f'host = "0.0.0.0"\ntoken = "{place}"')).token)
    assert found == [TOKEN, f"{TOKEN}-of-systemd", f"{TOKEN}-of-the-environment"]


@pytest.mark.parametrize(
    ("written", "value", "said"),
    [
        (TOKEN, "", "write where it is kept"),
        ("env:WEB_TOKEN", "", "the environment variable WEB_TOKEN is empty"),
        ("file:no-such-token", "", "can't be read"),
        ("env:WEB_TOKEN", "brief", "could be guessed"),
        ("env:WEB_TOKEN", "x" * 19 + "\n", "could be guessed"),
        ("env:WEB_TOKEN", "ein-schöner-Schlüssel-für-alle", "which no header carries"),
        ("env:WEB_TOKEN", "a token with spaces in it", "which no header carries"),
    ],
)
def test_given_a_token_that_is_none_when_checked_then_it_is_a_mistake_that_does_not_show_it(
    own: Path, monkeypatch: pytest.MonkeyPatch, written: str, value: str, said: str
) -> None:
    monkeypatch.setenv("WEB_TOKEN", value)
    ((level, message),) = told(own, f'host = "0.0.0.0"\ntoken = "{written}"')
    assert level is FindingLevel.ERROR
    assert said in message
    assert not value or value not in message


def test_given_a_token_that_could_be_guessed_when_checked_then_the_exit_code_says_so(
    relmon: Relmon, own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RELMON_WEB__TOKEN", "env:WEB_TOKEN")
    monkeypatch.setenv("WEB_TOKEN", "sesame-4711")
    result = relmon("check", "--config", own)
    assert result.exit_code == 1
    assert "could be guessed" in result.stdout
    assert "sesame" not in result.stdout


def test_given_a_proxy_when_every_address_may_be_it_then_check_says_so(own: Path) -> None:
    ((level, message),) = told(own, 'proxy_header = "X-Forwarded-User"\ntrusted_proxies = ["10.0.0.5", "::/0"]')
    assert level is FindingLevel.WARNING
    assert "whoever sends X-Forwarded-User sees the pages" in message


def test_given_a_proxy_on_this_machine_when_it_says_who_asks_then_nothing_is_amiss(own: Path) -> None:
    standing = loaded(own, 'proxy_header = "X-Forwarded-User"\npublic_url = "https://desk.example/"')
    assert list(page_findings(standing)) == []
    assert "desk.example" in hosts_of(standing)


def test_given_no_pages_when_checked_then_nothing_is_said_of_them(own: Path) -> None:
    assert told(own, 'enabled = false\nhost = "0.0.0.0"') == []
