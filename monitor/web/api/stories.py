"""Stories: a list by the filter of the pages, and one with its reports."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from monitor.storage.browse.stories import list_stories
from monitor.storage.browse.story import find_story, reports_of
from monitor.web.absolute import base_of
from monitor.web.api import shapes
from monitor.web.api.answers import listing, whole
from monitor.web.api.described import operation
from monitor.web.api.models import StoryList, StoryWhole
from monitor.web.api.parameters import STORY_FILTER, Asked, Id, Paging
from monitor.web.api.problems import not_found
from monitor.web.cursors import cursor_text
from monitor.web.render import reader_of
from monitor.web.site import site_of

router = APIRouter(tags=["stories"])


@router.get("/stories", **operation(StoryList, asked=STORY_FILTER))
def stories(request: Request, query: Asked, part: Paging) -> Response:
    """Stories, the latest reported first."""
    site, reader, base = site_of(request), reader_of(request), base_of(request)
    with site.database.read() as connection:
        page = part.of(list_stories, connection, query.filter(site))
    return listing(request, "stories", page.map(lambda one: shapes.listed_story(one, reader, base)))


@router.get("/stories/{story_id}", **operation(StoryWhole, not_found="There is no such story."))
def story(request: Request, story_id: Id, part: Paging) -> Response:
    """One story, with its reports, the first published first. The id may be cut to its first eight characters."""
    with site_of(request).database.read() as connection:
        found = find_story(connection, story_id)
        if found is None:
            raise not_found(f"There is no story {story_id}: /api/stories lists those there are.")
        reports = part.of(reports_of, connection, found.id)
    return whole(
        request,
        {
            **shapes.listed_story(found, reader_of(request), base_of(request)),
            "reports": [shapes.report(one) for one in reports.rows],
            "next": cursor_text(reports.next) if reports.next else None,
        },
    )
