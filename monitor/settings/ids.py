"""Ids for feeds and watches that come without one: readable, and stable as long as what they are made from is.

For `relmon feeds add`, for imports, for lists that are polled without a configuration, and for `relmon watches add`.
"""

import re
import unicodedata
import urllib.parse
from collections.abc import Collection

_LONGEST_ID = 48


def feed_id(title: str | None, url: str, taken: Collection[str]) -> str:
    """A readable id from the title, else from the address's host; a number follows where it is taken already."""
    return _free(_slug(title or "") or _slug(urllib.parse.urlsplit(url).hostname or "") or "feed", taken)


def watch_id(words: str, taken: Collection[str]) -> str:
    """A readable id from these words; a number follows where it is taken already."""
    return _free(_slug(words) or "watch", taken)


def _free(wanted: str, taken: Collection[str]) -> str:
    candidate, number = wanted, 1
    while candidate in taken:
        number += 1
        candidate = f"{wanted}-{number}"
    return candidate


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain.replace("'", "")).removeprefix("www-")
    return words[:_LONGEST_ID].strip("-")
