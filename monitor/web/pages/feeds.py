"""The pages Feeds and Feed: whether all is well, how each feed does, and what it has brought.

Shows what the polls have left behind (storage/browse/feeds.py). Which feeds there are, and which of them an operator has
paused, is the configuration's to say. An address is shown as it is logged: without user name and password.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from monitor.domain.browsing import Cursor, ItemFilter, Page
from monitor.domain.feeds import FeedSource, FeedState, FeedTrouble, NewsItem
from monitor.storage.browse.feeds import (
    Brought,
    FeedChoice,
    ListedFeed,
    brought,
    list_feeds,
    never_stored,
    one_feed,
)
from monitor.storage.browse.items import list_items
from monitor.storage.connection import Connection
from monitor.storage.events import ArchivedEvent, events_of_items
from monitor.web.charts import Sparkline, sparkline
from monitor.web.cursors import cursor_text, read_cursor
from monitor.web.filters import BadQuery
from monitor.web.lines import outward, story_link
from monitor.web.render import Reader, page, reader_of
from monitor.web.site import Site, site_of
from monitor.web.summary import paused, summary

_A_PAGE = 100
_ITEMS = 30
_DAYS = 7
_LONGEST_NAME = 100
_TROUBLES: Mapping[FeedTrouble, str] = {
    FeedTrouble.GONE: "gone",
    FeedTrouble.WEB_PAGE: "web_page",
    FeedTrouble.EMPTY: "empty",
    FeedTrouble.SILENT: "silent",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """What a feed brought in the last seven days, today among them."""

    items: int
    events: int
    curve: Sparkline


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedLine:
    """A feed as a row. `condition` is the name of a text and of a colour; `error` what its last poll said, where it failed."""

    id: str
    title: str
    link: str
    group: str | None
    condition: str
    error: str | None
    polled_at: dt.datetime | None
    newest_at: dt.datetime | None
    next_at: dt.datetime | None
    is_due: bool
    every: str
    week: Week


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """An event that was read in an item. `story` leads to what it reports."""

    kind: str
    source: str
    target: str
    status: str
    is_withdrawn: bool
    story: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemLine:
    """An item with what was read in it."""

    title: str
    link: str | None
    outlet: str
    published_at: dt.datetime
    readings: tuple[Reading, ...]


def routes() -> list[Route]:
    """/feeds, and a page for each feed."""
    return [Route("/feeds", _feeds, methods=["GET"]), Route("/feeds/{feed_id}", _feed, methods=["GET"])]


def _feeds(request: Request) -> Response:
    site, reader, query = site_of(request), reader_of(request), request.query_params
    now = site.clock()
    choice = _choice(query.get("show", ""))
    name = query.get("name", "").strip()[:_LONGEST_NAME]
    after = _place(query.get("after", ""))
    with site.database.read() as connection:
        found = _listed(connection, site, choice, name, after)
        counted = brought(connection, [one.state.feed_id for one in found.rows], _days(site))
        seen = summary(connection, site, reader, now)
    kept = {"show": "" if choice is FeedChoice.ALL else choice.value, "name": name}
    return page(
        request,
        "feeds.html",
        summary=seen,
        choice=choice.value,
        choices=[
            (one.value, number, _link(show=one.value if one is not FeedChoice.ALL else "", name=name))
            for one, number in (
                (FeedChoice.ALL, seen.feeds.all),
                (FeedChoice.FAILING, seen.feeds.failing),
                (FeedChoice.SILENT, seen.feeds.silent),
                (FeedChoice.NEW, seen.feeds.new),
                (FeedChoice.PAUSED, seen.feeds.paused),
            )
        ],
        name=name,
        lines=[_line(one, site, reader, counted[one.state.feed_id], now) for one in found.rows],
        is_head=after is None,
        older=_link(**kept, after=cursor_text(found.next)) if found.next else None,
    )


def _feed(request: Request) -> Response:
    site, reader = site_of(request), reader_of(request)
    now = site.clock()
    feed_id = request.path_params["feed_id"]
    source = site.feeds.get(feed_id)
    after = _place(request.query_params.get("after", ""))
    with site.database.read() as connection:
        found = one_feed(connection, feed_id)
        if found is None and source is not None:
            found = _unpolled(source)
        if found is None:
            raise HTTPException(404)
        counted = brought(connection, [feed_id], _days(site))[feed_id]
        items = _items(connection, feed_id, after)
        events = _by_item(events_of_items(connection, [one.key for one in items.rows]))
    return page(
        request,
        "feed.html",
        line=_line(found, site, reader, counted, now),
        source=source,
        state=found.state,
        url=found.url,
        rhythm=None if found.state.rhythm is None else span(found.state.rhythm, reader),
        days=_day_rows(site, counted),
        items=[_item_line(one, events.get(one.key, ()), reader) for one in items.rows],
        is_head=after is None,
        older=f"?{urlencode({'after': cursor_text(items.next)})}" if items.next else None,
    )


def span(duration: dt.timedelta, reader: Reader) -> str:
    """A duration in its largest unit that leaves at least two of it, or one that is whole: "90 minutes", "an hour"."""
    for unit, size in (("days", dt.timedelta(days=1)), ("hours", dt.timedelta(hours=1))):
        if duration >= 2 * size or duration == size:
            return reader.texts.count(f"feeds.span.{unit}", round(duration / size))
    return reader.texts.count("feeds.span.minutes", max(round(duration / dt.timedelta(minutes=1)), 1))


def _choice(text: str) -> FeedChoice:
    try:
        return FeedChoice(text or FeedChoice.ALL)
    except ValueError:
        raise BadQuery("feeds.bad_show", value=text, choices=", ".join(FeedChoice)) from None


def _place(text: str) -> Cursor | None:
    try:
        return read_cursor(text) if text else None
    except ValueError:
        raise BadQuery("errors.bad_cursor") from None


def _listed(
    connection: Connection, site: Site, choice: FeedChoice, name: str, after: Cursor | None
) -> Page[ListedFeed]:
    held = paused(site, site.clock())
    try:
        found = list_feeds(connection, choice=choice, name=name, paused=held, limit=_A_PAGE, after=after)
    except ValueError:
        raise BadQuery("errors.bad_cursor") from None
    if found.next is not None or choice not in (FeedChoice.ALL, FeedChoice.PAUSED):
        return found
    # Behind all others stand those that the configuration alone knows.
    unheard = [site.feeds[one] for one in sorted(never_stored(connection, held))]
    fitting = [one for one in unheard if name.lower() in f"{one.id}\n{one.title}".lower()]
    return Page(rows=(*found.rows, *map(_unpolled, fitting)))


def _items(connection: Connection, feed_id: str, after: Cursor | None) -> Page[NewsItem]:
    try:
        return list_items(connection, ItemFilter(feed_id=feed_id), limit=_ITEMS, after=after)
    except ValueError:
        raise BadQuery("errors.bad_cursor") from None


def _days(site: Site) -> list[dt.datetime]:
    """When each of the last days began in the site's zone, the first one first."""
    today = site.today()
    return [site.start_of(today - dt.timedelta(days=number)) for number in range(_DAYS - 1, -1, -1)]


