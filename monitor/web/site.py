"""What the pages are made from: the database, and what the configuration in force makes of it.

A value that stands for one request; after a reload the next request gets another. What lives in the worker comes as
callables that cli wires in, since the web never imports the worker.
"""

import datetime as dt
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from starlette.requests import Request

from monitor.delivery.phrasebook import Phrasebook
from monitor.domain.explanation import StorySeen, TextSeen
from monitor.domain.feeds import FeedSource
from monitor.domain.routing import Watch
from monitor.domain.stories import Story
from monitor.domain.taxonomy import Taxonomy
from monitor.storage.connection import Connection
from monitor.storage.engine import Database

SITE = "relmon.site"
"""The key of a request's scope under which its Site stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """Reads texts that somebody is trying: in one of `languages` (names by ISO 639-1 code), or the one that it finds where None is given.

    `read` raises ChildFailed where that takes too long or can't be done just now, and DatabaseError.
    """

    languages: Mapping[str, str]
    read: Callable[[str, str | None], Awaitable[TextSeen]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Everything that pages show, and show it with. Pages only ever read the database.

    `books` are the texts of alerts by language; `channels` the kinds of the configured channels by id; `feeds` all that are
    configured, paused ones among them (`paused` has their ids); `zone` the one in which times are shown.
    """

    database: Database
    taxonomy: Taxonomy
    books: Mapping[str, Phrasebook]
    watches: tuple[Watch, ...]
    channels: Mapping[str, str]
    feeds: Mapping[str, FeedSource]
    paused: frozenset[str]
    zone: ZoneInfo
    public_url: str
    version: str
    clock: Callable[[], dt.datetime]
    trial: Trial
    explain_story: Callable[[Connection, Story], StorySeen]
    """Who was told of a story and why, in the transaction of the page."""

    def today(self) -> dt.date:
        """The day that it is in `zone`."""
        return self.clock().astimezone(self.zone).date()

    def start_of(self, day: dt.date) -> dt.datetime:
        """When a day begins in `zone`, in UTC."""
        return dt.datetime.combine(day, dt.time(), self.zone).astimezone(dt.UTC)


def site_of(request: Request) -> Site:
    """What this request is answered from."""
    site: Site = request.scope[SITE]
    return site
