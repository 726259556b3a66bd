"""Feeds that moved: permanent redirects are followed at once and adopted after a week of valid feeds (P17).

Pure. The operator's file stays as it is; `relmon feeds fix` proposes the new address. Comes before fetch, which asks
the address that is chosen here, and after it, when the answer says where it came from.
"""

import datetime as dt
from dataclasses import replace

from monitor.domain.feeds import FeedBody, FeedSource, FeedState, NotModified

ADOPT_AFTER = dt.timedelta(days=7)


def is_adopted(state: FeedState, now: dt.datetime) -> bool:
    """Whether the new address has proved itself. A failure there brings the configured one back for the next poll."""
    return state.moved_since is not None and now - state.moved_since >= ADOPT_AFTER and not state.failures


def address(source: FeedSource, state: FeedState, now: dt.datetime) -> str:
    """The address to ask: the configured one, or the one that was adopted."""
    return state.moved_to if state.moved_to is not None and is_adopted(state, now) else source.url


def follow(state: FeedState, asked: str, outcome: FeedBody | NotModified, now: dt.datetime) -> FeedState:
    """Remembers where permanent redirects led from the address that was asked, and since when."""
    target = outcome.moved_to or (asked if asked == state.moved_to else None)
    if target == state.moved_to:
        return state
    return replace(state, moved_to=target, moved_since=now if target else None)
