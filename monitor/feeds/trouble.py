"""When a feed's state is something to tell the operator, and in which words (P14).

Pure. A trouble is told once and lasts until the feed is well again, so one failed poll between good ones is none.
Everything is judged by the time of the last poll, not of now: a program that was switched off for a week accuses
nobody. Comes after pacing; worker/trouble.py asks it for all feeds and posts the messages.
"""

import datetime as dt
from dataclasses import dataclass
from typing import assert_never

from monitor.domain.feeds import FeedState, FeedTrouble, FetchFailure

_FAILURES = 3
_GONE_ANSWERS = 2
_EMPTY_FOR = dt.timedelta(hours=1)
_SILENT_TIMES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class TroubleLimits:
    """How long a feed may fail, and be silent however lively it was, before the operator hears of it."""

    failing: dt.timedelta = dt.timedelta(hours=3)
    silent: dt.timedelta = dt.timedelta(days=3)


def trouble_of(state: FeedState, limits: TroubleLimits) -> FeedTrouble | None:
    """What is wrong with a feed; None where nothing is, or not for long enough."""
    if state.last_polled_at is None:
        return None
    if state.failures:
        # What was told stands until a poll succeeds.
        return _failing(state, state.last_polled_at, limits) or state.told
    if state.empty_since is not None and state.newest_at is not None:
        return FeedTrouble.EMPTY if state.last_polled_at - state.empty_since >= _EMPTY_FOR else state.told
    if state.rhythm is not None and state.newest_at is not None and state.last_ok_at is not None:
        patience = max(limits.silent, state.rhythm * _SILENT_TIMES)
        return FeedTrouble.SILENT if state.last_ok_at - state.newest_at > patience else None
    return None


def _failing(state: FeedState, polled_at: dt.datetime, limits: TroubleLimits) -> FeedTrouble | None:
    if state.failure is FetchFailure.GONE and state.failures >= _GONE_ANSWERS:
        return FeedTrouble.GONE
    if state.failures < _FAILURES or state.failing_since is None:
        return None
    if state.failure is FetchFailure.NOT_A_FEED and state.last_ok_at is not None:
        return FeedTrouble.WEB_PAGE
    return FeedTrouble.FAILING if polled_at - state.failing_since >= limits.failing else None


def sentence(state: FeedState, trouble: FeedTrouble, now: dt.datetime) -> str:
    """What is wrong with a feed and what to do, for the operator."""
    match trouble:
        case FeedTrouble.FAILING:
            return f"has failed for {_span(state.failing_since, now)}: {state.last_error}"
        case FeedTrouble.GONE:
            return "is gone, its server says (410): look for another address, or take it out of feeds.toml"
        case FeedTrouble.WEB_PAGE:
            return f"{state.last_error}, where a feed was: try `relmon feeds test` with its address"
        case FeedTrouble.EMPTY:
            return f"has held no entry for {_span(state.empty_since, now)}, though it used to"
        case FeedTrouble.SILENT:
            return (
                f"has brought nothing new for {_span(state.newest_at, now)}; an entry every "
                f"{_words(state.rhythm or dt.timedelta(0))} was usual"
            )
        case _:
            assert_never(trouble)


def _span(since: dt.datetime | None, now: dt.datetime) -> str:
    return _words(now - since) if since is not None else "some time"


def _words(span: dt.timedelta) -> str:
    """A span in its largest unit that is worth it: "5 hours", "3 days"."""
    for unit, length in (("day", dt.timedelta(days=1)), ("hour", dt.timedelta(hours=1))):
        if span >= 2 * length:
            return f"{round(span / length)} {unit}s"
    minutes = max(round(span / dt.timedelta(minutes=1)), 1)
    return f"{minutes} minute{'s' if minutes > 1 else ''}"
