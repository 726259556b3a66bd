"""Who polls and sends by one configuration, and what they follow.

All that a configuration decides is made anew from it and stands here, so that another one takes its place in a single
step (service.py, reload.py). Put together by cli/wiring.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from monitor.delivery.channel import Channel
from monitor.domain.feeds import FeedSource
from monitor.feeds.trouble import TroubleLimits
from monitor.worker.desk import Desk
from monitor.worker.dispatch import Dispatcher
from monitor.worker.poll import Poller
from monitor.worker.upkeep import Retention


class Duty(StrEnum):
    """What a daemon does of the work that several may share. All of them show how they are."""

    POLL = "poll"
    """Ask feeds, read what is new, decide whom it concerns, and tell what is due by the clock."""
    DELIVER = "deliver"
    """Send what stands in the outbox."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What the daemon keeps going: which feeds, how many at a time, and whom it tells about itself."""

    feeds: Mapping[str, FeedSource]
    channels: Mapping[str, Channel]
    operator: Sequence[str]
    concurrency: int
    owner: str
    duties: frozenset[Duty] = frozenset(Duty)
    feed_trouble: TroubleLimits = field(default_factory=TroubleLimits)
    """How long a feed may fail or be silent before the operator hears of it."""
    trouble_pause: dt.timedelta = dt.timedelta(seconds=10)
    """How long no feed is asked after the database has refused what one brought: publishers are not to blame."""
    desk: Desk | None = None
    """Who watches what, and where: for whatever is told by the clock. Without it, nothing is."""
    retention: Retention = field(default_factory=Retention)
    """How long what is stored is kept."""
    trouble_told_after: dt.timedelta = dt.timedelta(seconds=30)
    """How long trouble with the database lasts before the operator is told, past the outbox: most is over by then."""
    with_pause: tuple[FeedSource, ...] = field(init=False)
    """The feeds that the operator has paused for a while; gathered once, since they are asked for every second."""

    def __post_init__(self) -> None:
        paused = tuple(feed for feed in self.feeds.values() if feed.paused_until is not None)
        object.__setattr__(self, "with_pause", paused)

    def paused(self, now: dt.datetime) -> list[str]:
        """The ids of the feeds that are to be left alone now."""
        return [feed.id for feed in self.with_pause if feed.is_paused(now)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """Those on duty, and their plan."""

    poller: Poller
    dispatcher: Dispatcher
    plan: Plan
