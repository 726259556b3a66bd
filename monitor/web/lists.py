"""What the pages of stories share: the place in a list that an address names, and a page of rows from there."""

from starlette.requests import Request

from monitor.domain.browsing import Cursor
from monitor.web.cursors import cursor_text, read_cursor
from monitor.web.filters import BadQuery


def cursor_of(request: Request) -> Cursor | None:
    """The place in the list that an address names.

    Raises:
        BadQuery: no list has made it.
    """
    text = request.query_params.get("after", "")
    try:
        return read_cursor(text) if text else None
    except ValueError as error:
        raise BadQuery("errors.bad_cursor") from error


def with_cursor(link: str, after: Cursor | None) -> str | None:
    """The address at which a list goes on; None where it has ended."""
    if after is None:
        return None
    return f"{link}{'&' if '?' in link else '?'}after={cursor_text(after)}"
