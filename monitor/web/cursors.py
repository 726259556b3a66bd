"""Cursors in addresses: opaque to whoever reads them, of letters, digits, - and _ alone. What they mean is the list's to say."""

import base64
import binascii
import json

from monitor.domain.browsing import Cursor

_LONGEST = 500


def cursor_text(cursor: Cursor) -> str:
    """A cursor as an address holds it."""
    values = json.dumps(cursor.after, ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(values.encode()).rstrip(b"=").decode()


def read_cursor(text: str) -> Cursor:
    """A cursor of an address.

    Raises:
        ValueError: no list has made it.
    """
    if not text.isascii() or len(text) > _LONGEST:
        raise ValueError("a cursor is short, and plain")
    try:
        values = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, RecursionError) as error:
        raise ValueError("a cursor is written in base64") from error
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise ValueError("a cursor is a list of texts")
    return Cursor(after=tuple(values))
