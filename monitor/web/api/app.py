"""Puts the API together: its routes, its problems, and its OpenAPI document at /api/openapi.json.

Read-only. Who may ask is the door's to say (signin.py); there are no pages about the API that would load from elsewhere:
docs/api.md is written by hand.
"""

from http import HTTPStatus
from typing import Any

from fastapi import Depends, FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.telemetry import TelemetryConfig
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from monitor.web.all_pairs import AllPairs
from monitor.web.api import archive, operating, relations, stories
from monitor.web.api.problems import HANDLERS, Problem, Refused, unknown_parameter
from monitor.web.site import site_of

_PREFIX = "/api"
_ABOUT = (
    "What Relation Monitor has read out of the news: stories between states, the events and items beneath them, how pairs "
    "stand, and how feeds and deliveries do. Read-only. Times are in UTC, as ISO 8601; lists come in parts, and `next` leads on."
)
_TAGS = [
    {"name": "stories", "description": "One event in the world each, as gathered from all who report it."},
    {"name": "archive", "description": "Events as they were read, items as they came, and the types of events."},
    {"name": "relations", "description": "How pairs stand, by the relations index."},
    {"name": "operating", "description": "How the daemon does."},
]
_SILENT = TelemetryConfig(tracing=False, metrics=False, logs=False, operation_spans=False, auto_configure=False)


def create_api(version: str, all_pairs: AllPairs) -> ASGIApp:
    """The application, to be mounted at /api. `version` is that of the program; `all_pairs` is shared with the pages."""
    api = _Api(
        title="Relation Monitor",
        description=_ABOUT,
        version=version,
        openapi_tags=_TAGS,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
        dependencies=[Depends(_only_known_parameters)],
        exception_handlers=HANDLERS,
        # Whatever the environment says: nothing of this goes anywhere else.
        telemetry=_SILENT,
    )
    for router in (stories.router, archive.router, relations.router(all_pairs), operating.router):
        api.include_router(router)
    return _Headed(api)


class _Api(FastAPI):
    """FastAPI with a document that says all: who may ask, and problems in our own shape."""

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document, made once."""
        if self.openapi_schema is None:
            made = get_openapi(
                title=self.title,
                version=self.version,
                description=self.description,
                routes=self.routes,
                tags=self.openapi_tags,
                servers=[{"url": _PREFIX}],
            )
            self.openapi_schema = _completed(made)
        return self.openapi_schema


def _completed(document: dict[str, Any]) -> dict[str, Any]:
    schemas = document["components"]["schemas"]
    # What FastAPI would answer to wrong parameters, had it no handler.
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    schemas["Problem"] = Problem.model_json_schema()
    document["components"]["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer", "description": "The token of the pages (web.token)."},
        "password": {"type": "http", "scheme": "basic", "description": "The token as the password, with any name."},
    }
    # None is needed where the pages are served to this machine alone.
    document["security"] = [{}, {"token": []}, {"password": []}]
    for path in document["paths"].values():
        for operation in path.values():
            operation["responses"].pop("422", None)
            operation["responses"]["401"] = {"description": "The token is missing, or another one."}
            operation["responses"]["414"] = {"description": "The address is longer than any that is meant."}
    return document


def _only_known_parameters(request: Request) -> None:
    """Refuses parameters that the operation does not have, or not so: a slip of the pen would give a longer list in silence."""
    api: _Api = request.app
    known = {
        parameter["name"]
        for parameter in api.openapi()["paths"][request.scope["route"].path]["get"].get("parameters", ())
        if parameter["in"] == "query"
    }
    languages = site_of(request).books
    if request.query_params.get("lang", "en") not in languages:
        choices = ", ".join(sorted(languages))
        raise Refused(HTTPStatus.BAD_REQUEST, f"These sentences come in {choices} alone: lang names one of them.")
    given = request.query_params.multi_items()
    for name, value in given:
        if name not in known:
            raise unknown_parameter(name, known)
        if not value:
            raise Refused(
                HTTPStatus.BAD_REQUEST, f"The parameter {name} is empty: leave it out, or say what it is to be."
            )
    if len(given) > len(request.query_params):
        raise Refused(HTTPStatus.BAD_REQUEST, "A parameter is given twice: join its values with commas.")


class _Headed:
    """Answers HEAD as GET is answered, without the body."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        async def send_head(message: Message) -> None:
            await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

        await self._app({**scope, "method": "GET"}, receive, send_head)
