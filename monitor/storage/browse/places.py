"""Places in a list, written into cursors and read out of them again. Cursors come from addresses: anything may stand there.

Whatever is none of ours is a ValueError before it reaches the database, which would take offence at it in its own way.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import TypeVar

from monitor.domain.browsing import Cursor, Page

_T = TypeVar("_T")

_LARGEST_INTEGER = 2**63 - 1
_LONGEST_NAME = 200


def behind(*values: dt.datetime | bytes | str | int) -> Cursor:
    """The place behind a row with these values, in the order by which the list is sorted."""
    return Cursor(after=tuple(map(_text, values)))


def page_of(found: Sequence[_T], limit: int, place: Callable[[_T], Cursor]) -> Page[_T]:
    """The page of a list that was asked for one row more than it shows: that one says whether there is a next page."""
    shown = tuple(found[:limit])
    return Page(rows=shown, next=place(shown[-1]) if len(found) > limit else None)


def moment(text: str) -> dt.datetime:
    """A moment of a cursor.

    Raises:
        ValueError: it is none, or one without a zone.
    """
    at = dt.datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone")
    try:
        return at.astimezone(dt.UTC)
    except OverflowError as error:
        raise ValueError(f"{text!r} lies outside of all times") from error


def number(text: str) -> int:
    """A whole number of a cursor that fits into a column. Raises ValueError where it is none."""
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(_LARGEST_INTEGER))):
        raise ValueError(f"{text[:_LONGEST_NAME]!r} is no whole number")
    found = int(text)
    if found > _LARGEST_INTEGER:
        raise ValueError(f"{text!r} is too large")
    return found


def name(text: str) -> str:
    """An id of a cursor. Raises ValueError where a column could hold no such text."""
    if not text.isprintable() or len(text) > _LONGEST_NAME:
        raise ValueError("an id of a cursor is printable, and short")
    return text


def _text(value: dt.datetime | bytes | str | int) -> str:
    match value:
        case dt.datetime():
            return value.astimezone(dt.UTC).isoformat()
        case bytes():
            return value.hex()
        case _:
            return str(value)
