"""Tells a local network outage from feeds that fail: when nobody can be reached, it isn't the feeds' fault (P15).

Keeps what the latest requests came to, for one process. An outage is assumed once several hosts whose feeds were well
can't be reached in a row, with no answer of anybody in between, and ends with the first answer. Comes after fetch;
pacing then counts no failure, and trouble.py isn't asked.
"""

import datetime as dt

from monitor.domain.feeds import FeedState, FetchFailed, FetchFailure, FetchOutcome

_HOSTS = 3
"""Fewer than so many hosts of a small list may well fail together by chance, or stand in one rack."""


class NetworkWatch:
    """One process's view of the network. `down_since` is set while nobody can be reached."""

    def __init__(self) -> None:
        self.down_since: dt.datetime | None = None
        self._lost: dict[str, dt.datetime] = {}

    def is_to_blame(self, host: str, state: FeedState, outcome: FetchOutcome, now: dt.datetime) -> bool:
        """Takes note of an outcome, and says whether the network here is the reason of it.

        `state` is the feed's before the poll: only a feed that was well tells something by failing.
        """
        if not isinstance(outcome, FetchFailed) or outcome.status is not None:
            self._answered()
            return False
        match outcome.reason:
            case FetchFailure.UNREACHABLE | FetchFailure.TIMED_OUT:
                if state.last_ok_at is not None and not state.failures:
                    self._lost.setdefault(host, now)
                if len(self._lost) >= _HOSTS and self.down_since is None:
                    self.down_since = min(self._lost.values())
                return self.down_since is not None
            case FetchFailure.REFUSED:
                return False  # our own policy: nobody was asked
            case _:
                self._answered()
                return False

    def _answered(self) -> None:
        self._lost.clear()
        self.down_since = None
