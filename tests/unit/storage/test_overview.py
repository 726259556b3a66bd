"""The overview counts what is there, and says 0 where there is nothing."""

import datetime as dt
from dataclasses import replace

from monitor.domain.delivery import Delivered, MessageKind
from monitor.domain.feeds import FeedState
from monitor.storage import items, outbox, polls
from monitor.storage.engine import Database, open_database
from monitor.storage.events import insert_events
from monitor.storage.outbox import MessageState
from monitor.storage.overview import FeedHealth, Overview, overview
from monitor.storage.stories import save_stories
from tests.unit.storage.examples import MINUTE, NOW, message, news, report, source, story

NONE = dict.fromkeys(MessageState, 0)


def test_an_empty_database_when_counted_then_everything_is_zero(database: Database) -> None:
    with database.read() as connection:
        assert overview(connection) == Overview(
            items=0, events=0, stories=0, alerts=NONE, notices=NONE, feeds=dict.fromkeys(FeedHealth, 0)
        )


def test_a_used_database_when_counted_then_rows_are_told_by_state_kind_and_health(database: Database) -> None:
    lease = dt.timedelta(minutes=1)
    with database.write() as connection:
        polls.sync_feeds(connection, [source(name) for name in ("gazette", "star", "mail")], NOW)
        polled = FeedState(feed_id="gazette", last_polled_at=NOW, next_poll_at=NOW + MINUTE)
        for claim in polls.claim_due(connection, owner="me", limit=2, lease=lease, due_by=NOW):
            failures = int(claim.state.feed_id == "mail")
            polls.finish(connection, claim, replace(polled, feed_id=claim.state.feed_id, failures=failures))
        items.insert_items(connection, [news("one"), news("two")])
        save_stories(connection, [story()])
        insert_events(connection, [report(item=news("one"))], {})
        outbox.enqueue(
            connection, [message("1"), message("2"), message("3", kind=MessageKind.NOTICE), message("4", "web")]
        )
        (sent,) = outbox.claim(connection, owner="me", channels=["desk"], limit=1, per_channel=1, lease=lease)
        outbox.settle(connection, sent, Delivered(answer="ok"), next_attempt_in=None)
        assert overview(connection) == Overview(
            items=2,
            events=1,
            stories=1,
            alerts=NONE | {MessageState.DELIVERED: 1, MessageState.PENDING: 2},
            notices=NONE | {MessageState.PENDING: 1},
            feeds={FeedHealth.OK: 1, FeedHealth.FAILING: 1, FeedHealth.NEW: 1},
        )


def test_a_server_when_it_holds_much_then_its_own_estimate_is_given(postgresql_url: str) -> None:
    database = open_database(postgresql_url)
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE pg_class SET reltuples = 2500000 WHERE relname = 'item'")
        counted = overview(connection)
        connection.rollback()
    database.close()
    assert (counted.items, counted.events) == (2_500_000, 0)
