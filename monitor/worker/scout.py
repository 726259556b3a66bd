"""A look at a feed before anybody relies on it: is one there, and if a page is there instead, which feed is behind it?

For `relmon feeds add` and `relmon feeds test`. Nothing is stored. Requests go the way of a poll: the same client, policy,
limits and turns at a host; the document is parsed in a child that can be killed.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from urllib.parse import urljoin, urlsplit

from monitor.domain.errors import ChildFailed
from monitor.domain.feeds import (
    CacheValidators,
    FeedBody,
    FeedOffer,
    FeedSource,
    FetchFailed,
    FetchFailure,
    NotModified,
    ParsedFeed,
)
from monitor.feeds.fetch import FetchLimits, fetch
from monitor.feeds.hosts import HostGate
from monitor.outbound.client import HttpClient
from monitor.worker.jobs import Jobs

MAX_OFFERS_TRIED = 5
# Where sites that name no feed mostly have one: WordPress first, then what generators of static sites write.
WELL_KNOWN = ("/feed/", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml")


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenFeed:
    """A feed that was there. `source` has the address to poll it at: where permanent redirects led, if there were any."""

    source: FeedSource
    body: FeedBody = field(repr=False)
    parsed: ParsedFeed = field(repr=False)
    page: str | None = None
    """The page behind which it was found, where it was not asked for itself."""
    others: tuple[FeedOffer, ...] = ()
    """What else that page offers; not looked at."""


class Scout:
    """Looks at feeds, any number of them concurrently."""

    def __init__(
        self,
        *,
        client: HttpClient,
        jobs: Jobs,
        gate: HostGate,
        limits: FetchLimits,
        clock: Callable[[], dt.datetime],
    ) -> None:
        self._client = client
        self._jobs = jobs
        self._gate = gate
        self._limits = limits
        self._clock = clock

    async def look(self, source: FeedSource) -> SeenFeed | FetchFailed:
        """What is at the feed's address now."""
        async with self._gate.slot(source.url):
            outcome = await fetch(source, CacheValidators(), self._client, self._limits, now=self._clock())
        match outcome:
            case FetchFailed():
                return outcome
            case NotModified():
                return FetchFailed(reason=FetchFailure.PROTOCOL, detail="answered 304 to an unconditional request")
            case FeedBody():
                pass
        try:
            parsed = await self._jobs.parse(outcome)
        except ChildFailed as error:
            return FetchFailed(reason=FetchFailure.NOT_A_FEED, detail=f"the document can't be read: {error}")
        if isinstance(parsed, FetchFailed):
            return parsed
        # A login in the address stays with it; where a redirect leads, it was not sent.
        moved = outcome.moved_to if outcome.moved_to and "@" not in urlsplit(source.url).netloc else source.url
        return SeenFeed(source=replace(source, url=moved), body=outcome, parsed=parsed)

    async def find(self, source: FeedSource) -> SeenFeed | FetchFailed:
        """The feed at the address, or the first one behind the page that is there.

        A page's own offers are tried first, then the places where feeds mostly are. FetchFailed is that of the address
        itself.
        """
        seen = await self.look(source)
        if isinstance(seen, SeenFeed) or seen.reason is not FetchFailure.NOT_A_FEED:
            return seen
        offers = seen.offers or tuple(FeedOffer(url=urljoin(source.url, path)) for path in WELL_KNOWN)
        for offer in offers[: MAX_OFFERS_TRIED if seen.offers else len(WELL_KNOWN)]:
            # What is secret belongs to the address that it was given for.
            behind = await self.look(replace(source, url=offer.url, headers=()))
            if isinstance(behind, SeenFeed):
                others = tuple(other for other in seen.offers if other != offer)
                return replace(behind, page=source.url, others=others)
        tried = "none of them can be read" if seen.offers else f"none is at {', '.join(WELL_KNOWN)} either"
        return replace(seen, detail=f"{seen.detail}; {tried}")
