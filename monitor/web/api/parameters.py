"""What the API can be asked: the filter of stories, spans of time, and which part of a list.

The filter is read by filters.py, the same as for pages, with its own sentences for what can't be meant; here it is described
for programs. app.py refuses what an operation does not describe.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Path, Query
from starlette.requests import Request

from monitor.domain.browsing import Cursor, Page
from monitor.domain.taxonomy import Severity, Status
from monitor.web.cursors import read_cursor
from monitor.web.filters import LONGEST_DAYS, BadQuery, FilterQuery, read_filter
from monitor.web.site import site_of

_USUAL, _MOST = 50, 500
_CODE = "[A-Za-z0-9_]{1,12}"
_KIND = "[a-z][a-z_]*([.][a-z][a-z_]*)?"
_STATUS = "|".join(Status)

Described = Mapping[str, Any]
"""A query parameter, as OpenAPI describes one."""

_Row = TypeVar("_Row")


def _parameter(name: str, description: str, example: str | int, **schema: Any) -> Described:
    kind = {"type": "string"} if "type" not in schema else {}
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": description,
        "schema": {**kind, **schema, "examples": [example]},
    }


LANG = _parameter("lang", "In which language sentences are; else Accept-Language says.", "es", enum=["en", "es"])
CURSOR = _parameter(
    "cursor",
    "Where to go on: `next` of the answer before, with the same other parameters.",
    "WyJGSkktVE9OIl0",
    pattern="^[A-Za-z0-9_-]+$",
)
SIDE = _parameter("side", "The code of one side.", "FJI", pattern=f"^{_CODE}$")
_SIDES = _parameter(
    "between",
    "The code of one side, or of two: FJI for all that concerns it, FJI,TON for what is between the two.",
    "FJI,TON",
    pattern=f"^{_CODE}(,{_CODE})?$",
)
_KINDS = _parameter(
    "kind",
    "Types (embassy.closed) or families (missions), with commas; any of them. /api/types lists them.",
    "missions,talks",
    pattern=f"^{_KIND}(,{_KIND})*$",
)
_SEVERITY = _parameter("severity", "This severity or a higher one.", "major", enum=[level.value for level in Severity])
_STATUSES = _parameter(
    "status", "Statuses, with commas; any of them.", "reported,planned", pattern=f"^({_STATUS})(,({_STATUS}))*$"
)
_LANGUAGE = _parameter(
    "language", "The ISO 639-1 code of a language in which at least one report is.", "es", pattern="^[A-Za-z]{2,3}$"
)

SPAN = (
    _parameter(
        "days",
        "So many days back from now. Not together with day, from or to.",
        7,
        type="integer",
        minimum=1,
        maximum=LONGEST_DAYS,
    ),
    _parameter("day", "One day, in the zone of the pages (alerts.zone).", "2026-01-03", format="date"),
    _parameter("from", "The first day, in the zone of the pages.", "2026-01-01", format="date"),
    _parameter("to", "The last day, in the zone of the pages.", "2026-01-31", format="date"),
)
EVENT_FILTER = (_SIDES, _KINDS, _STATUSES, *SPAN)
STORY_FILTER = (_SIDES, _KINDS, _SEVERITY, _STATUSES, _LANGUAGE, *SPAN)


def _filter(request: Request) -> FilterQuery:
    return read_filter(request.query_params, site_of(request).taxonomy)


Asked = Annotated[FilterQuery, Depends(_filter)]
"""As much of a filter as the operation describes."""

Id = Annotated[str, Path(description="An id, or its first characters.", pattern="^[0-9A-Za-z_-]{1,64}$")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Which part of a list is asked for."""

    limit: int
    after: Cursor | None

    def of(self, listed: Callable[..., Page[_Row]], *what: Any, **more: Any) -> Page[_Row]:
        """That part of what `listed` lists; a cursor of another list is refused."""
        try:
            return listed(*what, **more, limit=self.limit, after=self.after)
        except ValueError as error:
            if self.after is None:
                raise
            raise BadQuery("errors.bad_cursor") from error


def _part(
    request: Request, limit: Annotated[int, Query(description="At most so many.", ge=1, le=_MOST)] = _USUAL
) -> Part:
    cursor = request.query_params.get("cursor")
    try:
        return Part(limit=limit, after=read_cursor(cursor) if cursor else None)
    except ValueError as error:
        raise BadQuery("errors.bad_cursor") from error


Paging = Annotated[Part, Depends(_part)]
