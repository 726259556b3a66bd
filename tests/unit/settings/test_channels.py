"""channels.toml becomes specs; secrets are found where they are referred to, and shown nowhere."""

from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.domain.delivery import ChannelSpec, Secret
from monitor.settings.files import Loaded
from monitor.settings.secrets import hidden, looks_secret

Examine = Callable[..., Loaded]
Findings = Callable[..., list[str]]


def channel(lines: str) -> dict[str, str]:
    return {"channels.toml": f'[[channel]]\nid = "console"\nkind = "webhook"\n{lines}\n'}


def test_channel_with_a_language_when_examined_keeps_it_apart_from_its_options(examined: Examine) -> None:
    loaded = examined(channel('url = "https://desk.example/hook"\nlanguage = "es"'))
    assert loaded.findings == ()
    assert [(spec.language, spec.options) for spec in loaded.channels] == [("es", {"url": "https://desk.example/hook"})]


@pytest.mark.parametrize("language", ['"fj"', "3", '["en"]'])
def test_language_without_texts_when_examined_is_an_error_that_names_those_there_are(
    findings: Findings, language: str
) -> None:
    (found,) = findings(channel(f"language = {language}"))
    assert 'channels.toml:4: error: "language": alerts are written in one of "en", "es"' in found


def test_options_of_every_shape_when_examined_are_kept_with_secrets_resolved(examined: Examine, folder: Path) -> None:
    (folder / "old.secret").write_text("old value\n", encoding="utf-8")
    text = channel(
        'url = "https://desk.example/hook"\nsecrets = ["env:NEW", "file:old.secret"]\nretries = 3\nquiet = true\n'
        'headers = { authorization = "env:NEW", accept = "*/*" }'
    )
    loaded = examined(text, environ={"NEW": "new value"})
    new, old = Secret("env:NEW", "new value"), Secret("file:old.secret", "old value")
    assert loaded.findings == ()
    assert loaded.channels == (
        ChannelSpec(
            id="console",
            kind="webhook",
            options={
                "url": "https://desk.example/hook",
                "secrets": (new, old),
                "retries": 3,
                "quiet": True,
                "headers": {"authorization": new, "accept": "*/*"},
            },
        ),
    )
    assert "new value" not in repr(loaded)
    assert "old value" not in repr(loaded)


def test_relative_file_when_systemd_hands_credentials_is_looked_for_there_first(
    examined: Examine, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "hook").write_text("from systemd", encoding="utf-8")
    (folder / "hook").write_text("from the folder", encoding="utf-8")
    loaded = examined(channel('url = "file:hook"'), environ={"CREDENTIALS_DIRECTORY": str(tmp_path)})
    url = loaded.channels[0].options["url"]
    assert isinstance(url, Secret)
    assert url.reveal() == "from systemd"


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ('url = "env:NOWHERE"', 'channels.toml:4: error: "url": the environment variable NOWHERE is not set'),
        ('url = "env:EMPTY"', "the environment variable EMPTY is empty"),
        ('url = "file:absent"', "absent can't be read: No such file or directory"),
        ('\nsecrets = [\n"file:blank",\n]', 'channels.toml:6: error: "secrets": the file'),
        ('url = "file:binary"', "is not UTF-8 text"),
        ("since = 2026-01-01", '"since": a date or time has no meaning here'),
    ],
)
def test_secret_that_leads_nowhere_when_examined_is_an_error_without_its_value(
    findings: Findings, folder: Path, lines: str, said: str
) -> None:
    (folder / "blank").write_text("\n", encoding="utf-8")
    (folder / "binary").write_bytes(b"\xff\xfe")
    found = findings(channel(lines), environ={"EMPTY": ""})
    assert len(found) == 1
    assert said in found[0]


def test_channel_without_kind_when_examined_is_an_error(findings: Findings) -> None:
    assert findings({"channels.toml": '[[channel]]\nid = "console"\n'}) == [
        'channels.toml:1: error: "kind" is missing; write kind = "console", for instance'
    ]


@pytest.mark.parametrize(
    "line",
    [
        'url = "https://hooks.slack.com/services/T0/B0/abc"',
        'secret = "whsec_abc"',
        'headers = { api_key = "abc" }',
        'bots = ["xoxb-1-2"]',
        'url = "https://me:pass@desk.example/"',
    ],
)
def test_literal_secret_when_everybody_may_read_the_file_is_refused(examined: Examine, folder: Path, line: str) -> None:
    private = examined(channel(line))
    assert private.findings == ()
    (folder / "channels.toml").chmod(0o644)
    (finding,) = examined().errors
    assert finding.line == 4
    assert "every user of this machine can read this file" in finding.message
    assert "abc" not in finding.message


def test_references_when_everybody_may_read_the_file_are_fine(examined: Examine, folder: Path) -> None:
    examined(channel('secret = "env:NEW"'))
    (folder / "channels.toml").chmod(0o644)
    assert examined(environ={"NEW": "x"}).findings == ()


def test_literal_texts_when_shown_lose_what_looks_secret() -> None:
    assert hidden("url", "https://desk.example/hook") == "https://desk.example/hook"
    assert hidden("url", "postgresql://me:pass@db/relmon") == "postgresql://me:***@db/relmon"
    assert hidden("url", "https://hooks.slack.com/services/T/B/x") == "(hidden)"
    assert hidden("token", "abc") == "(hidden)"
    assert hidden("token", "env:TOKEN") == "env:TOKEN"
    assert not looks_secret("tokens_per_second", "5")


def test_template_when_examined_is_read_from_the_folder_of_the_configuration(examined: Examine, folder: Path) -> None:
    (folder / "desk.txt.j2").write_text("{{ sentence }}\n", encoding="utf-8")
    loaded = examined(channel('url = "https://desk.example/hook"\ntemplate = "desk.txt.j2"'))
    assert loaded.findings == ()
    template = loaded.channels[0].template
    assert template is not None
    assert (Path(template.file), template.text) == (folder / "desk.txt.j2", "{{ sentence }}\n")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("template = 3", "names a file"),
        ('template = "none.j2"', "No such file"),
        ('template = "bad.j2"', "no text in UTF-8"),
        ('template = "long.j2"', "longer than any message"),
    ],
)
def test_template_that_is_none_when_examined_is_an_error_with_its_line(
    findings: Findings, folder: Path, line: str, said: str
) -> None:
    (folder / "bad.j2").write_bytes(b"\xff\xfe\x00")
    (folder / "long.j2").write_text("x" * 100_001, encoding="utf-8")
    (found,) = findings(channel(line))
    assert "channels.toml:4: error: " in found
    assert said in found
