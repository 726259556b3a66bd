"""Puts the web server's parts together: guard, door, health, pages, static files.

`server.py` runs it in a thread of its own. Each page's routes are its own module's to list; here they have a line each.
"""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path

import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from monitor import __version__
from monitor.domain.errors import DatabaseError
from monitor.web import health, signin, syndication
from monitor.web.access import Access
from monitor.web.all_pairs import AllPairs
from monitor.web.filters import BadQuery
from monitor.web.guard import Guard
from monitor.web.health import Vitals
from monitor.web.lazily import Lazily
from monitor.web.live import Live
from monitor.web.pages import days, deliveries, feeds, matrix, now, relation, search, story, try_it, upcoming
from monitor.web.render import error_page
from monitor.web.signin import Door
from monitor.web.site import SITE, Site

log = structlog.get_logger()

_STATIC = Path(__file__).parent / "static"
# Their address changes with their content.
_FOR_GOOD = "public, max-age=31536000, immutable"
_WORTH_COMPRESSING = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """What the pages are shown from, anew for each request, and to whom."""

    site: Callable[[], Site]
    access: Access
    live: Live = field(default_factory=Live)
    """Close it before the server stops: its streams have no end of their own."""


def create_app(*, vitals: Vitals, hosts: Collection[str], pages: Pages) -> ASGIApp:
    """The application. Requests must name one of `hosts`, or a loopback name."""
    app = Starlette(
        routes=routes(vitals, pages),
        exception_handlers={
            HTTPException: _told,
            BadQuery: _bad_query,
            DatabaseError: _database_trouble,
            Exception: _broken,
        },
    )
    inner = _WithSite(GZipMiddleware(app, minimum_size=_WORTH_COMPRESSING), pages.site)
    return Guard(Door(inner, pages.access, lambda: pages.site().clock()), hosts)


def routes(vitals: Vitals, pages: Pages) -> list[BaseRoute]:
    """Every place that is served: what is open to all, and what stands behind the door."""
    all_pairs = AllPairs()
    return [
        *health.routes(vitals),
        *signin.routes(pages.access),
        *_page_routes(all_pairs),
        *pages.live.routes(),
        *syndication.routes(),
        Mount("/static", _Static(directory=_STATIC)),
        _api(all_pairs),
    ]


def _page_routes(all_pairs: AllPairs) -> list[BaseRoute]:
    return [
        *now.routes(),
        *days.routes(),
        *upcoming.routes(),
        *story.routes(),
        *matrix.routes(all_pairs),
        *relation.routes(),
        *feeds.routes(),
        *deliveries.routes(),
        *search.routes(),
        *try_it.routes(),
    ]


def _api(all_pairs: AllPairs) -> Mount:
    mount = Mount("/api", Lazily(lambda: _made_api(all_pairs)))
    # A line's end in an address belongs to it, too: what stands there is refused as the API refuses.
    mount.path_regex = re.compile(mount.path_regex.pattern, re.DOTALL)
    return mount


def _made_api(all_pairs: AllPairs) -> ASGIApp:
    # Imported when somebody asks: lazily.py says why.
    from monitor.web.api.app import create_api  # noqa: PLC0415

    return create_api(__version__, all_pairs)


class _WithSite:
    """Gives each request one Site, however often it looks."""

    def __init__(self, app: ASGIApp, site: Callable[[], Site]) -> None:
        self._app = app
        self._site = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope[SITE] = self._site()
        await self._app(scope, receive, send)


class _Static(StaticFiles):
    """The stylesheet and scripts, which browsers may keep."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_kept(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == HTTPStatus.OK:
                message["headers"] = [*message["headers"], (b"cache-control", _FOR_GOOD.encode())]
            await send(message)

        await super().__call__(scope, receive, send_kept)


def _told(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - for the types: registered for these alone
    headers = dict(error.headers or {})
    if error.status_code in (HTTPStatus.NOT_MODIFIED, HTTPStatus.NO_CONTENT):
        return Response(status_code=error.status_code, headers=headers)
    key = "errors.not_found" if error.status_code == HTTPStatus.NOT_FOUND else "errors.refused"
    answer = error_page(request, error.status_code, key)
    answer.headers.update(headers)
    return answer


def _bad_query(request: Request, error: Exception) -> Response:
    assert isinstance(error, BadQuery)  # noqa: S101 - the same
    return error_page(request, HTTPStatus.BAD_REQUEST, error.text, **error.parts)


def _database_trouble(request: Request, error: Exception) -> Response:
    log.warning("page_not_made", path=request.url.path, error=str(error))
    return error_page(request, HTTPStatus.SERVICE_UNAVAILABLE, "errors.database")


def _broken(request: Request, error: Exception) -> Response:
    """A bug of ours: Starlette raises it again behind this answer, for the log."""
    del request, error
    return PlainTextResponse("This page could not be made: see the daemon's log.\n", 500)
