"""A channel that is paused or broken says so until it is over."""

import datetime as dt

from monitor.storage.channels import (
    break_channel,
    channel_states,
    count_failure,
    ensure_channels,
    forget_failures,
    pause_channel,
    reopen_channel,
)
from monitor.storage.engine import Database, database_now

HOUR = dt.timedelta(hours=1)


def test_a_pause_when_a_shorter_one_follows_then_the_longer_holds(database: Database) -> None:
    with database.write() as connection:
        until = pause_channel(connection, "desk", HOUR)
        assert abs(until - database_now(connection) - HOUR) < dt.timedelta(seconds=5)
        assert pause_channel(connection, "desk", dt.timedelta(seconds=1)) == until
        assert pause_channel(connection, "desk", 2 * HOUR) > until


def test_a_broken_channel_when_it_breaks_again_then_it_is_news_once_until_reopened(database: Database) -> None:
    with database.write() as connection:
        ensure_channels(connection, ["web", "desk", "web"])
        pause_channel(connection, "desk", HOUR)
        assert break_channel(connection, "desk", "the destination answers no_service")
        assert not break_channel(connection, "desk", "the destination answers 410")
        desk, web = channel_states(connection)
        assert (desk.channel_id, desk.broken_reason) == ("desk", "the destination answers no_service")
        assert desk.broken_at is not None
        assert (web.channel_id, web.broken_at, web.paused_until) == ("web", None, None)
        assert reopen_channel(connection, "desk")
        assert not reopen_channel(connection, "desk")
        assert all(
            (one.broken_at, one.broken_reason, one.paused_until) == (None, None, None)
            for one in channel_states(connection)
        )
        assert break_channel(connection, "desk", "gone once more")


def test_failures_in_a_row_when_the_destination_answers_then_they_are_forgotten(database: Database) -> None:
    with database.write() as connection:
        assert [count_failure(connection, "desk"), count_failure(connection, "desk")] == [1, 2]
        assert channel_states(connection)[0].failures == 2
        assert [forget_failures(connection, "desk"), forget_failures(connection, "desk")] == [2, 0]
        count_failure(connection, "desk")
        reopen_channel(connection, "desk")
        assert channel_states(connection)[0].failures == 0
