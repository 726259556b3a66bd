import datetime as dt
from dataclasses import replace
from typing import Any

from hypothesis import given, strategies

from monitor.domain.feeds import (
    CacheValidators,
    CronTimes,
    FeedBody,
    FeedSource,
    FeedState,
    FeedWishes,
    FetchFailed,
    FetchFailure,
    NotModified,
)
from monitor.feeds.moves import address
from monitor.feeds.pacing import (
    LONGEST_BACKOFF,
    LONGEST_PAUSE,
    LONGEST_WISH,
    OUTAGE_PAUSE,
    after_poll,
    during_outage,
)

NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
MINUTES_5 = dt.timedelta(minutes=5)
SOURCE = FeedSource(id="f", url="https://news.example/feed", title="News", poll_every=MINUTES_5)
FRESH = FeedState(feed_id="f")
VALIDATORS = CacheValidators(etag='"2"', body_digest=b"2" * 16)
MIDDLE = 0.5


def failure(retry_after: dt.timedelta | None = None) -> FetchFailed:
    return FetchFailed(reason=FetchFailure.STATUS, detail="answered 503 Service Unavailable", retry_after=retry_after)


def unchanged(fresh_for: dt.timedelta | None = None) -> NotModified:
    return NotModified(validators=VALIDATORS, fresh_for=fresh_for)


def pause(state: FeedState, now: dt.datetime = NOW) -> dt.timedelta:
    assert state.next_poll_at is not None
    return state.next_poll_at - now


def test_a_first_poll_when_it_brings_a_feed_then_its_validators_are_kept_and_the_rhythm_begins() -> None:
    body = FeedBody(url=SOURCE.url, content=b"<rss/>", content_type=None, validators=VALIDATORS)
    state = after_poll(SOURCE, FRESH, body, NOW, MIDDLE)
    assert state == FeedState(
        feed_id="f",
        validators=VALIDATORS,
        first_polled_at=NOW,
        last_polled_at=NOW,
        last_ok_at=NOW,
        next_poll_at=NOW + MINUTES_5,
    )
    later = NOW + MINUTES_5
    assert after_poll(SOURCE, state, unchanged(), later, MIDDLE) == replace(
        state, last_polled_at=later, last_ok_at=later, next_poll_at=later + MINUTES_5
    )


def test_a_feed_when_it_fails_again_and_again_then_pauses_double_up_to_a_ceiling_and_success_ends_them() -> None:
    state = after_poll(SOURCE, FRESH, unchanged(), NOW, MIDDLE)
    pauses = []
    for _ in range(60):
        state = after_poll(SOURCE, state, failure(), NOW, MIDDLE)
        pauses.append(pause(state))
    assert pauses[:4] == [MINUTES_5, 2 * MINUTES_5, 4 * MINUTES_5, 8 * MINUTES_5]
    assert pauses[-1] == LONGEST_BACKOFF
    assert (state.failures, state.last_error) == (60, "answered 503 Service Unavailable")
    assert (state.validators, state.last_ok_at) == (VALIDATORS, NOW)
    well = after_poll(SOURCE, state, unchanged(), NOW, MIDDLE)
    assert (well.failures, well.last_error, pause(well)) == (0, None, MINUTES_5)


def test_a_slow_feed_when_it_fails_then_it_is_not_asked_sooner_than_its_own_rhythm() -> None:
    weekly = replace(SOURCE, poll_every=dt.timedelta(days=7))
    assert pause(after_poll(weekly, FRESH, failure(), NOW, MIDDLE)) == dt.timedelta(days=7)


def test_cache_headers_when_they_promise_much_then_the_rhythm_stretches_to_an_hour_and_no_further() -> None:
    assert pause(after_poll(SOURCE, FRESH, unchanged(dt.timedelta(minutes=20)), NOW, 0)) == dt.timedelta(minutes=20)
    assert pause(after_poll(SOURCE, FRESH, unchanged(dt.timedelta(days=1)), NOW, 0)) == LONGEST_WISH
    assert pause(after_poll(SOURCE, FRESH, unchanged(dt.timedelta(seconds=9)), NOW, MIDDLE)) == MINUTES_5
    daily = replace(SOURCE, poll_every=dt.timedelta(days=1))
    assert pause(after_poll(daily, FRESH, unchanged(dt.timedelta(days=1)), NOW, MIDDLE)) == dt.timedelta(days=1)


