"""What a cursor holds comes back as it was; whatever else stands in one is refused before the database sees it."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.storage.browse.places import behind, moment, name, number


@given(
    at=st.datetimes(timezones=st.just(dt.UTC)),
    count=st.integers(min_value=0, max_value=2**63 - 1),
    key=st.binary(min_size=16, max_size=16),
)
def test_given_values_of_a_row_when_written_and_read_then_they_are_the_same(
    at: dt.datetime, count: int, key: bytes
) -> None:
    written = behind(at, count, key, "story-1").after
    assert (moment(written[0]), number(written[1]), bytes.fromhex(written[2]), name(written[3])) == (
        at,
        count,
        key,
        "story-1",
    )


@given(text=st.text())
def test_given_any_text_when_read_then_it_is_a_value_or_a_value_error(text: str) -> None:
    for read in (moment, number, name):
        try:
            read(text)
        except ValueError:
            continue


@pytest.mark.parametrize("text", ["-1", "9223372036854775808", "1" * 5000, "١", "1.5", ""])
def test_given_what_no_column_holds_when_read_as_a_number_then_it_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no whole number|is too large"):
        number(text)


@pytest.mark.parametrize("text", ["a\0b", "\ud800", "a\nb", "x" * 201])
def test_given_what_no_column_holds_when_read_as_a_name_then_it_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="printable, and short"):
        name(text)


@pytest.mark.parametrize("text", ["2026-01-05T12:00:00", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"])
def test_given_a_moment_that_is_none_in_utc_when_read_then_it_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"no time zone|outside of all times"):
        moment(text)
