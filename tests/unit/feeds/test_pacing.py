import datetime as dt
from dataclasses import replace

from hypothesis import given, strategies

from monitor.domain.feeds import (
    CacheValidators,
    FeedBody,
    FeedSource,
    FeedState,
    FetchFailed,
    FetchFailure,
    NotModified,
)
from monitor.feeds.pacing import LONGEST_FRESH, LONGEST_PAUSE, after_poll

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


def test_a_feed_when_it_fails_again_and_again_then_pauses_double_up_to_a_day_and_success_ends_them() -> None:
    state = after_poll(SOURCE, FRESH, unchanged(), NOW, MIDDLE)
    pauses = []
    for _ in range(60):
        state = after_poll(SOURCE, state, failure(), NOW, MIDDLE)
        pauses.append(pause(state))
    assert pauses[:4] == [MINUTES_5, 2 * MINUTES_5, 4 * MINUTES_5, 8 * MINUTES_5]
    assert pauses[-1] == LONGEST_PAUSE
    assert (state.failures, state.last_error) == (60, "answered 503 Service Unavailable")
    assert (state.validators, state.last_ok_at) == (VALIDATORS, NOW)
    well = after_poll(SOURCE, state, unchanged(), NOW, MIDDLE)
    assert (well.failures, well.last_error, pause(well)) == (0, None, MINUTES_5)


def test_a_slow_feed_when_it_fails_then_it_is_not_asked_sooner_than_its_own_rhythm() -> None:
    weekly = replace(SOURCE, poll_every=dt.timedelta(days=7))
    assert pause(after_poll(weekly, FRESH, failure(), NOW, MIDDLE)) == dt.timedelta(days=7)


def test_cache_headers_when_they_promise_much_then_the_rhythm_stretches_to_an_hour_and_no_further() -> None:
    assert pause(after_poll(SOURCE, FRESH, unchanged(dt.timedelta(minutes=20)), NOW, 0)) == dt.timedelta(minutes=20)
    assert pause(after_poll(SOURCE, FRESH, unchanged(dt.timedelta(days=1)), NOW, 0)) == LONGEST_FRESH
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
