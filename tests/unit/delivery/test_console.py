import asyncio
import io
import os
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from monitor.delivery.console import ConsoleChannel
from monitor.domain.delivery import Delivered, Notice, Rendered, TryAgain, Verdict
from monitor.domain.events import Evidence
from monitor.domain.routing import Alert
from tests.unit.delivery.alerts import covered, make_alert, message
from tests.unit.delivery.books import ENGLISH
from tests.unit.stories.reports import NOON

CHANNEL = ConsoleChannel(id="screen", book=ENGLISH, zone=ZoneInfo("America/Caracas"))


class Terminal(io.StringIO):
    """A standard output that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def send(rendered: Rendered) -> Verdict:
    return asyncio.run(CHANNEL.send(message(rendered), NOON))


def test_given_an_alert_when_rendered_then_everything_a_reader_needs_is_there(alert: Alert) -> None:
    text = CHANNEL.render(alert, (alert.story,)).body.decode()
    assert text.splitlines()[:5] == [
        "CRITICAL: Venezuela expelled diplomats of Chile on 3 March 2026",
        "    Caracas orders two Chilean envoys to leave",
        "    “Caracas [orders] two Chilean envoys to leave”",
        "    The Harbour Post, 4 March 2026, 08:00 -04",
        "    https://harbour-post.example/a?x=1&y=2",
    ]
    assert "- 4 March 2026: Venezuela expelled diplomats of Chile" in text
    assert f"Story: {alert.story.id}" in text
    assert "Watches: andes" in text
    assert text.endswith("\n\n")


def test_given_sample_news_when_rendered_then_it_is_marked() -> None:
    assert CHANNEL.render(make_alert(sample=True), ()).body.startswith(b"SAMPLE CRITICAL: ")


def test_given_other_publishers_and_a_page_when_rendered_then_their_links_stand_below() -> None:
    text = CHANNEL.render(make_alert(coverage=covered("Reef"), page="https://monitor.example/stories/a1"), ())
    lines = [line.strip() for line in text.body.decode().splitlines()]
    assert lines[lines.index("Also reported by:") + 1] == "- Reef https://reef.example/a"
    assert "The story's page: https://monitor.example/stories/a1" in lines


def test_given_no_link_and_no_new_evidence_when_rendered_then_their_lines_are_left_out() -> None:
    bare = make_alert(
        link=None, evidence=Evidence(sentence="Caracas orders two Chilean envoys to leave", start=0, end=0, pattern="p")
    )
    text = CHANNEL.render(bare, ()).body.decode()
    assert len(text.strip().splitlines()) == 5


def test_given_a_title_with_terminal_codes_when_rendered_then_they_are_harmless() -> None:
    body = CHANNEL.render(make_alert(title="Good\x1b[2J\x1b]0;owned\x07 news\nCRITICAL: fake"), ()).body
    assert b"\x1b" not in body
    assert b"\nCRITICAL" not in body


def test_given_a_pipe_when_sent_then_the_stored_bytes_are_what_is_printed(
    alert: Alert, capsys: pytest.CaptureFixture[str]
) -> None:
    rendered = CHANNEL.render(alert, ())
    assert send(rendered) == Delivered(answer="printed")
    assert capsys.readouterr().out == rendered.body.decode()


def test_given_a_terminal_when_sent_then_the_same_text_is_coloured(
    alert: Alert, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    send(CHANNEL.render(alert, ()))
    shown = terminal.getvalue()
    assert shown.startswith("\x1b[")
    assert "CRITICAL" in shown
    assert "https://harbour-post.example/a?x=1&y=2" in shown


def test_given_a_very_long_line_when_printed_then_the_terminal_wraps_it_not_we(
    capsys: pytest.CaptureFixture[str],
) -> None:
    link = "https://harbour-post.example/" + "a" * 500
    send(CHANNEL.render(make_alert(link=link), ()))
    assert link in capsys.readouterr().out


def test_given_an_output_that_knows_ascii_only_when_sent_then_it_is_printed_as_far_as_it_goes(
    alert: Alert, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with (tmp_path / "out").open("w", encoding="ascii") as out:
        monkeypatch.setattr(sys, "stdout", out)
        assert isinstance(send(CHANNEL.render(alert, ())), Delivered)
    assert "?Caracas [orders] two Chilean envoys to leave?" in (tmp_path / "out").read_text()


def test_given_a_pipe_whose_reader_is_gone_when_sent_then_it_is_tried_again(
    alert: Alert, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    # Unbuffered, so that closing it has nothing left to write.
    with io.TextIOWrapper(os.fdopen(writing, "wb", buffering=0), encoding="utf-8", write_through=True) as broken:
        monkeypatch.setattr(sys, "stdout", broken)
        verdict = send(CHANNEL.render(alert, ()))
    assert isinstance(verdict, TryAgain)


def test_given_a_closed_output_when_sent_then_it_is_tried_again(alert: Alert, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = io.StringIO()
    closed.close()
    monkeypatch.setattr(sys, "stdout", closed)
    assert isinstance(send(CHANNEL.render(alert, ())), TryAgain)


def test_given_a_notice_when_rendered_then_its_lines_stand_below_its_title() -> None:
    notice = Notice(dedup_key="start", title="Watching 12 feeds", text="All is well.\nNothing to do.", at=NOON)
    assert CHANNEL.render_notice(notice).body.decode().splitlines() == [
        "NOTICE: Watching 12 feeds",
        "    All is well.",
        "    Nothing to do.",
        "    2026-03-04 08:00 -04",
        "",
    ]
