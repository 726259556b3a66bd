"""A feed's document to plain entries: RSS 0.9x to 2.0, RDF, Atom and JSON Feed, well-formed or not.

The only reader of feedparser, which takes minutes over some hostile documents: the worker runs `parse` in a child that
it can kill. Arguments and results are plain values that travel between processes. Comes after fetch, before identity;
jsonfeed.py reads what is JSON, and entries.py makes clean entries of what either finds.
"""

import calendar
import datetime as dt
import io
import re
import xml.sax
from dataclasses import replace
from typing import Any

import feedparser

from monitor.domain.feeds import FeedBody, FeedEntry, FeedOffer, FetchFailed, FetchFailure, ParsedFeed
from monitor.feeds.charset import honest_type
from monitor.feeds.discover import find_feeds
from monitor.feeds.entries import MAX_ENTRIES, MAX_NAME_CHARACTERS, clean_entry, is_plausible, language_of, name
from monitor.feeds.jsonfeed import looks_like_json, read_json_feed
from monitor.feeds.links import absolute_link
from monitor.feeds.mending import mended, repaired
from monitor.feeds.pruning import pruned
from monitor.feeds.segments import Segments, joined, parted, segments_of
from monitor.feeds.text import plain
from monitor.feeds.wishes import read_wishes

_OFFERS_SAID = 3
_MOSTLY_NEW = 0.5
"""Where more of a document's entries are new than this part, the whole is read: it costs little more, and teaches more."""

_ENTRY_START = re.compile(rb"<(?:[\w.-]{1,40}:)?(?:item|entry)[\s>/]")
_ROOT = re.compile(rb"<((?:[\w.-]{1,40}:)?(rss|feed|RDF))[\s>]")
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)


def parse(body: FeedBody, seen: bytes = b"") -> ParsedFeed | FetchFailed:
    """Reads a document. What is no feed at all comes back as FetchFailed with FetchFailure.NOT_A_FEED.

    Entries come in the document's order, at most 5,000, without those that hold nothing. Text is plain and cut, links
    are http(s), dates are aware and in UTC; nonsense dates are None. A document that feedparser stumbles over is
    repaired and read once more.

    `seen` is what `ParsedFeed.segments` said of the feed's document before: entries whose bytes stood in it are left
    out, and counted in `ParsedFeed.known`, unless so much is new that the whole document is read.
    """
    if looks_like_json(body.content):
        return read_json_feed(body.content, body.url) or _no_feed(body)
    segments = segments_of(body.content)
    if segments is not None and seen:
        news = _parse_news(body, segments, seen)
        if news is not None:
            return news
    content, shortened = _first_entries(body.content)
    problems = [f"holds more than {MAX_ENTRIES:,} entries; the rest is left out"] if shortened else []
    fault = None
    if segments is not None and not shortened:
        whole = mended(content)
        content, fault = pruned(whole.content) if whole.is_xml else whole.content, whole.fault
    found = _read(content, honest_type(body.content, body.content_type))
    if found is None:
        problems.append("holds characters that XML forbids; they were replaced")
        content = repaired(content)
        found = _read(content, honest_type(content, None))
    if found is None or not (found.get("version") or found["entries"]):
        return _no_feed(body)
    if fault := fault or (None if shortened else _fault(found)):
        problems.append(f"is not well-formed XML ({fault}); it was read as far as possible")
    adds_up = segments is not None and not shortened and _is_sum_of(found, len(segments.spans))
    return _parsed(found, problems, body, joined(segments.digests) if segments is not None and adds_up else b"")


def _parse_news(body: FeedBody, segments: Segments, seen: bytes) -> ParsedFeed | None:
    """What is new in a document, or None where the whole of it must be read."""
    unseen = segments.unseen(parted(seen))
    # A document without entries may be anything, a login page among others.
    few = 0 < len(segments.spans) <= MAX_ENTRIES
    if not few or len(unseen) > len(segments.spans) * _MOSTLY_NEW:
        return None
    known = len(segments.spans) - len(unseen)
    stored = joined(segments.digests)
    if not unseen:
        return ParsedFeed(
            title=None, language=None, entries=(), wishes=read_wishes(body.content), segments=stored, known=known
        )
    part = mended(segments.only(unseen))
    if not part.is_xml:
        return None
    found = _read(pruned(part.content), honest_type(body.content, body.content_type))
    if found is None or not _is_sum_of(found, len(unseen)):
        return None
    return replace(_parsed(found, [], body, stored), known=known)


def _is_sum_of(found: Any, entries: int) -> bool:
    """Whether feedparser found, in well-formed XML, just the entries that were cut out.

    Its loose parser, which it takes to other documents and to those in no encoding, may find an entry in the whole
    document and not in a part, or the other way round.
    """
    return bool(
        _fault(found) is None and found.get("encoding") and found.get("version") and len(found["entries"]) == entries
    )


