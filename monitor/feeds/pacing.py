"""When a feed is polled next, and what is remembered of how its last poll went.

Pure: old state, outcome and clock in, new state out. Healthy feeds keep the operator's rhythm, stretched a little where
the server promises that nothing will change; failing ones are asked less and less often, but never not at all. Comes
after fetch and parse; storage writes the result in the same transaction as the items. Whether the baseline is stored
(`baseline_done`) is the worker's to say.
"""

import datetime as dt
from dataclasses import replace
from typing import assert_never

from monitor.domain.feeds import FeedBody, FeedSource, FeedState, FetchFailed, FetchOutcome, NotModified

LONGEST_PAUSE = dt.timedelta(hours=24)
"""However long a feed has failed, it is asked once a day."""

LONGEST_FRESH = dt.timedelta(hours=1)
"""How far a server's cache headers may stretch the rhythm. News must not wait for a careless `max-age`."""

_JITTER = 0.1
_MAX_DOUBLINGS = 30


def after_poll(
    source: FeedSource, state: FeedState, outcome: FetchOutcome, now: dt.datetime, jitter: float
) -> FeedState:
    """The feed's state after a poll that ended at `now`.

    `jitter` in [0, 1) spreads the next poll over 10 % to either side of its due time, so that feeds that started
    together part. A wish the server states (Retry-After, cache headers) is never undercut by it.
    """
    polled = replace(state, first_polled_at=state.first_polled_at or now, last_polled_at=now)
    match outcome:
        case FeedBody() | NotModified():
            wish = min(outcome.fresh_for or dt.timedelta(0), LONGEST_FRESH)
            pause = max(_spread(source.poll_every, jitter), wish)
            return replace(
                polled,
                validators=outcome.validators,
                last_ok_at=now,
                next_poll_at=now + pause,
                failures=0,
                last_error=None,
            )
        case FetchFailed():
            failures = state.failures + 1
            pause = max(_spread(_backoff(source.poll_every, failures), jitter), outcome.retry_after or dt.timedelta(0))
            return replace(polled, next_poll_at=now + pause, failures=failures, last_error=outcome.detail)
        case _:
            assert_never(outcome)


def _backoff(poll_every: dt.timedelta, failures: int) -> dt.timedelta:
    """One interval after the first failure, then twice as long each time, up to a day or the interval itself."""
    ceiling = max(LONGEST_PAUSE, poll_every)
    # Never multiplied beyond the ceiling: after enough failures the product would be no timedelta any more.
    times: int = min(2 ** min(failures - 1, _MAX_DOUBLINGS), ceiling // poll_every + 1)
    return min(ceiling, poll_every * times)


def _spread(pause: dt.timedelta, jitter: float) -> dt.timedelta:
    return pause * (1 - _JITTER + 2 * _JITTER * jitter)
