"""A page for each day: what began on it, which earlier stories went on, and for days to come what is planned.

Days are those of the site's zone. /days leads to today, or to the day that a form asks for.
"""

import datetime as dt
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from monitor.domain.browsing import Cursor, Page
from monitor.domain.stories import Story
from monitor.storage.browse.days import count_begun, planned, stories_begun, stories_going_on
from monitor.storage.connection import Connection
from monitor.web.facets import Facets
from monitor.web.filters import BadQuery, FilterQuery, read_day, read_filter
from monitor.web.lines import story_line
from monitor.web.lists import cursor_of, with_cursor
from monitor.web.render import page, reader_of
from monitor.web.site import Site, site_of

_SHOWN = 50
_GOING_ON_SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    begun: Page[Story]
    count: int
    going_on: tuple[Story, ...]
    planned: tuple[Story, ...]


def routes() -> list[Route]:
    """A day, and the way to one."""
    return [
        Route("/days", some_day, methods=["GET"]),
        Route("/days/{day}", one_day, methods=["GET"]),
    ]


def some_day(request: Request) -> Response:
    """Leads to the page of the day that a form names, or of today."""
    site = site_of(request)
    asked = request.query_params.get("day", "")
    return RedirectResponse(_path(read_day(asked) if asked else site.today()), 303)


def one_day(request: Request) -> Response:
    """What happened on a day."""
    site, reader = site_of(request), reader_of(request)
    day = read_day(request.path_params["day"])
    query = read_filter(request.query_params, site.taxonomy).without_span
    after = cursor_of(request)
    with site.database.read() as connection:
        found = _find(connection, site, day, query, after)
    today = site.today()
    return page(
        request,
        "day.html",
        day=day,
        is_ahead=day > today,
        is_today=day == today,
        before=query.link(_path(day - dt.timedelta(days=1))),
        behind=query.link(_path(day + dt.timedelta(days=1))) if day < today else None,
        begun=[story_line(story, reader) for story in found.begun.rows],
        count=found.count,
        going_on=[story_line(story, reader) for story in found.going_on],
        planned=[story_line(story, reader) for story in found.planned],
        older_link=with_cursor(query.link(_path(day)), found.begun.next),
        is_first=after is None,
        facets=Facets(path=_path(day), query=query, reader=reader),
        query=query,
        now=site.clock(),
    )


def _find(connection: Connection, site: Site, day: dt.date, query: FilterQuery, after: Cursor | None) -> _Found:
    begin, end = site.start_of(day), site.start_of(day + dt.timedelta(days=1))
    wanted = query.filter(site)
    try:
        begun = stories_begun(connection, wanted, begin, end, limit=_SHOWN, after=after)
    except ValueError as error:
        raise BadQuery("errors.bad_cursor") from error
    is_first = after is None
    return _Found(
        begun=begun,
        count=count_begun(connection, [begin, end])[0],
        going_on=stories_going_on(connection, wanted, begin, end, limit=_GOING_ON_SHOWN) if is_first else (),
        planned=_planned_for(connection, day) if is_first and day >= site.today() and query.is_everything else (),
    )


def _planned_for(connection: Connection, day: dt.date) -> tuple[Story, ...]:
    """Plans for this very day; what is planned for some day of a week or a month stands under Upcoming."""
    ahead = planned(connection, day, limit=_SHOWN)
    return tuple(one for one in ahead.rows if one.date is not None and one.date.first == one.date.last == day)


def _path(day: dt.date) -> str:
    return f"/days/{day.isoformat()}"
