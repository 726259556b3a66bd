"""A flag beats the environment, which beats the file, which beats the default; wrong values are named where they stand."""

import dataclasses
import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.domain.documents import TomlDocument
from monitor.logs import LogFormat
from monitor.settings.files import Loaded
from monitor.settings.process import SECTIONS, environment_name, read_settings, setting_keys, value_of
from monitor.settings.starter import starter_folder
from monitor.settings.toml import parse_toml

Examine = Callable[..., Loaded]
Findings = Callable[..., list[str]]


def test_each_level_when_given_beats_the_one_below(examined: Examine, folder: Path) -> None:
    file = {"monitor.toml": '[poll]\nevery = "1m"\n'}
    variable = {"RELMON_POLL__EVERY": "2m"}
    flag = {"poll.every": "3m"}

    assert examined().settings.poll.every == dt.timedelta(minutes=5)
    assert examined().provenance["poll.every"] == "default"
    assert examined(file).settings.poll.every == dt.timedelta(minutes=1)
    assert examined().provenance["poll.every"] == f"{folder}/monitor.toml:2"
    assert examined(environ=variable).settings.poll.every == dt.timedelta(minutes=2)
    assert examined(environ=variable).provenance["poll.every"] == "environment RELMON_POLL__EVERY"
    assert examined(environ=variable, overrides=flag).settings.poll.every == dt.timedelta(minutes=3)
    assert examined(environ=variable, overrides=flag).provenance["poll.every"] == "command line"


def test_types_other_than_text_when_given_in_the_environment_are_read(examined: Examine) -> None:
    settings = examined(
        environ={
            "RELMON_WEB__ENABLED": "false",
            "RELMON_WEB__PORT": "0",
            "RELMON_WEB__HOSTS": "relmon, monitor.example.org, 2001:db8::1",
            "RELMON_POLL__MAX_BODY": "2MB",
            "RELMON_OUTBOUND__ALLOW_FEEDS": "localhost:8000, 10.0.0.0/8",
            "RELMON_OPERATOR__CHANNELS": "",
            "RELMON_DELIVERY__RETRY": "0s,1s",
            "RELMON_LOG__FORMAT": "json",
        }
    ).settings
    assert settings.web.enabled is False
    assert settings.web.port == 0
    assert settings.web.hosts == ("relmon", "monitor.example.org", "2001:db8::1")
    assert settings.poll.max_body == 2_000_000
    assert settings.outbound.allow_feeds == ("localhost:8000", "10.0.0.0/8")
    assert settings.operator.channels == ()
    assert settings.delivery.retry == (dt.timedelta(0), dt.timedelta(seconds=1))
    assert settings.log.format is LogFormat.JSON


def test_no_database_when_read_is_a_file_in_the_state_folder(examined: Examine) -> None:
    assert examined().settings.database.url == "sqlite:////state/relation-monitor/monitor.db"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[poll]\nevry = "5m"', 'monitor.toml:2: error: unknown key "evry"; did you mean "every"?'),
        ("[pol]", 'monitor.toml:1: error: unknown section "pol"; did you mean "poll"?'),
        ("poll = 5", 'monitor.toml:1: error: "poll" is a section: write [poll], and its keys below'),
        ('\n[poll]\nevery = "0s"', 'monitor.toml:3: error: "poll.every": must be longer than nothing'),
        ("[poll]\nevery = 300", 'monitor.toml:2: error: "poll.every": 300 is no duration'),
        ('[poll]\nconcurrency = "16"', '"poll.concurrency" must be a whole number; remove the quotes'),
        ("[poll]\nchildren = 0", '"poll.children" is 0, but must be at least 1'),
        ("[poll]\nchildren = true", '"poll.children" must be a whole number'),
        ('[web]\nenabled = "true"', '"web.enabled" must be true or false; remove the quotes'),
        ('[log]\nlevel = "warn"', 'must be "debug", "info", "warning" or "error"; did you mean "warning"?'),
        ('[delivery]\nretry = ["1s", "soon"]', "'soon' is no duration"),
        ("[delivery]\nretry = []", '"delivery.retry": the list is empty'),
        ('[web]\nhosts = ["relmon:8321"]', '"relmon:8321" names a port'),
        ('[web]\nhosts = ["http://relmon"]', "without scheme and port"),
        ('[outbound]\nallow_feeds = "10.0.0.0/8"', '"outbound.allow_feeds" must be a list'),
        (
            '[outbound]\n\nallow_smtp = ["intranet"]',
            "monitor.toml:3: error: \"outbound.allow_smtp\": 'intranet' is neither",
        ),
        ('[operator]\nchannels = ["consol"]', 'no channel of channels.toml; did you mean "console"?'),
        ("[web\n", "monitor.toml:1:5: error: is not valid TOML"),
    ],
)
def test_mistake_in_settings_when_examined_is_said_with_its_line(findings: Findings, text: str, said: str) -> None:
    found = findings({"monitor.toml": text})
    assert len(found) == 1
    assert said in found[0]


def test_unknown_variable_when_examined_is_an_error_and_other_programs_are_left_alone(findings: Findings) -> None:
    found = findings(environ={"RELMON_POLL__EVRY": "5m", "RELMON_CONFIG": "/x", "OTHER__KEY": "1"})
    assert found == ['environment: error: RELMON_POLL__EVRY is no setting; did you mean "RELMON_POLL__EVERY"?']


def test_wrong_variable_when_examined_is_named_as_the_operator_knows_it(findings: Findings) -> None:
    found = findings(environ={"RELMON_POLL__CHILDREN": "many"})
    assert found == ['environment: error: "RELMON_POLL__CHILDREN" must be a whole number']


def test_starter_settings_when_uncommented_are_all_settings_with_their_defaults() -> None:
    text = (starter_folder() / "monitor.toml").read_text(encoding="utf-8")
    document = parse_toml(re.sub(r"^# (\w+ = )", r"\1", text, flags=re.MULTILINE), file="monitor.toml")
    assert isinstance(document, TomlDocument)
    read = read_settings(document, overrides={}, environ={}, database_url="sqlite://")

    assert read.findings == ()
    assert [key for key, origin in read.provenance.items() if origin == "default"] == []
    for name, section in SECTIONS.items():
        for field in dataclasses.fields(section):
            if (name, field.name) not in (("database", "url"), ("operator", "channels")):
                assert value_of(read.settings, f"{name}.{field.name}") == field.default


def test_setting_when_named_in_the_environment_keeps_both_of_its_names() -> None:
    assert environment_name("poll.host_spacing") == "RELMON_POLL__HOST_SPACING"
    assert len({environment_name(key) for key in setting_keys()}) == len(setting_keys())
