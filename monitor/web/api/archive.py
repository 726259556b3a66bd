"""What the archive holds beneath the stories: events as they were read, items as they came; and the types of events."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from monitor.domain.browsing import EventFilter, ItemFilter
from monitor.domain.shapes import item_json
from monitor.storage.browse.events import list_events
from monitor.storage.browse.items import list_items
from monitor.storage.events import events_of_item
from monitor.storage.items import items_with_key
from monitor.web.api import shapes
from monitor.web.api.answers import listing, whole
from monitor.web.api.described import operation
from monitor.web.api.models import EventList, ItemList, ItemWhole, TypeList
from monitor.web.api.parameters import EVENT_FILTER, SPAN, Asked, Paging
from monitor.web.api.problems import not_found
from monitor.web.site import site_of

router = APIRouter(tags=["archive"])

_Key = Annotated[str, Path(description="The id of an item, or its first characters.", pattern="^[0-9a-f]{8,32}$")]
_Feed = Annotated[
    str | None,
    Query(description="Those of this feed, by its id.", examples=["island-gazette"], pattern="^[ -~]{1,200}$"),
]


@router.get("/events", **operation(EventList, asked=EVENT_FILTER))
def events(request: Request, query: Asked, part: Paging) -> Response:
    """Events, the latest read first; mentions and withdrawn ones among them. Days are those on which they were read."""
    site = site_of(request)
    asked = query.filter(site)
    wanted = EventFilter(
        sides=asked.sides, types=asked.kinds, statuses=asked.statuses, since=asked.since, until=asked.until
    )
    with site.database.read() as connection:
        page = part.of(list_events, connection, wanted)
    return listing(request, "events", page.map(shapes.report))


@router.get("/items", **operation(ItemList, asked=SPAN))
def items(request: Request, query: Asked, part: Paging, feed: _Feed = None) -> Response:
    """Items, the latest seen first, without their summaries. Days are those on which they were first seen."""
    site = site_of(request)
    asked = query.filter(site)
    wanted = ItemFilter(feed_id=feed, since=asked.since, until=asked.until)
    with site.database.read() as connection:
        page = part.of(list_items, connection, wanted)
    return listing(request, "items", page.map(item_json))


@router.get("/items/{key}", **operation(ItemWhole, not_found="There is no such item."))
def item(request: Request, key: _Key) -> Response:
    """One item with its summary, and all that was ever read in it, in the order of the text."""
    with site_of(request).database.read() as connection:
        found = items_with_key(connection, key)
        if len(found) != 1:
            several = "Several items begin" if found else "No item begins"
            raise not_found(f"{several} with {key}.")
        read = events_of_item(connection, found[0].key)
    return whole(
        request,
        {**item_json(found[0]), "summary": found[0].summary, "events": [shapes.report(one) for one in read]},
    )


@router.get("/types", **operation(TypeList))
def types(request: Request) -> Response:
    """The types of events that are known, in the order of their file."""
    return whole(request, {"types": [shapes.relation_type(kind) for kind in site_of(request).taxonomy]})