@given(
    poll_every=strategies.timedeltas(dt.timedelta(seconds=1), dt.timedelta(days=30)),
    failures=strategies.integers(0, 10_000),
    wish=strategies.none() | strategies.timedeltas(dt.timedelta(0), dt.timedelta(days=1)),
    jitter=strategies.floats(0, 1, exclude_max=True),
    well=strategies.booleans(),
)
def test_any_poll_when_it_is_over_then_the_next_comes_later_and_within_reason(
    *, poll_every: dt.timedelta, failures: int, wish: dt.timedelta | None, jitter: float, well: bool
) -> None:
    source = replace(SOURCE, poll_every=poll_every)
    outcome = unchanged(wish) if well else failure(wish)
    next_pause = pause(after_poll(source, replace(FRESH, failures=failures), outcome, NOW, jitter))
    assert next_pause >= 0.9 * poll_every - dt.timedelta(microseconds=1)
    assert next_pause <= 1.1 * max(poll_every, LONGEST_PAUSE)
    if not well:
        assert next_pause >= (wish or dt.timedelta(0))


def test_a_feed_that_says_it_is_gone_when_polled_then_it_is_asked_once_a_day() -> None:
    gone = FetchFailed(reason=FetchFailure.GONE, detail="answered 410 Gone", status=410)
    state = after_poll(SOURCE, FRESH, gone, NOW, MIDDLE)
    assert (pause(state), state.failure, state.failing_since) == (LONGEST_PAUSE, FetchFailure.GONE, NOW)
    later = after_poll(SOURCE, state, gone, NOW + LONGEST_PAUSE, MIDDLE)
    assert later.failing_since == NOW


def test_a_quiet_feed_when_its_rhythm_is_not_named_then_it_is_polled_less_often_but_not_beyond_the_limit() -> None:
    stretched = replace(SOURCE, stretch_to=dt.timedelta(minutes=15))
    for rhythm, expected in ((2, 5), (40, 10), (600, 15)):
        state = replace(FRESH, rhythm=dt.timedelta(minutes=rhythm))
        assert pause(after_poll(stretched, state, unchanged(), NOW, MIDDLE)) == dt.timedelta(minutes=expected)
        assert pause(after_poll(SOURCE, state, unchanged(), NOW, MIDDLE)) == MINUTES_5


def test_a_publishers_wishes_when_the_rhythm_is_not_named_then_they_are_granted_within_bounds() -> None:
    stretched = replace(SOURCE, stretch_to=MINUTES_5)

    def wished(source: FeedSource = stretched, now: dt.datetime = NOW, **wishes: Any) -> dt.timedelta:
        return pause(after_poll(source, replace(FRESH, wishes=FeedWishes(**wishes)), unchanged(), now, MIDDLE), now)

    assert wished(ttl=dt.timedelta(minutes=20)) == dt.timedelta(minutes=20)
    assert wished(ttl=dt.timedelta(days=1)) == LONGEST_WISH
    assert wished(source=SOURCE, ttl=dt.timedelta(days=1), skip_hours=frozenset({12})) == MINUTES_5
    assert wished(skip_hours=frozenset({12, 13, 14})) == dt.timedelta(hours=3, minutes=5)
    assert wished(skip_days=frozenset({6})) == dt.timedelta(hours=12, minutes=5)  # a Sunday at noon
    assert wished(skip_days=frozenset(range(6)), now=NOW + dt.timedelta(days=1)) == LONGEST_PAUSE


