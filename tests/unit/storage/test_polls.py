"""Feeds are claimed by one poller at a time, and only its holder may write what a poll found."""

import datetime as dt
from dataclasses import replace

import pytest

from monitor.domain.feeds import CacheValidators, FeedSource, FeedState, FeedTrouble, FeedWishes, FetchFailure
from monitor.storage import polls
from monitor.storage.engine import Database
from monitor.storage.polls import PollClaim
from tests.unit.storage.examples import MINUTE, NOW, source

LEASE = dt.timedelta(minutes=2)
POLLED = FeedState(
    feed_id="gazette",
    validators=CacheValidators(etag='"v1"', last_modified="Mon, 05 Jan 2026 11:00:00 GMT", body_digest=b"x" * 16),
    first_polled_at=NOW,
    last_polled_at=NOW,
    last_ok_at=NOW - MINUTE,
    next_poll_at=NOW + 5 * MINUTE,
    failures=2,
    failing_since=NOW - 3 * MINUTE,
    failure=FetchFailure.STATUS,
    last_error="answered 503",
    baseline_done=True,
    wishes=FeedWishes(ttl=20 * MINUTE, skip_hours=frozenset({3, 4}), skip_days=frozenset({6})),
    rhythm=dt.timedelta(minutes=7.5),
    newest_at=NOW - MINUTE,
    entries=0,
    empty_since=NOW - MINUTE,
    moved_to="https://new.example/feed",
    moved_since=NOW,
)


def sync(database: Database, *feed_ids: str, now: dt.datetime = NOW) -> None:
    with database.write() as connection:
        polls.sync_feeds(connection, [source(feed_id) for feed_id in feed_ids], now)


def claim(
    database: Database,
    owner: str = "me",
    *,
    limit: int = 10,
    lease: dt.timedelta = LEASE,
    due_by: dt.datetime | None = NOW,
    only: list[str] | None = None,
) -> tuple[PollClaim, ...]:
    with database.write() as connection:
        return polls.claim_due(connection, owner=owner, limit=limit, lease=lease, due_by=due_by, only=only)


def finish(database: Database, done: PollClaim, state: FeedState) -> bool:
    with database.write() as connection:
        return polls.still_ours(connection, done) and polls.finish(connection, done, state)


def states(database: Database) -> dict[str, FeedState]:
    with database.read() as connection:
        return {state.feed_id: state for state in polls.feed_states(connection)}


def names(claims: tuple[PollClaim, ...]) -> list[str]:
    return [one.state.feed_id for one in claims]


def test_new_feeds_when_synced_then_they_are_due_at_once(database: Database) -> None:
    sync(database, "gazette", "star")
    assert claim(database, due_by=NOW - MINUTE) == ()
    claims = claim(database)
    assert [(one.state, one.owner, one.token) for one in claims] == [
        (FeedState(feed_id="gazette", next_poll_at=NOW), "me", 1),
        (FeedState(feed_id="star", next_poll_at=NOW), "me", 1),
    ]


def test_feeds_to_be_left_alone_when_others_are_claimed_then_they_stay_due(database: Database) -> None:
    sync(database, "gazette", "star")
    with database.write() as connection:
        claims = polls.claim_due(connection, owner="me", limit=9, lease=LEASE, due_by=NOW, without=["star", "none"])
    assert names(claims) == ["gazette"]
    assert names(claim(database)) == ["star"]


def test_a_claimed_feed_when_others_look_then_it_is_taken_until_released(database: Database) -> None:
    sync(database, "gazette")
    (mine,) = claim(database)
    assert claim(database, "other") == ()
    with database.write() as connection:
        assert polls.next_due_at(connection) is None
        polls.release(connection, [mine])
        assert polls.next_due_at(connection) == NOW
    (theirs,) = claim(database, "other")
    assert (theirs.owner, theirs.token) == ("other", 2)


def test_a_finished_poll_when_read_back_then_all_of_its_state_is_there(database: Database) -> None:
    sync(database, "gazette")
    (mine,) = claim(database)
    assert finish(database, mine, POLLED)
    assert states(database) == {"gazette": POLLED}
    assert claim(database) == ()
    (again,) = claim(database, due_by=NOW + 5 * MINUTE)
    assert again.state == POLLED
    assert not finish(database, mine, POLLED), "a poll is finished once"


def test_a_lease_that_ran_out_when_another_takes_over_then_the_first_may_not_write(database: Database) -> None:
    sync(database, "gazette")
    (late,) = claim(database, lease=dt.timedelta(seconds=-1))
    with database.write() as connection:
        assert polls.still_ours(connection, late), "nobody has taken it yet"
    (successor,) = claim(database, "me")
    assert not finish(database, late, POLLED)
    assert states(database)["gazette"] == FeedState(feed_id="gazette", next_poll_at=NOW)
    with database.write() as connection:
        polls.release(connection, [late])
    assert finish(database, successor, POLLED)


def test_many_due_feeds_when_claimed_then_the_longest_overdue_come_first(database: Database) -> None:
    sync(database, "late", now=NOW - 2 * MINUTE)
    sync(database, "later", "late", now=NOW - MINUTE)
    sync(database, "later", "late", "now", "gone")
    sync(database, "later", "late", "now")
    assert names(claim(database, limit=2)) == ["late", "later"]
    assert names(claim(database, limit=2)) == ["now"]


def test_feeds_when_asked_for_by_name_then_their_due_time_may_be_ignored(database: Database) -> None:
    sync(database, "gazette", "star", "mail", now=NOW + MINUTE)
    assert claim(database, only=["star"]) == ()
    assert names(claim(database, due_by=None, only=["star", "mail"])) == ["mail", "star"]
    assert names(claim(database, due_by=None)) == ["gazette"]


