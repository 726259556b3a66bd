"""`relmon status --watch` as a terminal shows it."""

import datetime as dt
import io
import os
import pty
import signal
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from monitor.cli.live_status import screen
from monitor.cli.look import Look, span
from monitor.domain.feeds import FeedState
from monitor.storage import outbox, polls
from monitor.storage.channels import ChannelState
from monitor.storage.outbox import MessageState, StoredMessage
from monitor.storage.overview import FeedHealth, Overview
from monitor.storage.vitals import ChannelHealth, Vitals
from monitor.storage.workers import Presence
from tests.acceptance.installation import RELMON, environment
from tests.databases import open_current
from tests.unit.storage import examples

NOBODY = dt.timedelta()


def look() -> Look:
    """An installation that does well."""
    counts = dict.fromkeys(MessageState, 0)
    feeds = {FeedHealth.OK: 40, FeedHealth.FAILING: 0, FeedHealth.NEW: 0}
    return Look(
        at=examples.NOW,
        database="sqlite:///monitor.db",
        version="1.2.3",
        schema="0014",
        configuration="0cb2abd61c2f",
        overview=Overview(items=12345, events=8, stories=7, alerts=counts, notices=counts, feeds=feeds),
        vitals=Vitals(
            feeds=feeds,
            overdue=0,
            longest_overdue=NOBODY,
            messages={MessageState.PENDING: 0, MessageState.SENDING: 0, MessageState.DEAD: 0},
            oldest_due=None,
            channels={ChannelHealth.OPEN: 1, ChannelHealth.PAUSED: 0, ChannelHealth.BROKEN: 0},
            size_bytes=5_000_000,
        ),
        failing=(),
        next_due_at=examples.NOW,
        channels=(),
        latest=(),
        dead=(),
        silent=(),
        workers=(),
        followed=(),
    )


def shown(seen: Look, height: int = 30, width: int = 100) -> list[str]:
    console = Console(file=io.StringIO(), width=width, height=height)
    console.print(screen(seen, height))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().splitlines()


def sent(number: int) -> StoredMessage:
    return StoredMessage(
        message=examples.message(str(number), title=f"Fiji → Tonga: visit, number {number}"),
        state=MessageState.DELIVERED,
        attempt=1,
        next_attempt_at=examples.NOW,
        settled_at=examples.NOW,
        remark=None,
        answer="200",
    )


def test_given_all_well_when_shown_then_it_says_so_and_names_version_tables_and_configuration() -> None:
    page = "\n".join(shown(look()))
    assert "ALL IS WELL" in page
    assert "1.2.3" in page
    assert "tables 0014, configuration 0cb2abd61c2f" in page
    assert "12,345 items" in page
    assert "none waits" in page


def test_given_a_broken_channel_and_a_late_daemon_when_shown_then_they_stand_first_and_the_verdict_is_grave() -> None:
    broken = ChannelState(channel_id="chat", paused_until=None, broken_at=examples.NOW, broken_reason="answered 410")
    daemons = tuple(
        Presence(owner=owner, duties=("poll",), configuration=mark, version="1.2.3", configured_at=examples.NOW)
        for owner, mark in (("old:1", "aaaaaaaaaaaa"), ("new:2", "bbbbbbbbbbbb"))
    )
    page = "\n".join(shown(replace(look(), channels=(broken,), workers=daemons)))
    assert "NEEDS A LOOK" in page
    assert "channel chat: answered 410" in page
    assert "old:1 follows configuration aaaaaaaaaaaa" in page


@pytest.mark.parametrize(("height", "width"), [(24, 80), (50, 160)])
def test_given_more_than_fits_when_shown_then_it_stays_within_the_screen_and_says_how_much_is_left_out(
    height: int, width: int
) -> None:
    failing = tuple(
        FeedState(feed_id=f"gazette-{number}", failures=2, last_error="answered 503 Service Unavailable, " * 5)
        for number in range(90)
    )
    well = look()
    troubled = replace(well.vitals, feeds={**well.vitals.feeds, FeedHealth.FAILING: len(failing)})
    seen = replace(well, vitals=troubled, failing=failing, latest=tuple(map(sent, range(30))))
    lines = shown(seen, height, width)
    assert len(lines) <= height
    assert max(map(len, lines)) <= width
    page = "\n".join(lines)
    assert "NEEDS A LOOK" in page
    assert "more; `relmon status` says them all" in page
    assert "number 0" in page


def test_given_a_terminal_when_watched_then_the_screen_is_drawn_and_ctrl_c_ends_it_in_order(
    own: Path, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path / 'monitor.db'}"
    database = open_current(url)
    with database.write() as connection:
        polls.sync_feeds(connection, [examples.source()], examples.NOW)
        outbox.enqueue(connection, [examples.message(title="Fiji → Tonga: visit")])
    database.close()
    ours, theirs = pty.openpty()
    command = [RELMON, "status", "--watch", "--config", str(own), "--database", url]
    watching = subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment() | {"TERM": "xterm", "COLUMNS": "100"}
    )
    os.close(theirs)
    drawn = b""
    try:
        while b"Ctrl-C ends this" not in drawn:
            drawn += os.read(ours, 4096)
        watching.send_signal(signal.SIGINT)
        assert watching.wait(20) == 0
    finally:
        watching.kill()
        watching.wait()
        os.close(ours)
    assert "Fiji → Tonga: visit".encode() in drawn
    assert b"Traceback" not in drawn


@pytest.mark.parametrize(
    ("seconds", "said"), [(0, "0 s"), (59.9, "59 s"), (60, "1 min"), (7500, "2 h 5 min"), (90_061, "1 d 1 h")]
)
def test_given_a_duration_when_told_then_its_two_largest_units_are(seconds: float, said: str) -> None:
    assert span(dt.timedelta(seconds=seconds)) == said
