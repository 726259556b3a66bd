"""Daemons at one database: shown, buried, and in turns at a host."""

import datetime as dt

from monitor.domain.feeds import FeedSource
from monitor.storage import outbox, polls, workers
from monitor.storage.engine import Database
from monitor.storage.tables import worker
from monitor.storage.workers import Presence
from tests.unit.storage.examples import NOW, message

LEASE = dt.timedelta(hours=1)
FEED = FeedSource(id="one", url="https://news.example/", title="One", poll_every=LEASE)


def presence(owner: str, *, hour: int = 8) -> Presence:
    return Presence(
        owner=owner,
        duties=("deliver", "poll"),
        configuration="abc",
        version="1.0",
        configured_at=NOW.replace(hour=hour),
    )


def test_daemons_when_they_show_themselves_then_the_newest_configuration_stands_last(database: Database) -> None:
    with database.write() as connection:
        workers.show(connection, presence("late", hour=9))
        workers.show(connection, presence("early", hour=7))
        workers.show(connection, presence("early", hour=7))
        assert workers.present(connection) == (presence("early", hour=7), presence("late", hour=9))
        workers.leave(connection, "late")
        assert workers.present(connection) == (presence("early", hour=7),)


def test_a_daemon_that_is_not_seen_when_buried_then_what_it_held_is_free_and_what_others_hold_is_not(
    database: Database,
) -> None:
    with database.write() as connection:
        workers.show(connection, presence("dead"))
        workers.show(connection, presence("alive"))
        polls.sync_feeds(connection, [FEED], NOW)
        assert polls.claim_due(connection, owner="dead", limit=9, lease=LEASE, due_by=NOW)
        outbox.enqueue(connection, [message("one", "desk"), message("two", "web")])
        for owner, channel in (("dead", "desk"), ("alive", "web")):
            assert outbox.claim(connection, owner=owner, channels=[channel], limit=1, per_channel=1, lease=LEASE)
        connection.execute(worker.update().where(worker.c.owner == "dead").values(seen_at=NOW))
        assert workers.bury(connection, dt.timedelta(seconds=30)) == ("dead",)
        assert workers.bury(connection, dt.timedelta(seconds=30)) == ()
        assert [one.owner for one in workers.present(connection)] == ["alive"]
        assert len(polls.claim_due(connection, owner="alive", limit=9, lease=LEASE, due_by=NOW)) == 1
        claims = outbox.claim(connection, owner="alive", channels=["desk", "web"], limit=9, per_channel=9, lease=LEASE)
    assert [claim.message.channel_id for claim in claims] == ["desk"]


def test_turns_of_a_host_when_booked_then_each_waits_for_the_one_before(database: Database) -> None:
    spacing = dt.timedelta(minutes=1)
    with database.write() as connection:
        waits = [workers.take_turn(connection, "news.example:443", spacing) for _ in range(3)]
        other = workers.take_turn(connection, "other.example:443", spacing)
        workers.forget_turns(connection)
        following = workers.take_turn(connection, "news.example:443", spacing)
    assert waits[0] == other == dt.timedelta()
    for number, wait in enumerate([*waits, following]):
        assert number * spacing - dt.timedelta(seconds=30) < wait <= number * spacing
