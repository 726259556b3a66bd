"""One look at the database says what is late, what waits and what is broken, on both engines."""

import datetime as dt

from monitor.domain.delivery import TryAgain
from monitor.storage import outbox, polls
from monitor.storage.channels import break_channel, ensure_channels, pause_channel
from monitor.storage.engine import Database, database_now
from monitor.storage.outbox import MessageState
from monitor.storage.overview import FeedHealth
from monitor.storage.vitals import ChannelHealth, vitals
from tests.unit.storage.examples import MINUTE, NOW, message, source


def test_given_an_empty_database_when_looked_at_then_nothing_is_late_and_every_channel_is_open(
    database: Database,
) -> None:
    with database.read() as connection:
        found = vitals(connection, channels=["desk", "web"], now=NOW)
    assert found.feeds == dict.fromkeys(FeedHealth, 0)
    assert (found.overdue, found.longest_overdue, found.oldest_due) == (0, dt.timedelta(), None)
    assert set(found.messages.values()) == {0}
    assert found.channels == {ChannelHealth.OPEN: 2, ChannelHealth.PAUSED: 0, ChannelHealth.BROKEN: 0}
    assert found.size_bytes > 10_000


def test_given_feeds_that_are_due_when_one_is_leased_and_one_paused_then_the_rest_is_overdue(
    database: Database,
) -> None:
    with database.write() as connection:
        polls.sync_feeds(connection, [source(name) for name in ("gazette", "star", "mail")], NOW)
        polls.claim_due(connection, owner="me", limit=1, lease=MINUTE, due_by=NOW, only=["gazette"])
        found = vitals(connection, channels=[], paused=["star"], now=NOW + 7 * MINUTE)
        all_paused = vitals(connection, channels=[], paused=["gazette", "star", "mail"], now=NOW + 7 * MINUTE)
    assert found.overdue == 1
    assert found.longest_overdue >= 6 * MINUTE
    assert (all_paused.overdue, all_paused.longest_overdue) == (0, dt.timedelta())


def test_given_messages_that_wait_when_looked_at_then_only_those_count_as_late_that_could_go_out(
    database: Database,
) -> None:
    with database.write() as connection:
        outbox.enqueue(connection, [message("1"), message("2", "web"), message("3", "gone")])
        break_channel(connection, "web", "answered 410")
        late = vitals(connection, channels=["desk", "web"], now=NOW)
        nobody = vitals(connection, channels=["web"], now=NOW)
    assert late.messages[MessageState.PENDING] == 3
    assert late.oldest_due is not None
    assert nobody.oldest_due is None


def test_given_a_message_that_waits_for_the_morning_when_looked_at_then_it_is_not_late_but_one_that_failed_is(
    database: Database,
) -> None:
    with database.write() as connection:
        tomorrow = database_now(connection) + dt.timedelta(days=1)
        outbox.enqueue(connection, [message("1", not_before=tomorrow)])
        assert vitals(connection, channels=["desk"], now=NOW).oldest_due is None
        outbox.enqueue(connection, [message("2", "web")])
        (claim,) = outbox.claim(connection, owner="me", channels=["web"], limit=1, per_channel=1, lease=MINUTE)
        outbox.settle(connection, claim, TryAgain(reason="busy"), next_attempt_in=MINUTE)
        assert vitals(connection, channels=["desk", "web"], now=NOW).oldest_due is not None


def test_given_channels_in_trouble_when_counted_then_only_configured_ones_are(database: Database) -> None:
    with database.write() as connection:
        ensure_channels(connection, ["desk", "web", "chat", "gone"])
        pause_channel(connection, "desk", MINUTE)
        break_channel(connection, "web", "answered 410")
        break_channel(connection, "gone", "answered 410")
        found = vitals(connection, channels=["desk", "web", "chat", "new"], now=NOW)
    assert found.channels == {ChannelHealth.OPEN: 2, ChannelHealth.PAUSED: 1, ChannelHealth.BROKEN: 1}
