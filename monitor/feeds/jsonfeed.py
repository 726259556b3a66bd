"""JSON Feed, versions 1 and 1.1 (https://www.jsonfeed.org/version/1.1/), to plain entries.

The sibling of parse.py for documents that feedparser does not read; parse.py decides which of the two is asked. What is
missing or of the wrong kind is left out, as in any other feed.
"""

import datetime as dt
import json
from typing import Any

from monitor.domain.feeds import FeedEntry, ParsedFeed
from monitor.feeds.entries import MAX_ENTRIES, clean_entry, is_plausible, language_of, name
from monitor.feeds.links import absolute_link


def looks_like_json(content: bytes) -> bool:
    """Whether a document begins as JSON does and XML never."""
    return content[:100].lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"["))


def read_json_feed(content: bytes, url: str) -> ParsedFeed | None:
    """Reads the JSON Feed found at `url`; None for what is none: broken JSON, or JSON of another kind."""
    try:
        document = json.loads(content.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError):  # not JSON, numbers too long to read, or nested without end
        return None
    if not isinstance(document, dict) or "jsonfeed.org/version" not in _text(document, "version"):
        return None
    items = document.get("items")
    found = [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
    problems = [f"holds more than {MAX_ENTRIES:,} entries; the rest is left out"] if len(found) > MAX_ENTRIES else []
    read = (_entry(item, url) for item in found[:MAX_ENTRIES])
    entries = tuple(entry for entry in read if entry is not None)
    silent = min(len(found), MAX_ENTRIES) - len(entries)
    if silent:
        problems.append(f"has entries without title, text and link; left out: {silent}")
    return ParsedFeed(
        title=name(_text(document, "title")),
        language=language_of(_text(document, "language")),
        entries=entries,
        problems=tuple(problems),
    )


def _entry(item: dict[str, Any], url: str) -> FeedEntry | None:
    return clean_entry(
        guid=_text(item, "id"),
        link=absolute_link(url, _text(item, "url") or _text(item, "external_url")),
        title=_text(item, "title"),
        texts=(_text(item, "summary"), _text(item, "content_text"), _text(item, "content_html")),
        published_at=_date(_text(item, "date_published")) or _date(_text(item, "date_modified")),
        language=language_of(_text(item, "language")),
    )


def _text(found: dict[str, Any], key: str) -> str:
    value = found.get(key)
    # Version 1 allowed numbers as ids; a boolean is none.
    return value if isinstance(value, str) else str(value) if type(value) is int else ""


def _date(text: str) -> dt.datetime | None:
    """A date as RFC 3339 writes it, in UTC; without a zone it is taken for UTC."""
    try:
        date = dt.datetime.fromisoformat(text.strip())
        date = date.replace(tzinfo=date.tzinfo or dt.UTC).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return None
    return date if is_plausible(date) else None
