"""Lists of feeds are read whatever encoding they are in: OPML, or one address a line."""

import codecs

import pytest
from hypothesis import given, strategies

from monitor.feeds.addresses import MAX_LIST_BYTES, read_addresses, read_list
from monitor.feeds.found import FoundFeed, FoundFeeds

OPML = (
    '<?xml version="1.0" encoding="{}"?>\n<opml><body><outline text="Señal" xmlUrl="https://a.example/"/></body></opml>'
)


def test_a_list_of_lines_when_read_then_comments_and_repeats_are_left_out() -> None:
    found = read_addresses(
        "# mine\r\n\r\nhttps://a.example/feed#part  # the first\n"
        "feed:https://b.example/\nhttps://a.example/feed#part\nnot an address\n"
        "ftp://user:hunter2@c.example/\nhttps://user:hunter2@d.example/feed\n"
    )
    assert [feed.url for feed in found.feeds] == [
        "https://a.example/feed#part",
        "https://b.example/",
        "https://user:hunter2@d.example/feed",
    ]
    assert [problem[:7] for problem in found.problems] == ["line 6:", "line 7:"]
    assert "hunter2" not in str(found.problems)


@pytest.mark.parametrize(
    ("declared", "encoding", "mark"),
    [
        ("utf-8", "utf-8", b""),
        ("utf-8", "utf-8", codecs.BOM_UTF8),
        ("ISO-8859-1", "latin-1", b""),
        ("windows-1252", "cp1252", b""),
        ("utf-16", "utf-16", b""),
        ("utf-16", "utf-16-be", b""),
        ("utf-8", "cp1252", b""),
        ("no-such-thing", "utf-8", b""),
        ("unicode_escape", "utf-8", b""),
        ("rot13", "utf-8", b""),
    ],
)
def test_given_an_encoding_when_a_list_is_read_then_its_titles_are_right(
    declared: str, encoding: str, mark: bytes
) -> None:
    found = read_list(mark + OPML.format(declared).encode(encoding))
    assert found == FoundFeeds(feeds=(FoundFeed(url="https://a.example/", title="Señal"),))


def test_given_a_list_beyond_all_measure_when_read_then_it_is_refused_in_a_sentence() -> None:
    assert read_list(b"\n" * (MAX_LIST_BYTES + 1)).problems == ("is larger than 10 MB, so no list of feeds",)


def test_given_a_picture_when_read_as_a_list_then_this_is_said() -> None:
    found = read_list(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")
    assert found == FoundFeeds(feeds=(), problems=("is no text; it must be OPML, or have one address a line",))


@given(strategies.text() | strategies.text(alphabet='<opml>outline xmlUrl="/&').map(lambda text: f"<{text}"))
def test_any_text_when_read_then_every_address_is_of_the_web(text: str) -> None:
    assert all(feed.url.startswith(("http", "HTTP", "Http")) for feed in read_addresses(text).feeds)


@given(strategies.binary() | strategies.binary().map(lambda rest: b'<?xml encoding="' + rest))
def test_any_bytes_when_read_then_nothing_is_raised(content: bytes) -> None:
    assert isinstance(read_list(content), FoundFeeds)
