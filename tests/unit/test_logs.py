import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from monitor import logs
from monitor.logs import LogFormat


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    """Leaves logging as pytest and the other tests know it."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    structlog.reset_defaults()
    root.handlers[:], root.level = handlers, level


def test_given_json_when_something_is_logged_then_each_event_is_one_line_with_its_fields_on_standard_error(
    capsys: pytest.CaptureFixture[str],
) -> None:
    logs.configure("info", LogFormat.JSON)
    log = structlog.get_logger()
    log.info("feed_polled", feed="gazette", new=3, title="¿Qué pasó?\nNada")
    log.debug("feed_unchanged", feed="gazette")
    seen = capsys.readouterr()
    (line,) = seen.err.splitlines()
    entry = json.loads(line)
    assert entry.pop("timestamp").endswith("Z")
    assert entry == {"event": "feed_polled", "level": "info", "feed": "gazette", "new": 3, "title": "¿Qué pasó?\nNada"}
    assert seen.out == ""


def test_given_auto_when_nobody_watches_then_it_is_json_and_text_can_be_asked_for(
    capsys: pytest.CaptureFixture[str],
) -> None:
    logs.configure()
    structlog.get_logger().warning("child_killed")
    assert json.loads(capsys.readouterr().err)["event"] == "child_killed"
    logs.configure(style=LogFormat.TEXT)
    structlog.get_logger().warning("child_killed", after_s=5)
    text = capsys.readouterr().err
    assert "child_killed" in text
    assert "after_s=5" in text
    assert "\x1b" not in text


def test_given_libraries_that_talk_when_they_log_then_only_warnings_come_through_in_our_shape(
    capsys: pytest.CaptureFixture[str],
) -> None:
    logs.configure("debug", LogFormat.JSON)
    logging.getLogger("httpx").info("HTTP Request: POST https://hooks.example/secret")
    logging.getLogger("apscheduler.scheduler").warning("skipped: maximum number of running instances reached")
    logging.getLogger("uvicorn.error").warning("invalid request")
    (line,) = capsys.readouterr().err.splitlines()
    assert json.loads(line)["event"] == "invalid request"


def test_given_an_exception_when_logged_as_json_then_its_trace_is_a_field_of_the_same_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    logs.configure("info", LogFormat.JSON)
    try:
        int("odd document")
    except ValueError:
        structlog.get_logger().exception("poll_failed", feed="gazette")
    (line,) = capsys.readouterr().err.splitlines()
    assert "ValueError: invalid literal" in json.loads(line)["exception"]