def _fault(found: Any) -> str | None:
    """Where feedparser says that a document is no XML, if it says so: "line 3: mismatched tag"."""
    fault = found.get("bozo_exception")
    if isinstance(fault, xml.sax.SAXParseException):
        return f"line {fault.getLineNumber()}: {plain(fault.getMessage(), MAX_NAME_CHARACTERS)}"
    return str(fault) if isinstance(fault, xml.sax.SAXException) else None


def _parsed(found: Any, problems: list[str], body: FeedBody, segments: bytes) -> ParsedFeed:
    read = (_entry(entry, body.url) for entry in found["entries"][:MAX_ENTRIES])
    entries = tuple(entry for entry in read if entry is not None)
    silent = min(len(found["entries"]), MAX_ENTRIES) - len(entries)
    if silent:
        problems.append(f"has entries without title, text and link; left out: {silent}")
    head = found["feed"]
    return ParsedFeed(
        title=name(_text(head, "title")),
        language=language_of(_text(head, "language")),
        entries=entries,
        problems=tuple(problems),
        wishes=read_wishes(body.content),
        segments=segments,
    )


def _read(content: bytes, content_type: str) -> Any | None:
    """What feedparser reads out of a document, or None where it raises."""
    # It isn't told the address: with one, it spends a third of its time on judging the base of every element. A base
    # that the document states is respected all the same.
    headers = {"content-type": content_type}
    try:
        # Its sanitizer costs most of its time and leaves HTML; text.py leaves none.
        return feedparser.parse(
            io.BytesIO(content), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except Exception:  # noqa: BLE001 - it raises nearly anything over a bad document; the caller repairs or says so
        return None


def _first_entries(content: bytes) -> tuple[bytes, bool]:
    """The document with no more entries than are read: feedparser takes 8 s over 50,000 of them."""
    if len(content) < MAX_ENTRIES * len(b"<item/>"):
        return content, False
    for number, start in enumerate(_ENTRY_START.finditer(content)):
        if number == MAX_ENTRIES:
            root = _ROOT.search(content)
            closing = b"</" + root[1] + b">" if root else b""
            in_channel = root is not None and root[2] == b"rss"
            return content[: start.start()] + (b"</channel>" if in_channel else b"") + closing, True
    return content, False


def _no_feed(body: FeedBody) -> FetchFailed:
    """What a document that is no feed seems to be, as a sentence; of a web page, the feeds behind it, too."""
    start = body.content[:4000].lstrip(b"\xef\xbb\xbf \t\r\n")
    offers: tuple[FeedOffer, ...] = ()
    if not start:
        detail = "is not a feed: the document is empty"
    elif _HTML.search(start):
        detail = "is not a feed but a web page"
        offers = find_feeds(body.content, content_type=body.content_type, url=body.url)
        if offers:
            named = " or ".join(offer.url for offer in offers[:_OFFERS_SAID])
            detail += f"; the page offers {named} as its {'feed' if len(offers) == 1 else 'feeds'}"
        else:
            detail += ": the address may have changed, or a login or consent page stands before it"
    elif looks_like_json(start):
        detail = "is not a feed: JSON, but no JSON Feed, which states its version and has the entries as items"
    else:
        detail = "is not a feed: neither RSS nor Atom was found in it"
    return FetchFailed(reason=FetchFailure.NOT_A_FEED, detail=detail, offers=offers)


def _entry(found: dict[str, Any], url: str) -> FeedEntry | None:
    source = dict.get(found, "source")
    return clean_entry(
        guid=_text(found, "id"),
        link=absolute_link(url, _text(found, "link")),
        title=_text(found, "title"),
        # The full text where there is no summary.
        texts=(_text(found, "summary"), *_contents(found)),
        published_at=_date(found),
        outlet=name(_text(source, "title")) if isinstance(source, dict) else None,
    )


def _text(found: dict[str, Any], name: str) -> str:
    # Not found[name]: feedparser's own lookup answers for missing names with others' values, and warns.
    value = dict.get(found, name)
    return value if isinstance(value, str) else ""


def _contents(found: dict[str, Any]) -> tuple[str, ...]:
    parts = dict.get(found, "content")
    return tuple(_text(part, "value") for part in parts) if isinstance(parts, list) else ()


def _date(found: dict[str, Any]) -> dt.datetime | None:
    """When an entry was published, else updated, in UTC; None for what no calendar or newspaper knows."""
    for key in ("published_parsed", "updated_parsed"):
        parsed = dict.get(found, key)
        if parsed is None:
            continue
        try:
            date = dt.datetime.fromtimestamp(calendar.timegm(parsed), tz=dt.UTC)
        except (ValueError, OverflowError, OSError, TypeError):
            continue
        if is_plausible(date):
            return date
    return None
