"""Feeds as documents: Atom (RFC 4287) and JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/). Which stories, syndication.py says."""

import datetime as dt
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from xml.etree import ElementTree as ET

_ATOM = "http://www.w3.org/2005/Atom"
_PROGRAM = "Relation Monitor"
# An empty feed has to say when it changed, too, and always the same.
_NEVER = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
# What XML 1.0 has no way to write. https://www.w3.org/TR/xml/#charsets
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A story in a feed; `text` is plain, in lines."""

    id: str
    link: str
    title: str
    text: str
    published_at: dt.datetime
    updated_at: dt.datetime
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedOfStories:
    """A feed with its entries, the last changed first. Links are whole addresses."""

    id: str
    title: str
    language: str
    self_link: str
    page_link: str
    entries: tuple[Entry, ...]

    @property
    def updated_at(self) -> dt.datetime:
        """When any entry last changed."""
        return max((entry.updated_at for entry in self.entries), default=_NEVER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A way to write a feed."""

    media_type: str
    write: Callable[[FeedOfStories], bytes]


def _atom(feed: FeedOfStories) -> bytes:
    root = ET.Element("feed", {"xmlns": _ATOM, "xml:lang": feed.language})
    _text(root, "id", feed.id)
    _text(root, "title", feed.title)
    _text(root, "updated", _moment(feed.updated_at))
    ET.SubElement(root, "link", {"rel": "self", "type": "application/atom+xml", "href": feed.self_link})
    ET.SubElement(root, "link", {"rel": "alternate", "type": "text/html", "href": feed.page_link})
    _text(ET.SubElement(root, "author"), "name", _PROGRAM)
    _text(root, "generator", _PROGRAM)
    for entry in feed.entries:
        element = ET.SubElement(root, "entry")
        _text(element, "id", entry.id)
        _text(element, "title", entry.title)
        _text(element, "published", _moment(entry.published_at))
        _text(element, "updated", _moment(entry.updated_at))
        ET.SubElement(element, "link", {"rel": "alternate", "type": "text/html", "href": entry.link})
        for tag in entry.tags:
            ET.SubElement(element, "category", {"term": tag})
        _text(element, "content", entry.text)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _text(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = _NO_XML.sub("", text)


def _json(feed: FeedOfStories) -> bytes:
    made = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.page_link,
        "feed_url": feed.self_link,
        "language": feed.language,
        "authors": [{"name": _PROGRAM}],
        "items": [
            {
                "id": entry.id,
                "url": entry.link,
                "title": entry.title,
                "content_text": entry.text,
                "date_published": _moment(entry.published_at),
                "date_modified": _moment(entry.updated_at),
                "tags": list(entry.tags),
            }
            for entry in feed.entries
        ],
    }
    return json.dumps(made, ensure_ascii=False, separators=(",", ":")).encode()


def _moment(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


ATOM = Format(media_type="application/atom+xml", write=_atom)
JSON_FEED = Format(media_type="application/feed+json", write=_json)
