"""How an operation describes itself: what it can be asked, what it answers with, and the problems that it may tell."""

from collections.abc import Sequence
from typing import Any

from monitor.web.api import problems
from monitor.web.api.models import Shape
from monitor.web.api.parameters import CURSOR, LANG, Described

_ETAG = {"ETag": {"description": "A weak tag of the content, for If-None-Match.", "schema": {"type": "string"}}}
_LINK = {"Link": {"description": 'Where the next part is: rel="next".', "schema": {"type": "string"}}}


def operation(model: type[Shape], *, asked: Sequence[Described] = (), not_found: str | None = None) -> dict[str, Any]:
    """The arguments of a route that answers with this shape, as a part of a list where it has a `next`.

    `asked` are the parameters that the route's own signature does not show.
    """
    answers: dict[int | str, dict[str, Any]] = {
        200: {"model": model, "description": model.__doc__, "headers": _headers(model)},
        304: {"description": "What `If-None-Match` names still holds."},
        400: _told("A parameter can't be meant."),
        503: _told("The database can't be read just now."),
    }
    if not_found is not None:
        answers[404] = _told(not_found)
    part = [CURSOR] if "next" in model.model_fields else []
    return {
        "responses": dict(sorted(answers.items())),
        "response_model": None,
        "openapi_extra": {"parameters": [*asked, *part, LANG]},
    }


def _headers(model: type[Shape]) -> dict[str, Any]:
    return _ETAG | _LINK if "next" in model.model_fields else _ETAG


def _told(description: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": description, "content": {problems.MEDIA_TYPE: {"schema": schema}}}
