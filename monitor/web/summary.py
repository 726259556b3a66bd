"""Whether all is well, at the head of the page Feeds: a verdict, what isn't well, and the few numbers behind it.

Judged as by `relmon status` (storage/wellbeing.py); here it is put into the reader's words, with links to where more is said.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from monitor.storage import reloads, workers
from monitor.storage.browse.feeds import FeedTally, tally
from monitor.storage.connection import Connection
from monitor.storage.outbox import MessageState
from monitor.storage.overview import FeedHealth
from monitor.storage.space import DiskSpace, space_at
from monitor.storage.vitals import ChannelHealth, Vitals, vitals
from monitor.storage.wellbeing import Concern, Verdict, concerns, verdict
from monitor.web.render import Reader
from monitor.web.site import Site

_LINKS: Mapping[Concern, str] = {
    Concern.BROKEN: "/deliveries",
    Concern.DEAD: "/deliveries?state=dead",
    Concern.WAITING: "/deliveries?state=pending",
    Concern.FAILING: "/feeds?show=failing",
    Concern.MOST_FAILING: "/feeds?show=failing",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """One thing that isn't well, in a sentence. `link` leads to where it is told in full, if a page does so."""

    sentence: str
    is_grave: bool
    link: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What an operator wants to know first. `disk` is None where the database is no file.

    `waits_since` is when the oldest message was made that is to go out now.
    """

    concerns: tuple[Concern, ...]
    remarks: tuple[Remark, ...]
    feeds: FeedTally
    waiting: int
    waits_since: dt.datetime | None
    dead: int
    channels: Mapping[ChannelHealth, int]
    size_bytes: int
    disk: DiskSpace | None

    @property
    def verdict(self) -> str:
        """The name of a text and of a colour: well, mostly, trouble."""
        if self.disk is not None and self.disk.is_scarce:
            return Verdict.TROUBLE.name.lower()
        return verdict(self.concerns).name.lower()


def summary(connection: Connection, site: Site, reader: Reader, now: dt.datetime) -> Summary:
    """Looks, within the transaction of the page."""
    held = paused(site, now)
    found = vitals(connection, channels=tuple(site.channels), now=now, paused=sorted(held))
    followed, present = reloads.followed(connection), workers.present(connection)
    numbers = _numbers(found) | {
        Concern.REFUSED: sum(one.refused_at is not None for one in followed),
        Concern.BEHIND: sum(one.configuration != present[-1].configuration for one in present),
    }
    amiss = concerns(found, present, followed)
    disk = _disk(site)
    remarks = [
        Remark(
            sentence=reader.texts.count(f"feeds.concern.{one.name.lower()}", numbers[one]),
            is_grave=one.is_grave,
            link=_LINKS.get(one),
        )
        for one in amiss
    ]
    if disk is not None and disk.is_scarce:
        remarks.append(Remark(sentence=reader.texts.say("feeds.concern.disk"), is_grave=True, link=None))
    return Summary(
        concerns=amiss,
        remarks=tuple(remarks),
        feeds=tally(connection, paused=held),
        waiting=found.messages[MessageState.PENDING] + found.messages[MessageState.SENDING],
        waits_since=None if found.oldest_due is None else now - found.oldest_due,
        dead=found.messages[MessageState.DEAD],
        channels=found.channels,
        size_bytes=found.size_bytes,
        disk=disk,
    )


def paused(site: Site, now: dt.datetime) -> frozenset[str]:
    """The ids of the feeds that an operator has paused, for good or for now."""
    return site.paused | {feed_id for feed_id, source in site.feeds.items() if source.is_paused(now)}


def _numbers(found: Vitals) -> dict[Concern, int]:
    """How many things each concern is about."""
    return {
        Concern.BROKEN: found.channels[ChannelHealth.BROKEN],
        Concern.DEAD: found.messages[MessageState.DEAD],
        Concern.FAILING: found.feeds[FeedHealth.FAILING],
        Concern.MOST_FAILING: found.feeds[FeedHealth.FAILING],
        Concern.OVERDUE: found.overdue,
        Concern.WAITING: found.messages[MessageState.PENDING] + found.messages[MessageState.SENDING],
    }


def _disk(site: Site) -> DiskSpace | None:
    path = site.database.path
    if path is None:
        return None
    try:
        return space_at(path.parent)
    except OSError:
        # The database is read all the same; that its folder can't be looked at is the daemon's to report.
        return None
