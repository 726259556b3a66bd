"""Pairs: how all of them stand, and how one stood day by day, by the relations index (docs/relations-index.md)."""

import datetime as dt
from collections.abc import Sequence
from heapq import nsmallest
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response

from monitor.domain.browsing import Cursor, Page
from monitor.domain.stories import relation_of
from monitor.storage.browse.places import behind, page_of
from monitor.storage.stories import stories_of_pair
from monitor.stories.index import REACHES_BACK, readings
from monitor.stories.standings import Standing
from monitor.web.all_pairs import AllPairs
from monitor.web.api import shapes
from monitor.web.api.answers import listing, whole
from monitor.web.api.described import operation
from monitor.web.api.models import RelationWhole, StandingList
from monitor.web.api.parameters import SIDE, SPAN, Asked, Paging
from monitor.web.api.problems import Refused, not_found
from monitor.web.filters import FilterQuery
from monitor.web.site import Site, site_of

_RELATION = operation(RelationWhole, asked=SPAN, not_found="No such pair is known.")
_USUAL_DAYS = 30
_MOST_DAYS = 366

_Pair = Annotated[
    str,
    Path(
        description="Two codes, in any order.", examples=["FJI-TON"], pattern="^[A-Za-z0-9_]{1,12}-[A-Za-z0-9_]{1,12}$"
    ),
]


def router(all_pairs: AllPairs) -> APIRouter:
    """The operations, over what is remembered of all pairs."""
    made = APIRouter(tags=["relations"])

    @made.get("/relations", **operation(StandingList, asked=[SIDE]))
    def relations(request: Request, part: Paging) -> Response:
        """How all pairs stand, in alphabetical order: those with stories that still count. It may be up to an hour old."""
        kept, renew = all_pairs.look(site_of(request))
        pairs = kept.value.pairs
        side = request.query_params.get("side", "").upper()
        fitting = [pairs[name] for name in pairs if not side or side in name.split("-")]
        answer = listing(request, "relations", part.of(_listed, fitting).map(shapes.standing))
        answer.background = BackgroundTask(renew) if renew else None
        return answer

    made.add_api_route("/relations/{pair}", _relation, name="relation", **_RELATION)
    return made


def _listed(pairs: Sequence[Standing], *, limit: int, after: Cursor | None) -> Page[Standing]:
    (last,) = after.after if after else ("",)
    rows = nsmallest(limit + 1, (pair for pair in pairs if pair.relation > last), key=lambda pair: pair.relation)
    return page_of(rows, limit, lambda pair: behind(pair.relation))


def _relation(request: Request, pair: _Pair, query: Asked) -> Response:
    """How a pair stood on each day (UTC): the last thirty, or those of a span of 366 days at the most."""
    site = site_of(request)
    one, other = pair.upper().split("-")
    name = relation_of(one, other)
    first, last = _span(query, site)
    opened_since = dt.datetime.combine(first, dt.time(), dt.UTC) - REACHES_BACK
    with site.database.read() as connection:
        stories = stories_of_pair(connection, name, opened_since)
    known = next(iter(site.books.values())).names
    if one == other or (not stories and not {one, other} <= known.keys()):
        raise not_found(f"No pair {name} is known: write two codes, such as FJI-TON.")
    scales = {kind.id: kind.scale for kind in site.taxonomy}
    found = readings(stories, scales, first=first, last=last)
    return whole(request, {"relation": name, "readings": [shapes.reading(day) for day in found]})


def _span(query: FilterQuery, site: Site) -> tuple[dt.date, dt.date]:
    today = site.clock().astimezone(dt.UTC).date()
    last = query.day or query.last or today
    days = query.days or (_USUAL_DAYS if query.first is None else None)
    first = query.day or query.first or last - dt.timedelta(days=(days or 1) - 1)
    if first > last:
        raise Refused(HTTPStatus.BAD_REQUEST, f"The span ends on {last}, before it begins.")
    if (last - first).days >= _MOST_DAYS:
        raise Refused(HTTPStatus.BAD_REQUEST, f"A span has {_MOST_DAYS} days at the most: ask for the rest by itself.")
    return first, last
