"""Ids of feeds are readable, free, and fit for a TOML file and a command line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.settings.ids import feed_id


@pytest.mark.parametrize(
    ("title", "url", "expected"),
    [
        ("El País: América", "https://x/", "el-pais-america"),
        (None, "https://www.Example.org/feed", "example-org"),
        ("日本", "https://jp.example/", "jp-example"),
        ("Taken", "https://x/", "taken-3"),
    ],
)
def test_title_or_address_when_made_an_id_is_readable(title: str | None, url: str, expected: str) -> None:
    assert feed_id(title, url, {"taken", "taken-2"}) == expected


@given(st.text(max_size=80), st.sets(st.from_regex(r"[a-z0-9][a-z0-9-]{0,10}", fullmatch=True), max_size=5))
def test_any_title_when_made_an_id_is_a_new_and_valid_one(title: str, taken: set[str]) -> None:
    chosen = feed_id(title, "https://example.org/", taken)
    assert chosen not in taken
    assert chosen.strip("-") == chosen
    assert set(chosen) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert 0 < len(chosen) <= 64
