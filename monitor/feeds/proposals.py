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

ADOPTED_AFTER = dt.timedelta(days=7)
"""A permanent redirect that has led to a valid feed for so long is meant (P17)."""

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
    elif state.moved_to is not None and state.moved_since is not None and not state.failures:
        yield _moved(feed, state.moved_to, state.moved_since, first_at, now)


def _moved(feed: FeedSource, url: str, since: dt.datetime, first_at: Mapping[str, str], now: dt.datetime) -> Proposal:
    twin = first_at.get(canonical(url))

    if twin not in (None, feed.id):
        return Rest(feed_id=feed.id, why=f'has moved to the address of "{twin}"')
    if now - since < ADOPTED_AFTER:
        return Look(feed_id=feed.id, why=f"has moved since {since:%Y-%m-%d} to {url}; proposed once a week has passed")
    address = with_login(url, feed.url)
    if address is None:
        return Look(feed_id=feed.id, why=f"has moved to another host, {url}, which must not get its login unasked")
    return Move(feed_id=feed.id, url=address, why=f"has moved for good, and works there since {since:%Y-%m-%d}")


def with_login(url: str, before: str) -> str | None:
    """`url` with the login of the address before; None where it leads to another origin, which must not be told it."""
    old, new = urlsplit(before), urlsplit(url)
    login, at, _ = old.netloc.rpartition("@")
    if not at:
        return url
    same = (old.scheme, old.hostname, old.port) == (new.scheme, new.hostname, new.port)
    return urlunsplit(new._replace(netloc=f"{login}@{new.netloc}")) if same else None
