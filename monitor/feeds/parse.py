"""A feed's document to plain entries: RSS 0.9x to 2.0, RDF and Atom, well-formed or not.

The only reader of feedparser, which takes minutes over some hostile documents: the worker runs `parse` in a child that
it can kill. Arguments and results are plain values that travel between processes. Comes after fetch, before identity;
cleaning text is text.py's work, judging links is links.py's.
"""

import calendar
import codecs
import datetime as dt
import io
import re
import sys
import xml.sax
from typing import Any

import feedparser

from monitor.domain.feeds import FeedBody, FeedEntry, FetchFailed, FetchFailure, ParsedFeed
from monitor.feeds.links import web_link
from monitor.feeds.text import MAX_SUMMARY_CHARACTERS, MAX_TITLE_CHARACTERS, plain, without_forbidden
from monitor.feeds.wishes import read_wishes

MAX_ENTRIES = 5000
_MAX_GUID_CHARACTERS = 2000
_MAX_NAME_CHARACTERS = 200
_TITLE_FROM_SUMMARY_CHARACTERS = 150

_EARLIEST = dt.datetime(1990, 1, 1, tzinfo=dt.UTC)
_LATEST = dt.datetime(2100, 1, 1, tzinfo=dt.UTC)
"""News feeds carry no dates outside; what does is a placeholder or a mistake."""

