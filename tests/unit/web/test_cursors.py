"""A cursor comes back from an address as it was; what no list has made is refused."""

import contextlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.browsing import Cursor
from monitor.web.cursors import cursor_text, read_cursor

_TEXTS = st.text(st.characters(codec="utf-8"), max_size=40)


@given(after=st.lists(_TEXTS, max_size=3))
def test_given_any_cursor_when_written_into_an_address_then_it_comes_back(after: list[str]) -> None:
    written = cursor_text(Cursor(after=tuple(after)))
    assert re.fullmatch(r"[A-Za-z0-9_-]+", written)
    assert read_cursor(written) == Cursor(after=tuple(after))


@given(text=st.text())
def test_given_any_text_when_read_then_it_is_a_cursor_or_a_value_error(text: str) -> None:
    with contextlib.suppress(ValueError):
        assert isinstance(read_cursor(text), Cursor)


@pytest.mark.parametrize("text", ["", "%%%", "e30", "WzFd", "W" * 501, "/+8", "W1tbW1s"])
def test_given_what_no_list_has_made_when_read_then_it_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whatever was wrong with it
        read_cursor(text)
