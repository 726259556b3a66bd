"""OPML, the format in which feed readers exchange their subscriptions: read as it comes, and written.

Reading makes do with what people's readers write: nested outlines, missing types, pages without a feed, ampersands that
were never escaped. A document can't reach outside itself or grow: one with a DOCTYPE is refused whole. Bytes become text
in addresses.py; configuration is for `relmon feeds import`, and `relmon feeds export` writes.
"""

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from monitor.feeds.found import MAX_NAME_CHARACTERS, FeedGatherer, FoundFeed, FoundFeeds
from monitor.feeds.text import plain, without_forbidden

_MAX_DEPTH = 100
_PARTS = " / "
# What the specification (opml.org/spec2.opml) calls feeds, and what readers write instead.
_FEED_TYPES = frozenset({"rss", "atom", "feed", "rdf"})
_XML_ENTITIES = frozenset({"amp", "lt", "gt", "quot", "apos"})
_REFERENCE = re.compile(r"&(#[0-9]+|#[xX][0-9a-fA-F]+|[A-Za-z][A-Za-z0-9]*)?;?")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class _Refused(Exception):
    """The document is not read any further; the message says why."""


@dataclass(slots=True)
class _Outline:
    """An element that is open. `name` is set where the feeds below it belong to a group of that name."""

    name: str | None = None
    page: str | None = None
    """The address of a site, of an outline that names no feed."""
    line: int = 0
    feeds_below: int = 0


def read_opml(text: str) -> FoundFeeds:
    """Reads the feeds of a document, with their titles and groups, and says what in it can't be used.

    One that is not well-formed is mended where that is safe, and otherwise read up to the fault.
    """
    found = _read(text)
    if isinstance(found, FoundFeeds):
        return found
    gathered, fault = found
    mended = _read(_mended(text))
    if isinstance(mended, FoundFeeds):
        return mended
    return FoundFeeds(feeds=gathered.feeds, problems=(*gathered.problems, fault))


def _read(text: str) -> FoundFeeds | tuple[FoundFeeds, str]:
    """What the document holds; with a sentence about its fault where it is not well-formed."""
    # XML begins with its declaration, whatever an editor has left before it; lines are counted in what the person sees.
    document = text.lstrip()
    reader = _Reader(lines_before=text[: len(text) - len(document)].count("\n"))
    try:
        reader.read(document)
    except _Refused as refusal:
        return FoundFeeds(feeds=(), problems=(f"line {reader.line}: the list is not read: {refusal}",))
    except expat.ExpatError as error:
        return reader.found(), f"line {reader.line}: is not valid OPML: {expat.ErrorString(error.code)}"
    found = reader.found()
    if not found.feeds and not found.problems:
        return FoundFeeds(feeds=(), problems=("holds no outline with an xmlUrl, so no feed",))
    return found


class _Reader:
    """Walks over one document. Expat expands no entity that is not declared, and a declaration is refused."""

    def __init__(self, *, lines_before: int) -> None:
        self._lines_before = lines_before
        self._gatherer = FeedGatherer()
        self._open: list[_Outline] = []
        self._parser = expat.ParserCreate("utf-8")  # whatever the document declares: by now it is text
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.StartDoctypeDeclHandler = self._doctype

    @property
    def line(self) -> int:
        return self._lines_before + self._parser.CurrentLineNumber

    def read(self, text: str) -> None:
        self._parser.Parse(text.encode("utf-8", "replace"), True)  # noqa: FBT003 - expat's own "this is all"

    def found(self) -> FoundFeeds:
        return self._gatherer.found()

    def _start(self, element: str, attributes: dict[str, str]) -> None:
        if len(self._open) >= _MAX_DEPTH:
            raise _Refused("its outlines are nested too deep")
        self._open.append(self._outline(attributes) if element.lower() == "outline" else _Outline())

    def _outline(self, attributes: dict[str, str]) -> _Outline:
        by_name = {key.lower(): value.strip() for key, value in attributes.items()}
        name = plain(by_name.get("title") or by_name.get("text") or "", MAX_NAME_CHARACTERS) or None
        kind = by_name.get("type", "").lower()
        address = by_name.get("xmlurl") or (by_name.get("url") if kind in _FEED_TYPES else None)
        if address:
            group = _PARTS.join(outline.name for outline in self._open if outline.name) or None
            self._gatherer.add(self.line, address, title=name, group=group)
            for above in self._open:
                above.feeds_below += 1
            return _Outline()
        if kind == "include":
            self._gatherer.refuse(self.line, f"the list {name or 'without a name'!r} that it includes is not followed")
            return _Outline()
        return _Outline(name=name, page=by_name.get("htmlurl"), line=self.line)

    def _end(self, _element: str) -> None:
        outline = self._open.pop()
        if outline.page and not outline.feeds_below:
            page = plain(outline.page.rpartition("@")[2], MAX_NAME_CHARACTERS)
            self._gatherer.refuse(
                outline.line, f"{page} is a page and no feed; `relmon feeds add` finds the feed behind it"
            )

    def _doctype(self, *_declaration: object) -> None:
        raise _Refused("it has a DOCTYPE, which OPML does not need; remove that line and try again")


def _mended(text: str) -> str:
    """The text without the faults that readers and hands really make: bare ampersands, HTML's entities, control characters."""
    return _REFERENCE.sub(_reference, _CONTROL.sub("", text))


def _reference(match: re.Match[str]) -> str:
    written = match[0]
    if match[1] in _XML_ENTITIES and written.endswith(";"):
        return written
    character = html.unescape(written) if written.endswith(";") else written
    # A name that HTML doesn't know either was never meant as one: "?a=1&b;c=2".
    return "&amp;" + written[1:] if character == written else escape(_CONTROL.sub("", character))


def write_opml(feeds: Iterable[FoundFeed], *, title: str) -> str:
    """An OPML 2.0 document of the feeds in their order, each below an outline for each part of its group."""
    top = _Group()
    for feed in feeds:
        group = top
        for part in (feed.group or "").split(_PARTS) if feed.group else ():
            group = group.below.setdefault(part, _Group())
        group.feeds.append(feed)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<opml version="2.0">',
        f"  <head><title>{escape(without_forbidden(title))}</title></head>",
        "  <body>",
        *_written(top, "    "),
        "  </body>",
        "</opml>",
    ]
    return "\n".join(lines) + "\n"


class _Group:
    """Feeds and further groups below one outline."""

    def __init__(self) -> None:
        self.feeds: list[FoundFeed] = []
        self.below: dict[str, _Group] = {}


def _written(group: _Group, indent: str) -> Iterator[str]:
    for feed in group.feeds:
        text, url = _attribute(feed.title or feed.url), _attribute(feed.url)
        yield f'{indent}<outline type="rss" text={text} title={text} xmlUrl={url}/>'
    for name, inner in group.below.items():
        yield f"{indent}<outline text={_attribute(name)}>"
        yield from _written(inner, indent + "  ")
        yield f"{indent}</outline>"


def _attribute(text: str) -> str:
    return quoteattr(without_forbidden(text))
