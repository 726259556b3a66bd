"""Answers as JSON: a part of a list with the way to the next one, or one thing whole. Known ones are a 304 (conditional.py)."""

import json
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from monitor.domain.browsing import Page
from monitor.web.conditional import answer
from monitor.web.cursors import cursor_text

MEDIA_TYPE = "application/json"


def listing(request: Request, name: str, page: Page[dict[str, Any]]) -> Response:
    """The rows under `name`; `next` is the cursor of the next part, and a Link header leads there (RFC 8288)."""
    cursor = cursor_text(page.next) if page.next else None
    return _json(request, {name: page.rows, "next": cursor}, link=_next(request, cursor) if cursor else None)


def whole(request: Request, content: dict[str, Any]) -> Response:
    """One thing."""
    return _json(request, content)


def _json(request: Request, content: dict[str, Any], link: str | None = None) -> Response:
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    return answer(request, body, MEDIA_TYPE, link=link)


def _next(request: Request, cursor: str) -> str:
    kept = [(name, value) for name, value in request.query_params.multi_items() if name != "cursor"]
    return f'<?{urlencode([*kept, ("cursor", cursor)])}>; rel="next"'
