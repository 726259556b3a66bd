"""Now: the stories of the last two days, the most severe first, with everything that may narrow them as links.

Where nothing was reported for so long, it goes back to the last days with news. Links to each of the last days stand beside
it (days.py).
"""

import datetime as dt
from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from monitor.domain.browsing import Cursor, Page, StoryFilter
from monitor.domain.stories import Story
from monitor.storage.browse.days import count_begun
from monitor.storage.browse.stories import (
    StoryCount,
    StoryOrder,
    busiest_relations,
    count_stories,
    last_reported_at,
    list_stories,
)
from monitor.storage.connection import Connection
from monitor.web.facets import Facets
from monitor.web.filters import BadQuery, FilterQuery, read_filter
from monitor.web.lines import story_line
from monitor.web.lists import cursor_of, with_cursor
from monitor.web.render import page, reader_of
from monitor.web.site import Site, site_of

USUAL_DAYS = 2
_SHOWN = 40
_PAIRS_OFFERED = 10
_DAYS_OFFERED = 8
_COUNTED = dt.timedelta(days=7)
"""Counting reads every story of the span: a longer one is not counted, nor one language, for which it reads every report, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    stories: Page[Story]
    is_old: bool
    counts: tuple[StoryCount, ...] | None
    relations: tuple[tuple[str, int], ...]
    days: tuple[int, ...]


def routes() -> list[Route]:
    """The first page of all."""
    return [Route("/", now, methods=["GET"])]


def now(request: Request) -> Response:
    """The latest stories that the address asks for."""
    site, reader = site_of(request), reader_of(request)
    query = read_filter(request.query_params, site.taxonomy)
    after = cursor_of(request)
    days = [site.today() - dt.timedelta(days=back) for back in range(_DAYS_OFFERED)]
    with site.database.read() as connection:
        found = _find(connection, site, query, after, days)
    facets = Facets(path="/", query=query, reader=reader, counts=found.counts, relations=found.relations)
    return page(
        request,
        "now.html",
        lines=[story_line(story, reader) for story in found.stories.rows],
        older_link=with_cursor(query.link("/"), found.stories.next),
        is_first=after is None,
        is_old=found.is_old,
        facets=facets,
        usual_days=USUAL_DAYS,
        query=query,
        days=list(zip(days, found.days, strict=True)),
        now=site.clock(),
    )


def _find(connection: Connection, site: Site, query: FilterQuery, after: Cursor | None, days: list[dt.date]) -> _Found:
    wanted = query.filter(site)
    last_at, is_old = last_reported_at(connection), False
    if query.has_no_span:
        # A page that is followed by an older one keeps its span while time goes on: the cursor alone moves.
        wanted = replace(wanted, since=site.clock() - dt.timedelta(days=USUAL_DAYS))
        if last_at is not None and wanted.since is not None and last_at < wanted.since:
            wanted, is_old = replace(wanted, since=last_at - dt.timedelta(days=USUAL_DAYS)), True
    stories = _listed(connection, wanted, after)
    open_to_all = replace(wanted, min_severity=None, statuses=frozenset(), kinds=frozenset())
    is_counted = _is_counted(site, wanted)
    bounds = [site.start_of(day) for day in (days[0] + dt.timedelta(days=1), *days)]
    return _Found(
        stories=stories,
        is_old=is_old,
        counts=count_stories(connection, open_to_all) if is_counted else None,
        relations=busiest_relations(connection, replace(wanted, sides=()), _PAIRS_OFFERED) if is_counted else (),
        days=tuple(reversed(count_begun(connection, list(reversed(bounds))))),
    )


def _listed(connection: Connection, wanted: StoryFilter, after: Cursor | None) -> Page[Story]:
    """A page of a list, the most severe first. Raises BadQuery where the cursor is of another one."""
    try:
        return list_stories(connection, wanted, order=StoryOrder.GRAVEST, limit=_SHOWN, after=after)
    except ValueError as error:
        raise BadQuery("errors.bad_cursor") from error


def _is_counted(site: Site, wanted: StoryFilter) -> bool:
    if wanted.language is not None:
        return False
    return wanted.since is not None and (wanted.until or site.clock()) - wanted.since <= _COUNTED
