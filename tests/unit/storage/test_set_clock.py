"""After a clock was set back, nothing waits for longer than it was to."""

import datetime as dt
from dataclasses import replace

from monitor.domain.delivery import TryAgain
from monitor.storage import outbox, polls, set_clock
from monitor.storage.channels import channel_states, keep_pace, pause_channel
from monitor.storage.engine import Database, database_now
from tests.unit.storage.examples import MINUTE, NOW, message, source

HOURS = dt.timedelta(hours=3)
NEAR = dt.timedelta(seconds=10)


def poll(database: Database, feed_id: str, at: dt.datetime, again: dt.datetime) -> None:
    with database.write() as connection:
        (claim,) = polls.claim_due(connection, owner="me", limit=1, lease=MINUTE, due_by=None, only=[feed_id])
        assert polls.finish(connection, claim, replace(claim.state, last_polled_at=at, next_poll_at=again))


def test_given_feeds_polled_by_a_clock_that_ran_ahead_when_called_back_then_they_wait_as_long_as_they_were_to(
    database: Database,
) -> None:
    with database.write() as connection:
        assert not set_clock.ahead(connection, NOW)
        polls.sync_feeds(connection, [source(name) for name in ("ahead", "before", "never")], NOW + HOURS)
    poll(database, "ahead", NOW + HOURS, NOW + HOURS + 5 * MINUTE)
    poll(database, "before", NOW - MINUTE, NOW + 4 * MINUTE)
    with database.write() as connection:
        assert set_clock.ahead(connection, NOW) == HOURS
        assert set_clock.call_back_feeds(connection, NOW) == 2
        assert set_clock.call_back_feeds(connection, NOW) == 0
        due = {state.feed_id: state.next_poll_at for state in polls.feed_states(connection)}
    assert due == {"ahead": NOW + 5 * MINUTE, "before": NOW + 4 * MINUTE, "never": NOW}


def test_given_messages_that_wait_when_called_back_then_only_a_time_that_was_named_stands(database: Database) -> None:
    with database.write() as connection:
        ahead = database_now(connection)
        now, morning = ahead - HOURS, ahead + 4 * HOURS
        new, tried = message("new"), message("tried", channel_id="web")
        outbox.enqueue(connection, [tried, new, message("held", not_before=morning)])
        (claim,) = outbox.claim(connection, owner="me", channels=["web"], limit=1, per_channel=1, lease=MINUTE)
        outbox.settle(connection, claim, TryAgain(reason="answered 503"), next_attempt_in=HOURS)
        pause_channel(connection, "desk", MINUTE)
        keep_pace(connection, "desk", MINUTE)
        assert set_clock.call_back_messages(connection, now, HOURS) == 2
        due = {one.message.id: one.next_attempt_at for one in outbox.messages(connection, limit=10)}
        (desk,) = (one for one in channel_states(connection) if one.channel_id == "desk")
    assert due[message("held").id] == morning
    assert abs(due[new.id] - now) < NEAR
    assert abs(due[tried.id] - now - HOURS) < NEAR
    assert desk.paused_until is not None
    assert abs(desk.paused_until - now - MINUTE) < NEAR
