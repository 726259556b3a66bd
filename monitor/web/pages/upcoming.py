"""Upcoming: what is planned, day by day, and plans whose day has passed without news that they came true.

A plan for "next week" or "March" stands at the last day that it allows, with its own words for when.
"""

import datetime as dt
import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from monitor.domain.browsing import Page
from monitor.domain.stories import Story
from monitor.storage.browse.days import overdue, planned
from monitor.web.filters import BadQuery
from monitor.web.lines import StoryLine, story_line
from monitor.web.lists import cursor_of, with_cursor
from monitor.web.render import Reader, page, reader_of
from monitor.web.site import site_of

_SHOWN = 60
_OVERDUE_SHOWN = 20
_OVERDUE_FOR = dt.timedelta(days=21)
"""A plan that nobody has spoken of for longer has been forgotten."""
_THIS_WEEK = dt.timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedDay:
    """The plans that have to come true by a day. `is_soon`: within a week."""

    day: dt.date
    is_soon: bool
    lines: tuple[StoryLine, ...]


def routes() -> list[Route]:
    """What is ahead."""
    return [Route("/upcoming", upcoming, methods=["GET"])]


def upcoming(request: Request) -> Response:
    """Plans from today on."""
    site, reader = site_of(request), reader_of(request)
    after, today = cursor_of(request), site.today()
    with site.database.read() as connection:
        try:
            ahead: Page[Story] = planned(connection, today, limit=_SHOWN, after=after)
        except ValueError as error:
            raise BadQuery("errors.bad_cursor") from error
        late = overdue(connection, today - _OVERDUE_FOR, today, limit=_OVERDUE_SHOWN) if after is None else ()
    return page(
        request,
        "upcoming.html",
        days=_by_day(ahead.rows, reader, today),
        overdue=[story_line(story, reader) for story in late],
        further_link=with_cursor("/upcoming", ahead.next),
        is_first=after is None,
    )


def _by_day(stories: Sequence[Story], reader: Reader, today: dt.date) -> list[PlannedDay]:
    dated = [(story.date.last, story) for story in stories if story.date is not None]
    return [
        PlannedDay(
            day=day,
            is_soon=day < today + _THIS_WEEK,
            lines=tuple(story_line(story, reader) for _, story in of_day),
        )
        for day, of_day in itertools.groupby(dated, key=lambda one: one[0])
    ]
