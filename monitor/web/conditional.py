"""Answers that whoever has them already need not get again: an ETag of what they hold, and 304 where it is known (RFC 9110).

The tag is a weak one, since the same content goes out plain and compressed.
"""

import hashlib

from starlette.requests import Request
from starlette.responses import Response

_KEPT = "private, no-cache"
"""Kept by whoever asked, by no proxy, and asked for again each time."""


def answer(
    request: Request, body: bytes, media_type: str, *, vary: str = "Accept-Language, Cookie", link: str | None = None
) -> Response:
    """The body, or a 304 where `If-None-Match` names it. `link` is a Link header."""
    tag = f'W/"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
    headers = {"ETag": tag, "Cache-Control": _KEPT, "Vary": vary}
    if link is not None:
        headers["Link"] = link
    if _is_known(tag, request.headers.get("if-none-match", "")):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)


def _is_known(tag: str, header: str) -> bool:
    known = {one.strip() for one in header.split(",")}
    return "*" in known or tag in known or tag.removeprefix("W/") in known