def test_a_feed_that_left_when_it_returns_then_it_is_as_it_was(database: Database) -> None:
    sync(database, "gazette")
    (mine,) = claim(database)
    assert finish(database, mine, POLLED)
    sync(database)
    assert states(database) == {}
    assert claim(database, due_by=None) == ()
    sync(database, "gazette", now=NOW + MINUTE)
    assert states(database) == {"gazette": POLLED}


def test_a_feed_that_leaves_while_it_is_polled_when_finished_then_nothing_is_written(database: Database) -> None:
    sync(database, "gazette")
    (mine,) = claim(database)
    sync(database)
    assert not finish(database, mine, POLLED)


def test_a_changed_address_when_synced_then_what_belonged_to_the_old_one_is_forgotten(database: Database) -> None:
    sync(database, "gazette")
    (mine,) = claim(database)
    assert finish(database, mine, POLLED)
    with database.write() as connection:
        polls.sync_feeds(connection, [source(url="https://new.example/gazette")], NOW + MINUTE)
    assert states(database)["gazette"] == replace(
        POLLED,
        validators=CacheValidators(),
        failures=0,
        failing_since=None,
        failure=None,
        last_error=None,
        moved_to=None,
        moved_since=None,
        next_poll_at=NOW + MINUTE,
    )


@pytest.mark.parametrize(("minutes", "due_in"), [(1, 2), (5, 5), (30, 5)])
def test_a_changed_interval_when_synced_then_only_a_shorter_one_moves_the_next_poll(
    minutes: int, due_in: int, database: Database
) -> None:
    sync(database, "gazette")
    (mine,) = claim(database)
    assert finish(database, mine, POLLED)
    with database.write() as connection:
        polls.sync_feeds(connection, [source(poll_every=minutes * MINUTE)], NOW + MINUTE)
    assert states(database)["gazette"].next_poll_at == NOW + due_in * MINUTE


@pytest.mark.parametrize("changed", [source(url="https://new.example/gazette"), source(poll_every=MINUTE)])
def test_a_poll_under_way_when_its_feed_changes_then_it_is_lost_and_the_feed_is_due_at_once(
    changed: FeedSource, database: Database
) -> None:
    sync(database, "gazette")
    (before,) = claim(database)
    with database.write() as connection:
        polls.sync_feeds(connection, [changed], NOW)
    assert not finish(database, before, POLLED)
    assert names(claim(database, "me again")) == ["gazette"]


def test_a_poll_under_way_when_nothing_of_its_feed_changes_then_it_is_kept(database: Database) -> None:
    sync(database, "gazette")
    (mine,) = claim(database)
    with database.write() as connection:
        polls.sync_feeds(connection, [source(title="Another name"), source("star")], NOW)
    assert finish(database, mine, POLLED)


def test_leases_of_a_dead_daemon_when_voided_then_its_feeds_are_free_and_its_polls_lost(database: Database) -> None:
    sync(database, "gazette", "star")
    dead = claim(database, "dead")
    with database.write() as connection:
        assert polls.void_leases(connection) == 2
        assert polls.void_leases(connection) == 0
    assert not finish(database, dead[0], POLLED)
    assert names(claim(database, "alive")) == ["gazette", "star"]


def test_feeds_when_some_may_be_in_trouble_then_only_those_are_doubtful(database: Database) -> None:
    well = FeedState(feed_id="", last_polled_at=NOW, last_ok_at=NOW, newest_at=NOW, next_poll_at=NOW + MINUTE)
    left = {
        "well": well,
        "quiet": replace(well, newest_at=NOW - 3 * MINUTE),
        "failing": replace(well, failures=1),
        "empty": replace(well, empty_since=NOW),
        "well-again": well,
    }
    sync(database, *left, "new")
    for name, state in left.items():
        (claimed,) = claim(database, only=[name])
        assert finish(database, claimed, replace(state, feed_id=name))
    with database.write() as connection:
        polls.tell(connection, {"well-again": FeedTrouble.FAILING}, NOW)
        found = polls.doubtful_feeds(connection, newest_before=NOW - MINUTE)
    assert [state.feed_id for state in found] == ["empty", "failing", "quiet", "well-again"]


def test_a_state_without_a_next_poll_when_finished_then_it_is_refused_as_a_bug(database: Database) -> None:
    sync(database, "gazette")
    (mine,) = claim(database)
    with pytest.raises(ValueError, match="no next_poll_at"):
        finish(database, mine, FeedState(feed_id="gazette"))


def test_many_polls_when_they_end_at_once_then_those_that_lost_their_lease_are_named_and_left_alone(
    database: Database,
) -> None:
    sync(database, "gazette", "herald", "star")
    claims = claim(database)
    with database.write() as connection:
        polls.void_leases(connection)
    (taken,) = claim(database, "another", only=["herald"])
    with database.write() as connection:
        polls.void_leases(connection)
    again = claim(database, "me", only=["gazette", "star"])
    finished = [(one, replace(POLLED, feed_id=one.state.feed_id)) for one in (*again, claims[1])]
    with database.write() as connection:
        assert polls.finish_all(connection, finished) == {"herald"}
        assert polls.finish_all(connection, []) == set()
    assert taken.state.feed_id == "herald"
    assert states(database)["herald"].failures == 0
    assert states(database)["star"] == replace(POLLED, feed_id="star")


def test_a_password_in_an_address_when_stored_then_it_stays_out_of_the_database(database: Database) -> None:
    with database.write() as connection:
        polls.sync_feeds(connection, [source(url="https://desk:canary@news.example/a@b")], NOW)
        (stored,) = connection.exec_driver_sql("SELECT url FROM feed").scalars()
    assert stored == "https://news.example/a@b"
