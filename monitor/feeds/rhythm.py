"""What a document teaches about its feed: how often something new comes, how much it holds, what its publisher wishes.

Pure: old state and what was found in, new state out. Comes after identity, which says what is new, and before pacing
and trouble, which draw conclusions.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median

from monitor.domain.feeds import FeedState, FeedWishes, NewsItem

_WEIGHT = 0.2
"""Of the latest observation. Some ten new entries are enough to follow a newsroom that changes its ways."""

_SHORTEST = dt.timedelta(minutes=1)
"""Entries that come together, with one date for all, say nothing shorter."""


def learn(
    state: FeedState, *, entries: int, wishes: FeedWishes, fresh: Sequence[NewsItem], now: dt.datetime
) -> FeedState:
    """The state after a document with so many entries, of which `fresh` were never seen before."""
    rhythm, newest_at = _rhythm(state, sorted(item.published_at for item in fresh))
    return replace(
        state,
        wishes=wishes,
        entries=entries,
        empty_since=None if entries else state.empty_since or now,
        rhythm=rhythm,
        newest_at=newest_at,
    )


def _rhythm(state: FeedState, published: Sequence[dt.datetime]) -> tuple[dt.timedelta | None, dt.datetime | None]:
    """The usual time between two entries, and when the latest was published. `published` is sorted."""
    if not published:
        return state.rhythm, state.newest_at
    if state.newest_at is None:
        gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(published)]
        return (max(dt.timedelta(seconds=median(gaps)), _SHORTEST) if gaps else None), published[-1]
    newest_at = max(state.newest_at, published[-1])
    since = newest_at - state.newest_at
    if not since:
        # Older than what was known: an archive, or dates that mean nothing.
        return state.rhythm, newest_at
    observed = max(since / len(published), _SHORTEST)
    rhythm = observed if state.rhythm is None else state.rhythm * (1 - _WEIGHT) + observed * _WEIGHT
    return rhythm, newest_at
