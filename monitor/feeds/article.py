"""The article behind an entry's link: its page fetched, and its text taken out of the page's furniture.

The only reader of trafilatura, which is an optional extra: without it no text is found, and everything else goes on. It is
given bytes and never an address, and runs in a child that can be killed. Whose turn it is at the host, which entries are
worth it, and what becomes of the text is for the worker.
"""

import importlib.util
import re
import warnings
from dataclasses import dataclass, field
from http import HTTPStatus

from monitor.domain.feeds import FetchFailed, FetchFailure
from monitor.feeds.fetch import FetchLimits
from monitor.feeds.text import MAX_SUMMARY_CHARACTERS, without_forbidden
from monitor.outbound.client import HttpClient, RequestFailed

EXTRA = "articles"
"""The name under which the package that reads pages is installed: `pip install 'relation-monitor[articles]'`."""

_ACCEPT = "text/html, application/xhtml+xml;q=0.9"
_MAX_PAGE_BYTES = 3_000_000
"""Decoded. Pages of news are a tenth of it, and the text stands in their first half."""

_PAGE = re.compile(r"(?:text/html|application/xhtml\+xml)\s*(?:;|$)", re.IGNORECASE)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9._-]{1,40})", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticlePage:
    """A page as it came, decompressed. `charset` is the server's own word for its encoding."""

    content: bytes = field(repr=False)
    charset: str | None = None


def can_extract() -> bool:
    """Whether the optional package is installed."""
    return importlib.util.find_spec("trafilatura") is not None


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


def article_text(page: ArticlePage, *, title: str) -> str:
    """The article's paragraphs, a line each and at most 20,000 characters; an empty text where none is found.

    A first paragraph that only repeats `title` is left out, and so are comments, tables and what surrounds an article.
    """
    if not can_extract():
        return ""
    # Here and not above: most installations do without it, and it takes a while and some 20 MB. What it imports warns
    # of optional parts (proxies) that fetching would need, which is not its work here.
    with warnings.catch_warnings(action="ignore"):
        import trafilatura  # noqa: PLC0415

    text = trafilatura.extract(
        _as_utf8(page),
        fast=True,  # without the second and third extractor, which are meant for pages that are no articles
        favor_precision=True,
        include_comments=False,
        include_tables=False,
        include_images=False,
        include_links=False,
        include_formatting=False,
    )
    paragraphs = [paragraph for line in (text or "").splitlines() if (paragraph := without_forbidden(line))]
    if paragraphs and paragraphs[0].casefold() == title.casefold():
        del paragraphs[0]
    return "\n".join(paragraphs)[:MAX_SUMMARY_CHARACTERS].rstrip()


def _as_utf8(page: ArticlePage) -> bytes:
    """The page in UTF-8 where the server names its encoding; else as it came, for the page's own word to be found."""
    try:
        return page.content.decode(page.charset or "utf-8").encode()
    except (LookupError, UnicodeError):
        return page.content