_ENTRY_START = re.compile(rb"<(?:[\w.-]{1,40}:)?(?:item|entry)[\s>/]")
_ROOT = re.compile(rb"<((?:[\w.-]{1,40}:)?(rss|feed|RDF))[\s>]")
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_FIRST_ELEMENT = re.compile(rb"<[A-Za-z]")
_CHARACTER_REFERENCE = re.compile(rb"&#(?:[xX]([0-9a-fA-F]+)|([0-9]+));?")
# XML 1.0, 2.2: the characters that a document may hold.
_XML_CHARACTER = re.compile("[\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_DECLARED_ENCODING = re.compile(rb"""(<\?xml[^>]{0,200}?)\s+encoding\s*=\s*(["'])([^"'>]{0,100})\2""")
# Encodings that documents really are in. Python knows more: punycode, idna, undefined, unicode_escape ...
_TEXT_ENCODING = re.compile(
    rb"utf-?(8|16|32)(-?[bl]e)?|us-ascii|ascii|iso-?8859-?\d+|latin-?\d+|(windows|cp)-?125\d|koi8-[ru]|gb2312|gbk|gb18030"
    rb"|big5|euc-(jp|kr)|shift[_-]jis|iso-2022-jp|macintosh",
    re.IGNORECASE,
)


def parse(body: FeedBody) -> ParsedFeed | FetchFailed:
    """Reads a document. What is no feed at all comes back as FetchFailed with FetchFailure.NOT_A_FEED.

    Entries come in the document's order, at most 5,000, without those that hold nothing. Text is plain and cut, links
    are http(s), dates are aware and in UTC; nonsense dates are None. A document that feedparser stumbles over is
    repaired and read once more.
    """
    content, shortened = _first_entries(body.content)
    problems = [f"holds more than {MAX_ENTRIES:,} entries; the rest is left out"] if shortened else []
    found = _read(content, body.content_type, body.url)
    if found is None:
        problems.append("holds characters that XML forbids; they were replaced")
        found = _read(_repaired(content), None, body.url)
    if found is None or not (found["version"] or found["entries"]):
        return FetchFailed(reason=FetchFailure.NOT_A_FEED, detail=_instead(body.content))
    fault = found.get("bozo_exception")
    if isinstance(fault, xml.sax.SAXParseException) and not shortened:
        problems.append(
            f"is not well-formed XML (line {fault.getLineNumber()}: {plain(fault.getMessage(), _MAX_NAME_CHARACTERS)}); "
            "it was read as far as possible"
        )
    entries = tuple(entry for entry in map(_entry, found["entries"][:MAX_ENTRIES]) if entry is not None)
    silent = min(len(found["entries"]), MAX_ENTRIES) - len(entries)
    if silent:
        problems.append(f"has entries without title, text and link; left out: {silent}")
    head = found["feed"]
    return ParsedFeed(
        title=_name(head, "title"),
        language=_language(head),
        entries=entries,
        problems=tuple(problems),
        wishes=read_wishes(body.content),
    )


def _read(content: bytes, content_type: str | None, url: str) -> Any | None:
    """What feedparser reads out of a document, or None where it raises."""
    headers = {
        # Without a type feedparser would take the bytes for Latin-1.
        "content-type": content_type or "application/xml",
        "content-location": url,
    }
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


def _repaired(content: bytes) -> bytes:
    """The document without what makes feedparser raise (kurtmckee/feedparser#591, #599).

    That is: references to characters that XML forbids, NUL, an encoding that is no text encoding, and backslashes
    before the first element (in a DOCTYPE).
    """
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        content = content.decode("utf-16", "replace").encode()
        content = _DECLARED_ENCODING.sub(rb"\1", content, count=1)
    content = _CHARACTER_REFERENCE.sub(_allowed_reference, content.replace(b"\0", b""))
    first = _FIRST_ELEMENT.search(content)
    start = first.start() if first else 0
    prolog = content[:start].replace(b"\\", b"")
    declared = _DECLARED_ENCODING.search(prolog)
    if declared is not None and not _TEXT_ENCODING.fullmatch(declared[3]):
        prolog = _DECLARED_ENCODING.sub(rb"\1", prolog, count=1)
    return prolog + content[start:]


def _allowed_reference(reference: re.Match[bytes]) -> bytes:
    digits, base = (reference[1], 16) if reference[1] else (reference[2], 10)
    digits = digits.lstrip(b"0")
    code = int(digits or b"0", base) if len(digits) <= len(str(sys.maxunicode)) else 0
    allowed = code <= sys.maxunicode and _XML_CHARACTER.fullmatch(chr(code))
    return reference[0] if allowed else b"&#xFFFD;"


def _instead(content: bytes) -> str:
    """What a document that is no feed seems to be, as a sentence."""
    start = content[:4000].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start:
        return "is not a feed: the document is empty"
    if _HTML.search(start):
        return "is not a feed but a web page: the address may have changed, or a login or consent page stands before it"
    if start.startswith((b"{", b"[")):
        return "is not a feed in RSS or Atom but JSON, which is not read"
    return "is not a feed: neither RSS nor Atom was found in it"


def _entry(found: dict[str, Any]) -> FeedEntry | None:
    title = plain(_text(found, "title"), MAX_TITLE_CHARACTERS)
    summary = plain(_text(found, "summary"), MAX_SUMMARY_CHARACTERS) or _content(found)
    link = web_link(_text(found, "link"))
    if not (title or summary or link):
        return None
    source = dict.get(found, "source")
    return FeedEntry(
        guid=without_forbidden(_text(found, "id"))[:_MAX_GUID_CHARACTERS] or None,
        link=link,
        title=title or _opening(summary) or link or "",
        summary=summary,
        published_at=_date(found),
        outlet=_name(source, "title") if isinstance(source, dict) else None,
    )


def _text(found: dict[str, Any], name: str) -> str:
    # Not found[name]: feedparser's own lookup answers for missing names with others' values, and warns.
    value = dict.get(found, name)
    return value if isinstance(value, str) else ""


def _name(found: dict[str, Any], name: str) -> str | None:
    return plain(_text(found, name), _MAX_NAME_CHARACTERS) or None


def _content(found: dict[str, Any]) -> str:
    """The first full text that says something, where there is no summary."""
    parts = dict.get(found, "content")
    for part in parts if isinstance(parts, list) else ():
        text = plain(_text(part, "value"), MAX_SUMMARY_CHARACTERS)
        if text:
            return text
    return ""


def _opening(summary: str) -> str:
    """The first words of a text, for an entry without a title."""
    if len(summary) <= _TITLE_FROM_SUMMARY_CHARACTERS:
        return summary
    return summary[:_TITLE_FROM_SUMMARY_CHARACTERS].rsplit(" ", 1)[0] + "…"


def _date(found: dict[str, Any]) -> dt.datetime | None:
    """When an entry was published, else updated, in UTC; None for what no calendar or newspaper knows."""
    for name in ("published_parsed", "updated_parsed"):
        parsed = dict.get(found, name)
        if parsed is None:
            continue
        try:
            date = dt.datetime.fromtimestamp(calendar.timegm(parsed), tz=dt.UTC)
        except (ValueError, OverflowError, OSError, TypeError):
            continue
        if _EARLIEST <= date < _LATEST:
            return date
    return None


def _language(head: dict[str, Any]) -> str | None:
    """The language's code in lower case, without its region: "es" for "es-VE"."""
    code = re.match(r"[A-Za-z]{2,3}(?![A-Za-z])", _text(head, "language").strip())
    return code[0].lower() if code else None
