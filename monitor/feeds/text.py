"""Plain text out of what feeds send: HTML, doubly escaped HTML, and characters that have no business in a headline.

Everything a feed says passes here at ingest, so that later stages can take it for text: no tag, no entity, no control
or bidi character, no NUL, no lone surrogate, white space folded. It takes time in proportion to the text's length,
whatever the text is, which html.parser and regular expressions over whole tags do not promise. Escaping for a channel
is that channel's work. Comes inside parse; the identity of an item is derived from the result.
"""

import html
import re
from collections.abc import Iterator

MAX_TITLE_CHARACTERS = 1000
MAX_SUMMARY_CHARACTERS = 20_000
"""How much of an entry is kept."""

_ROUNDS = 5
"""Feeds escape twice, rarely three times. What still changes after five rounds is an attack."""

_LONGEST_QUOTE = 1000
"""How far behind a '>' the end of an attribute's value that holds it is looked for."""

# Controls but white space; soft hyphen; bidi marks, embeddings, overrides and isolates; zero width space and its kin;
# interlinear and tag characters; lone surrogates; noncharacters of every plane. The joiners U+200C and U+200D stay:
# Persian and the scripts of India are spelled with them.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\ufdd0-\ufdef\ud800-\udfff\U000e0000-\U000e007f"
    + "".join(chr(plane * 0x10000 + last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
    + "]"
)
_TAG_NAME = re.compile(r"[A-Za-z][A-Za-z0-9:-]*")
# What stands between these tags is not for reading.
_UNREAD = frozenset({"script", "style", "iframe", "svg", "math", "noscript", "object", "template", "textarea"})
# These stand inside a word or a sentence; every other tag parts what is left and right of it.
_INLINE = frozenset(
    {
        "a",
        "abbr",
        "acronym",
        "b",
        "bdi",
        "bdo",
        "big",
        "cite",
        "code",
        "del",
        "dfn",
        "em",
        "font",
        "i",
        "ins",
        "kbd",
        "mark",
        "q",
        "s",
        "samp",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "time",
        "tt",
        "u",
        "var",
        "wbr",
    }
)


def plain(text: str, limit: int) -> str:
    """`text` as one line of plain text of at most `limit` characters.

    HTML is undone until nothing changes, so text that was escaped twice reads well, too. The result stays as it is
    when it is passed through again.
    """
    # Markup can be many times longer than what it says, but not without end.
    text = text[: limit * 20]
    for _ in range(_ROUNDS):
        if "<" not in text and "&" not in text:
            text = _fold(text)
            break
        clean = _fold(html.unescape("".join(_without_tags(text))))
        if clean == text:
            break
        text = clean
    else:
        text = _fold(text.replace("<", " ").replace("&", " "))
    return text[:limit].rstrip()


def without_forbidden(text: str) -> str:
    """`text` without control, bidi and other invisible characters, NUL and lone surrogates; white space folded."""
    return _fold(text)


def _fold(text: str) -> str:
    # What is printable throughout holds nothing forbidden, and is spared the slow expression.
    return " ".join((text if text.isprintable() else _FORBIDDEN.sub("", text)).split())


def _without_tags(text: str) -> Iterator[str]:
    """Yields what stands between the tags, and a space where a tag parts words."""
    here = 0
    while True:
        start = text.find("<", here)
        if start < 0:
            yield text[here:]
            return
        yield text[here:start]
        name = _TAG_NAME.match(text, start + 2 if text.startswith("/", start + 1) else start + 1)
        if name is None and text[start + 1 : start + 2] not in ("!", "?"):
            yield "<"
            here = start + 1
            continue
        end = _end_of_tag(text, start)
        if end < 0:  # no '>' is left, so nothing from here on is a tag
            yield text[start:]
            return
        tag = name[0].lower() if name else ""
        if tag in _UNREAD and text[start + 1] != "/":
            closing = re.compile(rf"</{tag}", re.IGNORECASE).search(text, end)
            if closing is None:
                return
            end = closing.start() - 1
        yield "" if tag in _INLINE else " "
        here = end + 1


def _end_of_tag(text: str, start: int) -> int:
    """Where the tag or comment that opens at `start` has its last '>', or -1."""
    if text.startswith("<!--", start):
        end = text.find("-->", start + 4)
        return end + 2 if end >= 0 else text.find(">", start)
    end = text.find(">", start)
    if end >= 0 and text.count('"', start, end) % 2:  # inside a value: <img alt="a > b">
        quote = text.find('"', end, end + _LONGEST_QUOTE)
        further = text.find(">", quote) if quote >= 0 else -1
        return further if further >= 0 else end
    return end
