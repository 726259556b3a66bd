"""The feeds that a web page offers, where a page came instead of a feed.

Reads `<link rel="alternate">` first, which is how pages name their feeds, and then links whose address looks like one.
Comes inside parse, so that a page that keeps it busy can be killed; asking whether an offer really is a feed is for
whoever proposes it to a person. html.parser is not used: over 50 kB of `<a <a <a` it takes 24 seconds, and what is
needed here are the attributes of three tags.
"""

import html
import re
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from monitor.domain.feeds import FeedOffer
from monitor.feeds.links import absolute_link
from monitor.feeds.text import plain

MAX_OFFERS = 20
_MAX_PAGE_BYTES = 2_000_000
"""The head of a page names its feeds; its foot may, too. What is longer is no page that a person reads."""
_MAX_TITLE_CHARACTERS = 200

_FEED_TYPES = frozenset(
    {
        "application/rss+xml",
        "application/atom+xml",
        "application/rdf+xml",
        "application/feed+json",
        "application/json",
        "application/xml",
        "text/xml",
    }
)
# WordPress offers its own interface as JSON and XML under these relations and types as well.
_NO_FEED = re.compile(r"oembed|/wp-json/|xmlrpc", re.IGNORECASE)
_COMMENTS = re.compile(r"comment|comentario", re.IGNORECASE)
_LOOKS_LIKE_A_FEED = re.compile(
    r"\.(?:rss|atom|rdf)$|/(?:rss|feeds?|atom)(?:/|$)|(?:rss|feed|atom|index)[\w.-]{0,60}\.(?:xml|json)$", re.IGNORECASE
)
# Every repetition has an end, so that a page of nothing but '<' and quotes takes time in proportion to its length.
_TAG = re.compile(r"<(link|a|base)(\s[^<>]{0,3000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([A-Za-z-]{1,40})\s{0,9}=\s{0,9}(?:"([^"]{0,2000})"|'([^']{0,2000})'|([^\s"'>]{1,2000}))""")
_CHARSET = re.compile(r"charset\s{0,9}=\s{0,9}[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_CHARSET_WITHIN = 2000


def find_feeds(content: bytes, *, content_type: str | None, url: str) -> tuple[FeedOffer, ...]:
    """The feeds that the page at `url` offers, the likeliest first, each once, at most 20; none for what is no page.

    Addresses are absolute, http or https. Feeds of comments come last.
    """
    page = _decoded(content[:_MAX_PAGE_BYTES], content_type or "")
    base = url
    named: dict[str, FeedOffer] = {}
    guessed: dict[str, FeedOffer] = {}
    for tag, attributes, after in _tags(page):
        if tag == "base":
            base = _feed_link(url, attributes.get("href", "")) or base
            continue
        if not (address := _feed_link(base, attributes.get("href", ""))) or _NO_FEED.search(address):
            continue
        if tag == "link" and _names_a_feed(attributes):
            title = plain(attributes.get("title", ""), _MAX_TITLE_CHARACTERS) or None
            named.setdefault(address, FeedOffer(url=address, title=title))
        elif tag == "a" and _LOOKS_LIKE_A_FEED.search(urlsplit(address).path) and address != url:
            title = (
                plain(page[after : after + _MAX_TITLE_CHARACTERS].partition("</a")[0], _MAX_TITLE_CHARACTERS) or None
            )
            guessed.setdefault(address, FeedOffer(url=address, title=title))
    # What the page itself names makes guesses needless.
    offers = tuple((named or guessed).values())
    return tuple(sorted(offers, key=_is_for_comments)[:MAX_OFFERS])


def _feed_link(base: str, reference: str) -> str | None:
    """A link as a page writes it: feed://host/path and feed:https://host/path are how browsers once wrote feeds."""
    reference = reference.strip()
    if reference.lower().startswith("feed:"):
        reference = reference[len("feed:") :]
        reference = f"http:{reference}" if reference.startswith("//") else reference
    return absolute_link(base, reference) if reference else None


def _tags(page: str) -> Iterator[tuple[str, Mapping[str, str], int]]:
    """Each link, a and base tag: its name, its attributes, and where the text behind it begins."""
    for found in _TAG.finditer(page):
        attributes: dict[str, str] = {}
        for name, *values in _ATTRIBUTE.findall(found[2]):
            attributes.setdefault(name.lower(), html.unescape("".join(values)))
        yield found[1].lower(), attributes, found.end()


def _names_a_feed(attributes: Mapping[str, str]) -> bool:
    relations = attributes.get("rel", "").lower().split()
    kind = attributes.get("type", "").lower().partition(";")[0].strip()
    return ("alternate" in relations and kind in _FEED_TYPES) or "feed" in relations


def _is_for_comments(offer: FeedOffer) -> bool:
    return bool(_COMMENTS.search(offer.url) or _COMMENTS.search(offer.title or ""))


def _decoded(content: bytes, content_type: str) -> str:
    declared = _CHARSET.search(content_type) or _CHARSET.search(content[:_CHARSET_WITHIN].decode("ascii", "replace"))
    try:
        return content.decode(declared[1] if declared else "utf-8", "replace")
    except (LookupError, ValueError, TypeError):  # no such encoding, or one that is not for text
        return content.decode("utf-8", "replace")
