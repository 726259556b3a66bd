"""Whoever takes a database over finds nothing that waits because of a clock that ran ahead."""

import datetime as dt
from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from monitor.domain.feeds import FeedSource
from monitor.storage import polls
from monitor.storage.engine import Database
from monitor.worker.takeover import take_over
from tests.integration.worker.conftest import ON_BOTH_DATABASES

NOW = dt.datetime(2026, 1, 5, 12, 0, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
WIRE = FeedSource(id="wire", url="http://news.example/feed", title="Wire", poll_every=5 * MINUTE)


@ON_BOTH_DATABASES
@pytest.mark.parametrize("ahead", [dt.timedelta(days=365), dt.timedelta()])
def test_given_a_feed_polled_by_a_clock_that_ran_ahead_when_taken_over_then_it_waits_for_its_interval_alone(
    database: Database, ahead: dt.timedelta
) -> None:
    with database.write() as connection:
        polls.sync_feeds(connection, [WIRE], NOW + ahead)
        (claim,) = polls.claim_due(connection, owner="it", limit=1, lease=MINUTE, due_by=None)
        then = NOW + ahead
        polls.finish(connection, claim, replace(claim.state, last_polled_at=then, next_poll_at=then + 5 * MINUTE))
    with capture_logs() as logged:
        take_over(database, feeds=[WIRE], channels=(), now=NOW)
    with database.read() as connection:
        assert polls.next_due_at(connection) == NOW + 5 * MINUTE
    assert ["clock_was_set_back" in one.values() for one in logged].count(True) == bool(ahead)
