"""What went wrong, as application/problem+json (RFC 9457): a sentence for people, a status for programs."""

import json
from collections.abc import Callable, Collection
from http import HTTPStatus
from typing import Any

import structlog
from fastapi.exceptions import RequestValidationError
from pydantic import Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from monitor.domain.errors import DatabaseError
from monitor.web.api.models import Shape
from monitor.web.filters import BadQuery
from monitor.web.render import reader_of

log = structlog.get_logger()

MEDIA_TYPE = "application/problem+json"
_TRY_AGAIN_AFTER_S = 10


class Problem(Shape):
    """What is wrong with a request, or with the answer to it."""

    type: str = Field(description="Always about:blank: the status says which kind of problem it is.")
    title: str = Field(description="The status in words.", examples=["Bad Request"])
    status: int = Field(description="The status of the answer.", examples=[400])
    detail: str = Field(
        description="What is wrong, and what to do about it, in a sentence.",
        examples=["There is no severity “sevrer”: write one of routine, notable, major, critical."],
    )


class Refused(Exception):
    """The request can't be answered; `detail` says why in a sentence."""

    def __init__(self, status: HTTPStatus, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail


def not_found(detail: str) -> Refused:
    """What is asked for is not there."""
    return Refused(HTTPStatus.NOT_FOUND, detail)


def unknown_parameter(name: str, known: Collection[str]) -> Refused:
    """The operation has no such parameter."""
    choices = ", ".join(sorted(known))
    return Refused(HTTPStatus.BAD_REQUEST, f"There is no parameter {name[:50]} here: use some of {choices}.")


def problem(status: HTTPStatus, detail: str, headers: dict[str, str] | None = None) -> Response:
    """An answer that says what is wrong."""
    told = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": detail}
    return Response(
        json.dumps(told, ensure_ascii=False).encode(), status_code=status, media_type=MEDIA_TYPE, headers=headers
    )


def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)  # noqa: S101 - for the types: registered for these alone
    return problem(error.status, error.detail)


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - the same
    status = HTTPStatus(error.status_code)
    match status:
        case HTTPStatus.NOT_FOUND:
            detail = f"Nothing is served at {request.url.path[:200]}: see /api/openapi.json for what is."
        case HTTPStatus.METHOD_NOT_ALLOWED:
            return problem(status, "The API is read-only: ask with GET or HEAD.", {"Allow": "GET, HEAD"})
        case _:
            detail = error.detail
    return problem(status, detail, dict(error.headers or {}))


def _bad_query(request: Request, error: Exception) -> Response:
    assert isinstance(error, BadQuery)  # noqa: S101 - the same
    return problem(HTTPStatus.BAD_REQUEST, reader_of(request).texts.say(error.text, **error.parts))


def _invalid(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - the same
    first: dict[str, Any] = error.errors()[0]
    return problem(HTTPStatus.BAD_REQUEST, f"{first['loc'][-1]}: {str(first['msg']).removeprefix('Value error, ')}.")


def _database(request: Request, error: Exception) -> Response:
    log.warning("api_not_answered", path=request.url.path, error=str(error))
    detail = "The database can't be read just now; the daemon's log says why. Try again in a while."
    return problem(HTTPStatus.SERVICE_UNAVAILABLE, detail, {"Retry-After": str(_TRY_AGAIN_AFTER_S)})


def _broken(_: Request, __: Exception) -> Response:
    """A bug of ours: Starlette raises it again behind this answer, for the log."""
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "This could not be answered: see the daemon's log.")


HANDLERS: dict[int | type[Exception], Callable[[Request, Any], Any]] = {
    Refused: _refused,
    HTTPException: _http,
    BadQuery: _bad_query,
    RequestValidationError: _invalid,
    DatabaseError: _database,
    Exception: _broken,
}
