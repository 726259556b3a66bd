"""What is proposed about feeds follows from what their polls have met, and from nothing else."""

import datetime as dt
from dataclasses import replace

import pytest

from monitor.domain.delivery import Secret
from monitor.domain.feeds import FeedSource, FeedState, FetchFailure
from monitor.feeds.moves import ADOPT_AFTER
from monitor.feeds.proposals import DEAD_AFTER, Look, Move, Proposal, Rest, propose, to_address

NOW = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)
WIRE = FeedSource(id="wire", url="https://wire.example/rss", title="Wire", poll_every=dt.timedelta(minutes=5))
KEY = (("X-Key", Secret("env:WIRE_KEY", "1")),)
STATE = FeedState(feed_id="wire")


def about(state: FeedState = STATE, feed: FeedSource = WIRE, *others: FeedSource) -> tuple[Proposal, ...]:
    return propose([*others, feed], {state.feed_id: state}, NOW)


def moved(to: str, age: dt.timedelta = ADOPT_AFTER) -> FeedState:
    return replace(STATE, moved_to=to, moved_since=NOW - age)


def failing(age: dt.timedelta, failure: FetchFailure = FetchFailure.UNREACHABLE) -> FeedState:
    return replace(STATE, failures=9, failing_since=NOW - age, failure=failure, last_error="could not be reached")


def test_given_feeds_that_are_well_or_new_when_looked_at_then_nothing_is_proposed() -> None:
    assert about(replace(STATE, last_ok_at=NOW)) == ()
    assert propose([WIRE], {}, NOW) == ()


def test_given_a_redirect_that_has_held_for_a_week_when_looked_at_then_its_target_is_proposed() -> None:
    (proposal,) = about(moved("https://new.example/rss"))
    assert isinstance(proposal, Move)
    assert proposal.url == "https://new.example/rss"
    assert "2026-11-14" in proposal.why


def test_given_a_redirect_that_is_younger_when_looked_at_then_it_is_only_told() -> None:
    (proposal,) = about(moved("https://new.example/rss", ADOPT_AFTER - SECOND))
    assert isinstance(proposal, Look)


def test_given_a_redirect_to_a_place_that_fails_when_looked_at_then_it_is_not_proposed() -> None:
    assert about(replace(moved("https://new.example/rss"), failures=1, failing_since=NOW)) == ()


def test_given_a_redirect_to_https_of_the_same_place_when_looked_at_then_it_is_a_move_and_no_twin() -> None:
    (proposal,) = about(moved("https://wire.example/rss"), replace(WIRE, url="http://wire.example/rss"))
    assert isinstance(proposal, Move)


def test_given_a_redirect_to_another_feed_when_looked_at_then_the_feed_may_rest() -> None:
    other = replace(WIRE, id="other", url="https://other.example/rss")
    (proposal,) = about(moved("https://other.example/rss/"), WIRE, other)
    assert proposal == Rest(feed_id="wire", why='has moved to the address of "other"')


def test_given_two_feeds_of_one_address_when_looked_at_then_the_later_may_rest() -> None:
    twin = replace(WIRE, id="twin", url="http://WIRE.example/rss/")
    assert about(STATE, twin, WIRE) == (Rest(feed_id="twin", why='has the same address as "wire"'),)


@pytest.mark.parametrize(
    ("state", "rests"),
    [
        (failing(DEAD_AFTER), True),
        (failing(DEAD_AFTER - SECOND), False),
        (failing(SECOND, FetchFailure.GONE), True),
        (replace(failing(SECOND, FetchFailure.GONE), failures=0), False),
    ],
)
def test_given_a_feed_that_fails_when_looked_at_then_it_may_rest_once_it_is_gone_or_long_dead(
    state: FeedState, rests: bool
) -> None:
    assert [type(proposal) for proposal in about(state)] == ([Rest] if rests else [])


@pytest.mark.parametrize(
    ("before", "headers", "after", "expected"),
    [
        ("https://a.example/old", (), "https://b.example/new", "https://b.example/new"),
        ("https://me:pw@a.example/old", (), "https://a.example/new", "https://me:pw@a.example/new"),
        ("https://a.example/old", KEY, "https://a.example/new", "https://a.example/new"),
        ("https://me:pw@a.example/old", (), "https://b.example/new", None),
        ("https://me:pw@a.example/old", (), "http://a.example/new", None),
        ("https://a.example/old", KEY, "https://b.example/new", None),
    ],
)
def test_given_a_login_or_headers_when_the_address_changes_then_only_their_own_origin_keeps_them(
    before: str, headers: tuple[tuple[str, Secret], ...], after: str, expected: str | None
) -> None:
    proposal = to_address(replace(WIRE, url=before, headers=headers), after, why="moved")
    assert (proposal.url if isinstance(proposal, Move) else None) == expected
    assert "pw" not in proposal.why


def test_given_a_login_when_the_feed_moves_to_another_host_then_a_person_decides() -> None:
    (proposal,) = about(moved("https://b.example/"), replace(WIRE, url="https://me:pw@wire.example/"))
    assert isinstance(proposal, Look)
    assert "pw" not in proposal.why
