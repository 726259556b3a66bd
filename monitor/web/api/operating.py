"""How the daemon does, for operators' programs: feeds and deliveries, without addresses of channels and without bodies."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import WithJsonSchema
from starlette.requests import Request
from starlette.responses import Response

from monitor.storage.browse.deliveries import MessageFilter, list_messages
from monitor.storage.browse.feeds import FeedChoice, list_feeds
from monitor.storage.outbox import MessageState
from monitor.web.api import shapes
from monitor.web.api.answers import listing
from monitor.web.api.described import operation
from monitor.web.api.models import DeliveryList, FeedList
from monitor.web.api.parameters import Paging
from monitor.web.site import site_of

router = APIRouter(tags=["operating"])

_Health = Annotated[FeedChoice, Query(description="Those that do so; all of them where nothing is said.")]
_Channel = Annotated[
    str | None, Query(description="Those of this channel, by its id.", examples=["desk"], pattern="^[ -~]{1,200}$")
]
_State = Annotated[
    MessageState | None,
    WithJsonSchema({"type": "string", "enum": [state.value for state in MessageState]}),
    Query(description="Those in this state.", examples=["dead"]),
]


@router.get("/feeds", **operation(FeedList))
def feeds(request: Request, part: Paging, health: _Health = FeedChoice.ALL) -> Response:
    """The configured feeds by id, and how they do."""
    site = site_of(request)
    with site.database.read() as connection:
        page = part.of(list_feeds, connection, choice=health, paused=site.paused)
    return listing(
        request,
        "feeds",
        page.map(lambda one: shapes.feed(one, site.feeds.get(one.state.feed_id), site.paused)),
    )


@router.get("/deliveries", **operation(DeliveryList))
def deliveries(request: Request, part: Paging, channel: _Channel = None, state: _State = None) -> Response:
    """Messages, the latest first: what went where, and what was answered."""
    site = site_of(request)
    with site.database.read() as connection:
        page = part.of(list_messages, connection, MessageFilter(channel_id=channel, state=state))
    return listing(
        request, "deliveries", page.map(lambda one: shapes.delivery(one, configured=one.channel_id in site.channels))
    )