def _link(**parts: str) -> str:
    query = urlencode({name: value for name, value in parts.items() if value})
    return f"/feeds?{query}" if query else "/feeds"


def _line(listed: ListedFeed, site: Site, reader: Reader, counted: Brought, now: dt.datetime) -> FeedLine:
    state = listed.state
    source = site.feeds.get(state.feed_id)
    is_held = state.feed_id in site.paused or (source is not None and source.is_paused(now))
    return FeedLine(
        id=state.feed_id,
        title=listed.title,
        link=f"/feeds/{quote(state.feed_id, safe='')}",
        group=source.group if source else None,
        condition="removed" if source is None else "paused" if is_held else _condition(state),
        error=state.last_error if state.failures else None,
        polled_at=state.last_polled_at,
        newest_at=state.newest_at,
        next_at=None if is_held or source is None else state.next_poll_at,
        is_due=state.next_poll_at is not None and state.next_poll_at <= now,
        every=_rhythm(listed, source, reader),
        week=Week(
            items=sum(counted.items),
            events=sum(counted.events),
            curve=sparkline(counted.items, least_span=1.0),
        ),
    )


def _condition(state: FeedState) -> str:
    """How a feed that is polled does, in the name of a text."""
    if state.failures:
        return _TROUBLES.get(state.told, "failing") if state.told else "failing"
    if state.last_polled_at is None:
        return "new"
    return _TROUBLES.get(state.told, "well") if state.told else "well"


def _rhythm(listed: ListedFeed, source: FeedSource | None, reader: Reader) -> str:
    if source is not None and source.at is not None:
        return reader.texts.say("feeds.at", times=source.at.expression, zone=source.at.zone)
    return reader.texts.say("feeds.every", span=span(listed.poll_every, reader))


def _unpolled(source: FeedSource) -> ListedFeed:
    """A feed that was paused before the database ever heard of it."""
    return ListedFeed(
        title=source.title, url=source.shown_url, poll_every=source.poll_every, state=FeedState(feed_id=source.id)
    )


def _day_rows(site: Site, counted: Brought) -> list[tuple[dt.date, int, int]]:
    """Each day with its items and events, today first."""
    today = site.today()
    days = [today - dt.timedelta(days=number) for number in range(_DAYS - 1, -1, -1)]
    return list(zip(days, counted.items, counted.events, strict=True))[::-1]


def _by_item(events: Sequence[ArchivedEvent]) -> Mapping[bytes, Sequence[ArchivedEvent]]:
    found: defaultdict[bytes, list[ArchivedEvent]] = defaultdict(list)
    for one in events:
        found[one.stored.item.key].append(one)
    return found


def _item_line(item: NewsItem, events: Sequence[ArchivedEvent], reader: Reader) -> ItemLine:
    return ItemLine(
        title=item.title,
        link=outward(item.link),
        outlet=item.outlet,
        published_at=item.published_at,
        readings=tuple(_reading(one, reader) for one in events),
    )


def _reading(one: ArchivedEvent, reader: Reader) -> Reading:
    read = one.stored.event
    return Reading(
        kind=reader.kind(read.type),
        source=reader.side(read.source.code if read.source else None),
        target=reader.side(read.target.code if read.target else None),
        status=reader.book.say(f"statuses.{read.status}"),
        is_withdrawn=one.withdrawn_at is not None,
        story=story_link(one.story_id) if one.story_id else None,
    )
