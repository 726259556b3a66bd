"""Whether all is well, in one word, and what isn't: for the head of `relmon status --watch` and of the page Feeds.

Judges what vitals.py, workers.py and reloads.py have read; reads nothing itself. How it is said is for whoever shows it.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from enum import StrEnum

from monitor.storage.outbox.rows import MessageState
from monitor.storage.overview import FeedHealth
from monitor.storage.reloads import Followed
from monitor.storage.vitals import ChannelHealth, Vitals
from monitor.storage.workers import Presence

LATE = dt.timedelta(minutes=1)
"""What is due is done within seconds; a minute says that something holds it up."""


class Concern(StrEnum):
    """Something that is not as it should be."""

    BROKEN = "broken"
    """A channel takes nothing any more."""
    DEAD = "dead"
    """There are dead letters."""
    REFUSED = "refused"
    """A daemon was given a configuration with mistakes, and follows an older one."""
    BEHIND = "behind"
    """A daemon follows an older configuration than another."""
    MOST_FAILING = "most failing"
    """The last poll of at least every other feed failed: hardly the feeds' own fault."""
    FAILING = "failing"
    """The last poll of some feed failed."""
    OVERDUE = "overdue"
    """Feeds are polled late."""
    WAITING = "waiting"
    """Messages go out late."""

    @property
    def is_grave(self) -> bool:
        """Whether it stays until somebody does something about it."""
        return self in _GRAVE


class Verdict(StrEnum):
    """Whether all is well, in one word."""

    WELL = "well"
    MOSTLY = "mostly well"
    TROUBLE = "needs a look"


_GRAVE = frozenset({Concern.BROKEN, Concern.DEAD, Concern.REFUSED, Concern.BEHIND, Concern.MOST_FAILING})
_FEW = 2


def concerns(vitals: Vitals, workers: Sequence[Presence], followed: Sequence[Followed]) -> tuple[Concern, ...]:
    """What is not well, the grave first; nothing where all is. `workers` come as `present` orders them."""
    failing, polled = vitals.feeds[FeedHealth.FAILING], vitals.feeds[FeedHealth.FAILING] + vitals.feeds[FeedHealth.OK]
    most = failing >= _FEW and failing * 2 >= polled
    found = {
        Concern.BROKEN: vitals.channels[ChannelHealth.BROKEN] > 0,
        Concern.DEAD: vitals.messages[MessageState.DEAD] > 0,
        Concern.REFUSED: any(one.refused_at is not None for one in followed),
        Concern.BEHIND: len({one.configuration for one in workers}) > 1,
        Concern.MOST_FAILING: most,
        Concern.FAILING: failing > 0 and not most,
        Concern.OVERDUE: vitals.longest_overdue > LATE,
        Concern.WAITING: vitals.oldest_due is not None and vitals.oldest_due > LATE,
    }
    return tuple(concern for concern, holds in found.items() if holds)


def verdict(found: Iterable[Concern]) -> Verdict:
    """What the concerns come to."""
    graves = [one.is_grave for one in found]
    return Verdict.TROUBLE if any(graves) else Verdict.MOSTLY if graves else Verdict.WELL
