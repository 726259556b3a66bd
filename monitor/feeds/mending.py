"""Mends what keeps a document from being read as XML, or makes feedparser raise.

Two kinds of damage are frequent and harmless: names of HTML's entities, lone ampersands and control characters, which
`mended` puts right beforehand, since feedparser's way with them (its loose parser) is slow and can't be relied on to
find the same entries in a part of a document as in the whole. The other kind, which makes feedparser raise and lose the
feed, `repaired` puts right afterwards. Comes inside parse.
"""

import codecs
import re
import sys
from dataclasses import dataclass
from html.entities import name2codepoint
from xml.parsers import expat

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
_CONTROLS = bytes(code for code in range(0x20) if code not in b"\t\n\r")
_CONTROL = re.compile(b"[" + re.escape(_CONTROLS) + b"]")
# What is markup for itself stays; what looks like a reference is judged.
_REFERENCE = re.compile(rb"<!\[CDATA\[.*?\]\]>|<!--.*?-->|&(?:(#?\w{1,32});)?", re.DOTALL)
_OF_XML = frozenset({b"amp", b"lt", b"gt", b"quot", b"apos"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Mended:
    """A document as it may be read, and what is wrong with the one that came: "line 3: undefined entity", or None.

    `is_xml` says whether `content` is well-formed by now.
    """

    content: bytes
    fault: str | None
    is_xml: bool


def mended(content: bytes) -> Mended:
    """The document with references that XML knows, and without control characters; as it is where that makes no XML.

    For documents whose comments and CDATA sections all end, in which nothing is declared (see segments.py).
    """
    fault = _fault(content)
    if fault is None:
        return Mended(content=content, fault=None, is_xml=True)
    better = _REFERENCE.sub(_known_reference, _CONTROL.sub(b"", content))
    is_xml = _fault(better) is None
    return Mended(content=better if is_xml else content, fault=fault, is_xml=is_xml)


def repaired(content: bytes) -> bytes:
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


def _fault(content: bytes) -> str | None:
    try:
        expat.ParserCreate().Parse(content, True)  # noqa: FBT003 - expat's own "this is all"
    except expat.ExpatError as error:
        return f"line {error.lineno}: {expat.ErrorString(error.code)}"
    except (ValueError, LookupError):  # Python's codecs are asked for encodings that expat does not know
        return "line 1: unknown encoding"
    return None


def _known_reference(found: re.Match[bytes]) -> bytes:
    name: bytes | None = found[1]
    if not found[0].startswith(b"&") or (name is not None and name in _OF_XML):
        return found[0]
    if name is not None and name.startswith(b"#"):
        return _CHARACTER_REFERENCE.sub(_allowed_reference, found[0])
    code = name2codepoint.get(name.decode("ascii", "replace")) if name is not None else None
    return b"&amp;" + found[0][1:] if code is None else b"&#%d;" % code


def _allowed_reference(reference: re.Match[bytes]) -> bytes:
    digits, base = (reference[1], 16) if reference[1] else (reference[2], 10)
    digits = digits.lstrip(b"0")
    code = int(digits or b"0", base) if len(digits) <= len(str(sys.maxunicode)) else 0
    allowed = code <= sys.maxunicode and _XML_CHARACTER.fullmatch(chr(code))
    return reference[0] if allowed else b"&#xFFFD;"
