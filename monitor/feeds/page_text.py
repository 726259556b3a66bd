"""The text of an article, taken out of the furniture of its page.

The only reader of trafilatura, which is an optional extra: without it no text is found, and everything else goes on. It is
given bytes and never an address, and runs in a child that can be killed. Comes after article.py, which fetches the page.
"""

import importlib.util
import warnings
from dataclasses import dataclass, field

from monitor.feeds.text import MAX_SUMMARY_CHARACTERS, without_forbidden

EXTRA = "articles"
"""The name under which the package that reads pages is installed: `pip install 'relation-monitor[articles]'`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticlePage:
    """A page as it came, decompressed. `charset` is the server's own word for its encoding."""

    content: bytes = field(repr=False)
    charset: str | None = None


def can_extract() -> bool:
    """Whether the optional package is installed."""
    return importlib.util.find_spec("trafilatura") is not None


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
