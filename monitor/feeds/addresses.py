"""Lists of feeds that people bring along: OPML from another reader, or one address per line.

Bytes become text here, whatever encoding they are in, and text becomes addresses with their titles and groups; what
can't be used is said, line by line. Giving ids and writing configuration is for `relmon feeds import`, asking the feeds
for `relmon poll --feeds`.
"""

import codecs
import re

from monitor.feeds.found import FeedGatherer, FoundFeeds
from monitor.feeds.opml import read_opml

MAX_LIST_BYTES = 10_000_000
"""Some 50,000 feeds as readers write them."""

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16's, which it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
_DECLARED = re.compile(rb"""\s*<\?xml[^>]{0,200}?\sencoding\s*=\s*["']([A-Za-z][A-Za-z0-9._-]{0,40})["']""")
# Python can decode these, too, but no list of feeds is written in them.
_NO_ENCODINGS = frozenset({"unicode_escape", "raw_unicode_escape", "idna", "punycode", "undefined"})
_FALLBACK = "cp1252"


def read_list(content: bytes) -> FoundFeeds:
    """Reads a file as `read_addresses` reads its text. What is no text, or beyond 10 MB, is one sentence."""
    if len(content) > MAX_LIST_BYTES:
        return FoundFeeds(feeds=(), problems=(f"is larger than {MAX_LIST_BYTES // 1_000_000} MB, so no list of feeds",))
    text = _decoded(content)
    if "\0" in text:
        return FoundFeeds(feeds=(), problems=("is no text; it must be OPML, or have one address a line",))
    return read_addresses(text)


def read_addresses(text: str) -> FoundFeeds:
    """Reads OPML where the text begins with '<', else one address per line with '#' for comments.

    Addresses are http or https (feed: is understood) and keep the user info that the person wrote. OPML with a DOCTYPE
    is refused whole: entities declared there can grow without limit, and no reader needs them.
    """
    text = text.removeprefix("\ufeff")
    return read_opml(text) if text.lstrip().startswith("<") else _read_lines(text)


def _decoded(content: bytes) -> str:
    """The text in the encoding of its byte order mark, else the one that it declares, else UTF-8, else Western Windows."""
    for mark, encoding in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return content.decode(encoding, "replace").removeprefix("\ufeff")
    declared = _DECLARED.match(content)
    name = declared[1].decode("ascii").lower() if declared else "utf-8"
    for encoding in (name, "utf-8"):
        try:
            if encoding.replace("-", "_") not in _NO_ENCODINGS:
                return content.decode(encoding)
        except (LookupError, UnicodeError):
            continue
    return content.decode(_FALLBACK, "replace")


def _read_lines(text: str) -> FoundFeeds:
    gatherer = FeedGatherer()
    for number, line in enumerate(text.splitlines(), start=1):
        # A '#' after a space begins a comment; without one it belongs to the address.
        words = line.strip()
        address = "" if words.startswith("#") else words.split(" #", 1)[0].strip()
        if address:
            gatherer.add(number, address, title=None, group=None)
    return gatherer.found()
