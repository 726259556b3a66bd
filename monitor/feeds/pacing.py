"""When a feed is polled next, and what is remembered of how its last poll went.

Pure: old state, outcome and clock in, new state out. A feed whose rhythm the operator named keeps it; any other is
stretched a little where it publishes rarely or where its publisher wishes so. Failing feeds are asked less and less
often, but never not at all. Comes after fetch, parse and rhythm.py; storage writes the result in the same transaction
as the items. Whether the baseline is stored (`baseline_done`) is the worker's to say.
"""

import datetime as dt
from dataclasses import replace
from typing import assert_never

from monitor.domain.feeds import (
    FeedBody,
    FeedSource,
    FeedState,
    FeedWishes,
    FetchFailed,
    FetchFailure,
    FetchOutcome,
    NotModified,
)
from monitor.feeds.crontimes import next_time
from monitor.feeds.moves import follow

LONGEST_BACKOFF = dt.timedelta(hours=6)
"""However long a feed has failed, it is asked four times a day: its recovery is news, too."""

LONGEST_PAUSE = dt.timedelta(hours=24)
"""For feeds that say they are gone, and for skipped hours and days."""

LONGEST_WISH = dt.timedelta(hours=1)
"""How far `ttl` and cache headers may stretch the rhythm. News must not wait for a careless `max-age`."""

OUTAGE_PAUSE = dt.timedelta(minutes=1)
"""Until a feed is asked again that could not be reached because nothing could."""

_POLLS_AN_ENTRY = 4
"""A feed that usually brings an entry an hour is polled every quarter of an hour, if it may be stretched so far."""

_JITTER = 0.1
_CRON_SPREAD = dt.timedelta(seconds=30)
_MAX_DOUBLINGS = 30


def after_poll(
    source: FeedSource,
    state: FeedState,
    outcome: FetchOutcome,
    now: dt.datetime,
    jitter: float,
    *,
    asked: str | None = None,
) -> FeedState:
    """The feed's state after a poll that ended at `now`; `asked` is its address where that isn't the configured one.

    `jitter` in [0, 1) spreads the next poll over 10 % to either side of its due time, so that feeds that started
    together part. A wish the server states (Retry-After, cache headers) is never undercut by it.
    """
    polled = replace(state, first_polled_at=state.first_polled_at or now, last_polled_at=now)
    match outcome:
        case FeedBody() | NotModified():
            return replace(
                follow(polled, asked or source.url, outcome, now),
                validators=outcome.validators,
                last_ok_at=now,
                next_poll_at=_next_poll(source, state, outcome.fresh_for, now, jitter),
                failures=0,
                failing_since=None,
                failure=None,
                last_error=None,
            )
        case FetchFailed():
            failures = state.failures + 1
            pause = _spread(_backoff(source.poll_every, failures, outcome.reason), jitter)
            return replace(
                polled,
                next_poll_at=now + max(pause, outcome.retry_after or dt.timedelta(0)),
                failures=failures,
                failing_since=state.failing_since or now,
                failure=outcome.reason,
                last_error=outcome.detail,
            )
        case _:
            assert_never(outcome)


def during_outage(source: FeedSource, state: FeedState, now: dt.datetime, jitter: float) -> FeedState:
    """The state after a poll that failed because this machine's own network is down (P15): no failure of the feed's."""
    return replace(state, last_polled_at=now, next_poll_at=now + _spread(min(source.poll_every, OUTAGE_PAUSE), jitter))


def put_off(state: FeedState, wait: dt.timedelta, now: dt.datetime) -> FeedState:
    """The state of a feed that was not asked, since so many of its host stand in line before it."""
    return replace(state, next_poll_at=now + wait)


def _next_poll(
    source: FeedSource, state: FeedState, fresh_for: dt.timedelta | None, now: dt.datetime, jitter: float
) -> dt.datetime:
    if source.at is not None:
        return next_time(source.at, now) + _CRON_SPREAD * jitter
    promised = min(fresh_for or dt.timedelta(0), LONGEST_WISH)
    if source.stretch_to is None:
        return now + max(_spread(source.poll_every, jitter), promised)
    own = min((state.rhythm or dt.timedelta(0)) / _POLLS_AN_ENTRY, source.stretch_to)
    wish = min(state.wishes.ttl or dt.timedelta(0), LONGEST_WISH)
    due_at = now + max(_spread(max(source.poll_every, own), jitter), wish, promised)
    return _after_skipped(state.wishes, due_at, latest=max(due_at, now + LONGEST_PAUSE))


def _after_skipped(wishes: FeedWishes, due_at: dt.datetime, *, latest: dt.datetime) -> dt.datetime:
    """The same minute of the first hour that isn't skipped, but no later than `latest`."""
    while (due_at.hour in wishes.skip_hours or due_at.weekday() in wishes.skip_days) and due_at < latest:
        due_at += dt.timedelta(hours=1)
    return min(due_at, latest)


def _backoff(poll_every: dt.timedelta, failures: int, reason: FetchFailure) -> dt.timedelta:
    """One interval after the first failure, then twice as long each time, up to the ceiling or the interval itself."""
    if reason is FetchFailure.GONE:
        return max(LONGEST_PAUSE, poll_every)
    ceiling = max(LONGEST_BACKOFF, poll_every)
    # Never multiplied beyond the ceiling: after enough failures the product would be no timedelta any more.
    times: int = min(2 ** min(failures - 1, _MAX_DOUBLINGS), ceiling // poll_every + 1)
    return min(ceiling, poll_every * times)


def _spread(pause: dt.timedelta, jitter: float) -> dt.timedelta:
    return pause * (1 - _JITTER + 2 * _JITTER * jitter)
