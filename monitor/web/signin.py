"""The door: what needs a sign-in gets none without it, and a form by which a browser signs in once (S8).

Health and the stylesheet are open to all; everything else asks access.py. Comes behind the guard, before the pages.
"""

import datetime as dt
from collections.abc import Callable
from urllib.parse import quote

from starlette.datastructures import Headers
from starlette.requests import Request, cookie_parser
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from monitor.web.access import COOKIE, SESSION_LASTS, Access, Verdict, is_same_origin
from monitor.web.forms import Tries, read_form
from monitor.web.guard import host_name
from monitor.web.render import page
from monitor.web.site import site_of

_OPEN = frozenset({"/healthz", "/readyz", "/sign-in"})
_OPEN_UNDER = "/static/"
# Programs ask these: to send them to a form would be no answer.
_FOR_PROGRAMS = ("/api", "/metrics", "/live")
_FILES = (".atom", ".json", ".csv", ".jsonl")
# Whoever guesses has ten guesses a minute.
_TRIES, _WITHIN = 10, dt.timedelta(minutes=1)
_LARGEST_FORM = 8_000

_CLOSED = (
    "These pages can be reached from other machines, and nothing says who may read them. "
    "Whoever runs this: set web.token (see docs/pages.md), or keep web.host on 127.0.0.1.\n"
)


class Door:
    """Lets those in who may see the pages; sends browsers to the form, and tells programs what is missing."""

    def __init__(self, app: ASGIApp, access: Access, clock: Callable[[], dt.datetime]) -> None:
        self._app = app
        self._access = access
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request, or has it answered behind the door."""
        path: str = scope["path"]
        if path in _OPEN or path.startswith(_OPEN_UNDER):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        cookie = cookie_parser(headers.get("cookie", "")).get(COOKIE)
        client = scope["client"][0] if scope.get("client") else None
        match self._access.verdict(headers, cookie, client, self._clock()):
            case Verdict.GRANTED:
                await self._app(scope, receive, send)
            case Verdict.CLOSED:
                await PlainTextResponse(_CLOSED, 403)(scope, receive, send)
            case Verdict.SIGN_IN:
                await _unasked(scope)(scope, receive, send)


def routes(access: Access) -> list[Route]:
    """The form, and what it sends. Without a token there is nobody to sign in."""
    if access.token is None:
        return []
    tries = Tries(most=_TRIES, within=_WITHIN)

    def form(request: Request) -> Response:
        return page(request, "sign_in.html", next=_own_path(request.query_params.get("next", "")), trouble=None)

    async def sign_in(request: Request) -> Response:
        if not is_same_origin(request.headers):
            return PlainTextResponse("This form was sent from elsewhere: open the page here, and sign in there.\n", 403)
        # One that is larger than any person's counts as empty.
        filled = await read_form(request, _LARGEST_FORM) or {}
        to = _own_path(filled.get("next", ""))
        if "out" in filled:
            out = RedirectResponse("/sign-in", 303)
            out.delete_cookie(COOKIE)
            return out
        who = request.client.host if request.client else "?"
        if tries.are_used_up(who):
            return page(request, "sign_in.html", status=429, next=to, trouble="sign_in.too_often")
        # A person's paste may bring a space along.
        if not access.knows(filled.get("token", "").strip()):
            tries.note(who)
            return page(request, "sign_in.html", status=403, next=to, trouble="sign_in.wrong")
        signed_in = RedirectResponse(to, 303)
        signed_in.set_cookie(
            COOKIE,
            access.session(site_of(request).clock()),
            max_age=SESSION_LASTS // dt.timedelta(seconds=1),
            httponly=True,
            # Strict would leave it out when an alert's link is followed.
            samesite="lax",
            secure=_is_public_https(request),
        )
        return signed_in

    return [Route("/sign-in", form, methods=["GET"]), Route("/sign-in", sign_in, methods=["POST"])]


def _unasked(scope: Scope) -> Response:
    path: str = scope["path"]
    is_reading = scope["method"] in ("GET", "HEAD")
    if path.startswith(_FOR_PROGRAMS) or path.endswith(_FILES) or not is_reading:
        return PlainTextResponse(
            "Show the token: as Authorization: Bearer TOKEN, or as the password of HTTP Basic.\n",
            401,
            headers={"WWW-Authenticate": 'Basic realm="Relation Monitor", charset="UTF-8"'},
        )
    query = scope["query_string"].decode("latin-1")
    to = f"{path}?{query}" if query else path
    return RedirectResponse(f"/sign-in?next={quote(to, safe='/')}", 303)


def _own_path(path: str) -> str:
    r"""A path of this site, as which nothing else may pass: "//elsewhere.example" and "/\elsewhere" are addresses."""
    is_own = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable() and "\\" not in path
    return path if is_own else "/"


def _is_public_https(request: Request) -> bool:
    public = site_of(request).public_url
    return public.startswith("https://") and host_name(request.headers.get("host", "")) == host_name(
        public.removeprefix("https://").partition("/")[0]
    )
