"""The article behind an entry's link: its page fetched, for page_text.py to read.

Whose turn it is at the host, which entries are worth it, and what becomes of the text is for the worker.
"""

import re
from http import HTTPStatus

from monitor.domain.feeds import FetchFailed, FetchFailure
from monitor.feeds.fetch import FetchLimits
from monitor.feeds.page_text import ArticlePage
from monitor.outbound.client import HttpClient, RequestFailed

_ACCEPT = "text/html, application/xhtml+xml;q=0.9"
_MAX_PAGE_BYTES = 3_000_000
"""Decoded. Pages of news are a tenth of it, and the text stands in their first half."""

_PAGE = re.compile(r"(?:text/html|application/xhtml\+xml)\s*(?:;|$)", re.IGNORECASE)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9._-]{1,40})", re.IGNORECASE)


async def fetch_article(link: str, client: HttpClient, limits: FetchLimits) -> ArticlePage | FetchFailed:
    """Asks once for the page at `link`, within the limits of a feed's fetch and 3 MB."""
    answer = await client.request(
        "GET",
        link,
        headers=[("Accept", _ACCEPT)],
        time_limit=limits.time_limit,
        max_bytes=min(limits.max_bytes, _MAX_PAGE_BYTES),
        max_redirects=limits.max_redirects,
    )
    if isinstance(answer, RequestFailed):
        return FetchFailed(reason=FetchFailure[answer.reason.name], detail=answer.detail, status=answer.status)
    if answer.status != HTTPStatus.OK:
        return FetchFailed(reason=FetchFailure.STATUS, detail=f"answered {answer.status}", status=answer.status)
    kind = answer.headers.get("Content-Type", "text/html").strip()
    if not _PAGE.match(kind):
        return FetchFailed(reason=FetchFailure.PROTOCOL, detail="is no web page", status=answer.status)
    charset = _CHARSET.search(kind)
    return ArticlePage(content=answer.content, charset=charset[1] if charset else None)
