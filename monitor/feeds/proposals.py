"""What could be put right about the configured feeds, as far as their polls have shown: moved, gone, dead, twice there.

Pure: the configuration and what is remembered of each feed in, proposals out. The daemon never changes what an operator
wrote; `relmon feeds fix` shows these proposals, and writes them when it is asked to (P17).
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit

from monitor.domain.feeds import FeedSource, FeedState, FetchFailure
from monitor.feeds.links import canonical
from monitor.feeds.moves import is_adopted

DEAD_AFTER = dt.timedelta(days=30)
"""Outages of publishers last hours, reconstructions weeks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """The feed's address is another by now."""

    feed_id: str
    url: str = field(repr=False)
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """Polling the feed brings nothing: it had better be paused, which keeps it and its notes in the file."""

    feed_id: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Something for a person to look at; there is nothing to write."""

    feed_id: str
    why: str


Proposal = Move | Rest | Look


def propose(feeds: Sequence[FeedSource], states: Mapping[str, FeedState], now: dt.datetime) -> tuple[Proposal, ...]:
    """At most one proposal for each of `feeds`, in their order. `states` are by feed id; a feed without one is new."""
    first_at: dict[str, str] = {}
    for feed in feeds:
        first_at.setdefault(canonical(feed.url), feed.id)
    return tuple(
        proposal
        for feed in feeds
        for proposal in _proposals(feed, states.get(feed.id) or FeedState(feed_id=feed.id), first_at, now)
    )


def _proposals(feed: FeedSource, state: FeedState, first_at: Mapping[str, str], now: dt.datetime) -> Iterator[Proposal]:
    twin = first_at[canonical(feed.url)]
    if twin != feed.id:
        yield Rest(feed_id=feed.id, why=f'has the same address as "{twin}"')
    elif state.failure is FetchFailure.GONE and state.failures:
        yield Rest(feed_id=feed.id, why="answers 410 Gone: its publisher says that it has ended")
    elif state.failing_since is not None and now - state.failing_since >= DEAD_AFTER:
        why = f"has failed since {state.failing_since:%Y-%m-%d}; the last time it {state.last_error or 'said nothing'}"
        yield Rest(feed_id=feed.id, why=why)
    elif state.moved_to is not None and not state.failures:
        yield _moved(feed, state.moved_to, state, first_at, now)


def _moved(feed: FeedSource, url: str, state: FeedState, first_at: Mapping[str, str], now: dt.datetime) -> Proposal:
    since = f"since {state.moved_since:%Y-%m-%d}"
    twin = first_at.get(canonical(url))
    if twin not in (None, feed.id):
        return Rest(feed_id=feed.id, why=f'has moved to the address of "{twin}"')
    if not is_adopted(state, now):
        return Look(feed_id=feed.id, why=f"leads to {url} {since}; that is proposed once it has held for a week")
    return to_address(feed, url, why=f"has moved for good, and works there {since}")


def to_address(feed: FeedSource, url: str, *, why: str) -> Move | Look:
    """A move that takes the login in the address along; none where login or headers would be told to another origin."""
    old, new = urlsplit(feed.url), urlsplit(url)
    login, at, _ = old.netloc.rpartition("@")
    if not at and not feed.headers:
        return Move(feed_id=feed.id, url=url, why=why)
    if (old.scheme, old.hostname, old.port) != (new.scheme, new.hostname, new.port):
        return Look(feed_id=feed.id, why=f"{why}; {url} is at another host, which must not get its login unasked")
    return Move(feed_id=feed.id, url=urlunsplit(new._replace(netloc=f"{login}{at}{new.netloc}")), why=why)
