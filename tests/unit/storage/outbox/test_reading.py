"""What waits in the outbox, since when and until when."""

import datetime as dt

from sqlalchemy import update

from monitor.domain.delivery import Delivered, TryAgain
from monitor.storage import outbox
from monitor.storage.channels import break_channel, pause_channel
from monitor.storage.engine import Database, database_now
from monitor.storage.tables import message as message_table
from tests.unit.storage.examples import message

HOUR = dt.timedelta(hours=1)
LEASE = dt.timedelta(minutes=1)
CHANNELS = ("desk", "web")


def test_undelivered_messages_when_aged_then_the_oldest_that_waits_counts(database: Database) -> None:
    with database.write() as connection:
        assert outbox.oldest_undelivered_age(connection) is None
        now = database_now(connection)
        outbox.enqueue(
            connection,
            [
                message("old", created_at=now - 2 * HOUR),
                message("new", "web", created_at=now - HOUR),
                message("ahead", "mail", created_at=now + HOUR),
            ],
        )
        (old,) = outbox.claim(connection, owner="me", channels=["desk"], limit=1, per_channel=1, lease=LEASE)
        sending = outbox.oldest_undelivered_age(connection)
        outbox.settle(connection, old, Delivered(answer="ok"), next_attempt_in=None)
        pending = outbox.oldest_undelivered_age(connection)
        (new,) = outbox.claim(connection, owner="me", channels=["web"], limit=1, per_channel=1, lease=LEASE)
        outbox.settle(connection, new, TryAgain(reason="503"), next_attempt_in=None)
        ahead = outbox.oldest_undelivered_age(connection)
    assert sending is not None
    assert pending is not None
    assert dt.timedelta() <= sending - 2 * HOUR < LEASE
    assert dt.timedelta() <= pending - HOUR < LEASE
    assert ahead == dt.timedelta(), "a clock that runs ahead makes no negative age"


def test_waiting_messages_when_asked_for_the_next_then_pauses_and_broken_channels_are_looked_at(
    database: Database,
) -> None:
    with database.write() as connection:
        assert outbox.next_attempt_at(connection, CHANNELS) is None
        outbox.enqueue(connection, [message("one"), message("two", "web"), message("three", "elsewhere")])
        due_at = database_now(connection) + HOUR
        connection.execute(update(message_table).values(next_attempt_at=due_at))
        assert outbox.next_attempt_at(connection, CHANNELS) == due_at
        until = pause_channel(connection, "desk", 3 * HOUR)
        assert outbox.next_attempt_at(connection, CHANNELS) == due_at
        break_channel(connection, "web", "gone")
        assert outbox.next_attempt_at(connection, CHANNELS) == until
        break_channel(connection, "desk", "gone")
        assert outbox.next_attempt_at(connection, CHANNELS) is None
