"""In which encoding a document is, where what it says of itself is wrong or says too little.

feedparser follows the server's header, then the XML declaration, then its own guesses; what is decided here comes
before. Used by parse and by segments, which may only cut where a '<' is always a '<'.
"""

import re

# A '<' is a '<' wherever its byte stands in these: no other character has it among its bytes.
_ONE_BYTE = re.compile(
    rb"""<\?xml[^>]{0,100}?\sencoding\s*=\s*["'](?:iso-?8859-\d{1,2}|latin-?\d|windows-125\d|cp125\d)["']""",
    re.IGNORECASE,
)
_PROLOG_BYTES = 300


def honest_type(content: bytes, content_type: str | None) -> str:
    """The type under which feedparser should read a document.

    Letters beyond ASCII that make up valid UTF-8 are UTF-8, whatever header and declaration say: text in another
    encoding is so by chance once in millions. Without any type, feedparser would take the bytes for Latin-1.
    """
    if not content.isascii() and b"\0" not in content and is_utf8(content):
        return "application/xml; charset=utf-8"
    return content_type or "application/xml"


def is_utf8(content: bytes) -> bool:
    """Whether the bytes are UTF-8; ASCII is."""
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def has_plain_markup(content: bytes) -> bool:
    """Whether the bytes of markup stand for markup and nothing else: in UTF-8, or where one byte is one character."""
    return is_utf8(content) or _ONE_BYTE.search(content[:_PROLOG_BYTES]) is not None