def test_set_times_when_a_poll_is_over_then_the_next_of_them_is_taken_by_the_clock_of_their_zone() -> None:
    dawn = replace(SOURCE, at=CronTimes(expression="0 6 * * *", zone="Africa/Kigali"))  # 04:00 UTC
    state = after_poll(dawn, FRESH, unchanged(dt.timedelta(days=1)), NOW, 0)
    assert state.next_poll_at == dt.datetime(2026, 3, 2, 4, tzinfo=dt.UTC)
    late = after_poll(dawn, FRESH, unchanged(), NOW, 0.9).next_poll_at
    assert late is not None
    assert dt.timedelta(0) < late - state.next_poll_at < dt.timedelta(minutes=1)
    assert pause(after_poll(dawn, FRESH, failure(), NOW, MIDDLE)) == MINUTES_5


def test_a_feed_that_moved_for_good_when_valid_for_a_week_then_its_new_address_is_asked_until_it_fails() -> None:
    new = "https://new.example/feed"
    moved = NotModified(validators=VALIDATORS, moved_to=new)
    state = FRESH
    for day in range(8):
        now = NOW + dt.timedelta(days=day)
        asked = address(SOURCE, state, now)
        assert asked == (SOURCE.url if day < 7 else new)
        # Asked directly, the new address leads nowhere else.
        state = after_poll(SOURCE, state, moved if asked == SOURCE.url else unchanged(), now, MIDDLE, asked=asked)
    assert (state.moved_to, state.moved_since) == (new, NOW)
    now = NOW + dt.timedelta(days=9)
    state = after_poll(SOURCE, state, failure(), now, MIDDLE, asked=new)
    assert address(SOURCE, state, now) == SOURCE.url
    back = after_poll(SOURCE, state, unchanged(), now, MIDDLE, asked=SOURCE.url)
    assert (back.moved_to, back.moved_since) == (None, None)


def test_a_redirect_that_changes_its_mind_when_followed_then_the_week_begins_again() -> None:
    state = after_poll(SOURCE, FRESH, NotModified(validators=VALIDATORS, moved_to="https://a.example/"), NOW, MIDDLE)
    later = NOW + dt.timedelta(days=6)
    state = after_poll(SOURCE, state, NotModified(validators=VALIDATORS, moved_to="https://b.example/"), later, MIDDLE)
    assert (state.moved_to, state.moved_since) == ("https://b.example/", later)


def test_an_outage_here_when_a_feed_could_not_be_reached_then_it_counts_no_failure_and_is_asked_soon() -> None:
    well = after_poll(SOURCE, FRESH, unchanged(), NOW, MIDDLE)
    state = during_outage(SOURCE, well, NOW, MIDDLE)
    assert (state.failures, state.last_ok_at, pause(state)) == (0, NOW, OUTAGE_PAUSE)


@given(
    hours=strategies.frozensets(strategies.integers(0, 23), max_size=23),
    days=strategies.frozensets(strategies.integers(0, 6), max_size=6),
    rhythm=strategies.none() | strategies.timedeltas(dt.timedelta(minutes=1), dt.timedelta(days=4000)),
    ttl=strategies.none() | strategies.timedeltas(dt.timedelta(minutes=1), dt.timedelta(days=7)),
    later=strategies.timedeltas(dt.timedelta(0), dt.timedelta(days=9999)),
    jitter=strategies.floats(0, 1, exclude_max=True),
)
def test_any_wishes_when_a_poll_is_over_then_the_next_comes_within_a_day_and_in_no_skipped_hour_before(
    *,
    hours: frozenset[int],
    days: frozenset[int],
    rhythm: dt.timedelta | None,
    ttl: dt.timedelta | None,
    later: dt.timedelta,
    jitter: float,
) -> None:
    now = NOW + later
    source = replace(SOURCE, stretch_to=dt.timedelta(minutes=15))
    state = replace(FRESH, wishes=FeedWishes(ttl=ttl, skip_hours=hours, skip_days=days), rhythm=rhythm)
    due_at = after_poll(source, state, unchanged(), now, jitter).next_poll_at
    assert due_at is not None
    assert 0.9 * MINUTES_5 - dt.timedelta(microseconds=1) <= due_at - now <= LONGEST_PAUSE
    assert due_at - now == LONGEST_PAUSE or (due_at.hour not in hours and due_at.weekday() not in days)
