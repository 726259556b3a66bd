"""Plays what the daemon would have done with dated news, on a throwaway database and a clock that follows the news.

Decision 10: time is simulated, never faked. The transaction is the poll's own (`commit.py`), and so are the ticks that fall
due between two reports (`due.py`); only fetching before and sending after are left out. What would have
been sent is what stands in the outbox. `relmon backtest` brings the news and counts what comes out.
"""

import dataclasses
import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from monitor.domain.delivery import Message
from monitor.domain.feeds import FeedSource
from monitor.storage import outbox, polls
from monitor.storage.engine import Database
from monitor.storage.polls import PollClaim
from monitor.worker.commit import commit_all
from monitor.worker.desk import Desk
from monitor.worker.due import due_after, tell_due
from monitor.worker.polled import PolledFeed, ReadItem

_OWNER = "backtest"
_LEASE = dt.timedelta(hours=1)
_TICK = dt.timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """An item that a feed brings, and what was read in it."""

    source: FeedSource
    read: ReadItem


class Rehearsal:
    """One configuration, played from the first report to the last. Its database must be its own, with current tables."""

    def __init__(self, database: Database, desk: Desk) -> None:
        self._database = database
        self._desk = desk
        self._sources: dict[str, FeedSource] = {}
        self._now: dt.datetime | None = None
        self._heard = 0

    def play(self, arrivals: Sequence[Arrival], now: dt.datetime) -> tuple[Message, ...]:
        """What would have been sent up to `now`: by what fell due on the way, and by items that all arrive at that moment.

        Time never goes back: each call's `now` is that of the last one or a later one.
        """
        self._wait(now)
        by_feed: dict[str, list[Arrival]] = {}
        for arrival in arrivals:
            by_feed.setdefault(arrival.source.id, []).append(arrival)
        claims = self._claims([of_feed[0].source for of_feed in by_feed.values()], now)
        polled = [
            PolledFeed(
                claim=claims[feed_id],
                source=of_feed[0].source,
                state=dataclasses.replace(claims[feed_id].state, next_poll_at=now, baseline_done=True),
                fresh=tuple(arrival.read for arrival in of_feed),
            )
            for feed_id, of_feed in by_feed.items()
        ]
        commit_all(self._database, polled, self._desk, now)
        return self._heard_since()

    def wait(self, until: dt.datetime) -> tuple[Message, ...]:
        """What would have been sent up to `until` if no item came."""
        self._wait(until)
        return self._heard_since()

    def _wait(self, until: dt.datetime) -> None:
        """Ticks whenever something falls due, as the daemon does each minute; the first time at once, as at its start."""
        if self._now is None:
            tell_due(self._database, self._desk, until)
        now = self._now or until
        while (due := self._due_after(now)) is not None and due <= until:
            tell_due(self._database, self._desk, due)
            now = due
        self._now = until

    def _due_after(self, now: dt.datetime) -> dt.datetime | None:
        """When the next tick has something to do, a tick later than now at the earliest; None where nothing waits."""
        with self._database.read() as connection:
            due = due_after(connection, self._desk, now)
        return max(due, now + _TICK) if due is not None else None

    def _claims(self, sources: Sequence[FeedSource], now: dt.datetime) -> dict[str, PollClaim]:
        with self._database.write() as connection:
            if any(source.id not in self._sources for source in sources):
                self._sources |= {source.id: source for source in sources}
                polls.sync_feeds(connection, tuple(self._sources.values()), now)
            claims: Iterable[PollClaim] = polls.claim_due(
                connection,
                owner=_OWNER,
                limit=len(sources),
                lease=_LEASE,
                due_by=None,
                only=[source.id for source in sources],
            )
        return {claim.state.feed_id: claim for claim in claims}

    def _heard_since(self) -> tuple[Message, ...]:
        with self._database.read() as connection:
            new = outbox.enqueued_behind(connection, self._heard)
        if new:
            self._heard = new[-1][0]
        return tuple(message for _, message in new)
