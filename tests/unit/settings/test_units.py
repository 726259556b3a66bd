"""Durations and sizes are read as they are written, and nothing else is."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.settings.units import format_duration, format_size, parse_duration, parse_size


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("30s", 30), ("5m", 300), ("2h", 7_200), ("1d", 86_400), ("1h30m", 5_400), ("0s", 0), ("1m500ms", 60.5)],
)
def test_duration_as_written_when_parsed_has_its_seconds(text: str, seconds: float) -> None:
    assert parse_duration(text) == dt.timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "5", "m", "5 m", "30m1h", "-5m", "1.5h", "5min", "9999999d", 300, None, True])
def test_no_duration_when_parsed_is_refused_with_an_example(text: object) -> None:
    with pytest.raises(ValueError, match="write it like"):
        parse_duration(text)


@given(st.timedeltas(min_value=dt.timedelta(0), max_value=dt.timedelta(days=900_000)))
def test_any_duration_when_written_and_read_is_the_same_to_the_millisecond(duration: dt.timedelta) -> None:
    to_the_millisecond = duration - dt.timedelta(microseconds=duration.microseconds % 1000)
    assert parse_duration(format_duration(duration)) == to_the_millisecond


@pytest.mark.parametrize(
    ("text", "size"), [("10MB", 10_000_000), ("500kB", 500_000), ("1 gb", 1_000_000_000), ("7B", 7)]
)
def test_size_as_written_when_parsed_has_its_bytes(text: str, size: int) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "10", "MB", "10 MiB", "-1MB", "1.5MB", 10])
def test_no_size_when_parsed_is_refused_with_an_example(text: object) -> None:
    with pytest.raises(ValueError, match="write it like"):
        parse_size(text)


@given(st.integers(min_value=0, max_value=10**9))
def test_any_size_when_written_and_read_is_the_same(size: int) -> None:
    assert parse_size(format_size(size)) == size
