import datetime as dt
import json

import pytest
from hypothesis import given, strategies

from monitor.domain.feeds import CacheValidators, FeedBody, FeedEntry, ParsedFeed
from monitor.feeds.entries import MAX_ENTRIES
from monitor.feeds.parse import parse

VERSION = "https://jsonfeed.org/version/1.1"


def parsed(document: object, encoding: str = "utf-8") -> ParsedFeed:
    content = json.dumps(document, ensure_ascii=False).encode(encoding, "surrogatepass")
    found = parse(
        FeedBody(
            url="https://desk.example/feed.json",
            content=content,
            content_type="application/feed+json",
            validators=CacheValidators(),
        )
    )
    assert isinstance(found, ParsedFeed), found
    return found


def items(*items: object) -> dict[str, object]:
    return {"version": VERSION, "title": "Desk", "items": list(items)}


def test_a_json_feed_when_parsed_then_every_field_is_plain() -> None:
    item = {
        "id": "urn:1",
        "url": "https://desk.example/1",
        "title": "Tonga &amp; Fiji talk",
        "content_html": "<p>The <b>talks</b> began.</p>",
        "date_published": "2026-03-03T08:30:00+01:00",
        "language": "en-NZ",
    }
    feed = parsed({**items(item), "language": "es-VE"}, encoding="utf-8-sig")
    assert (feed.title, feed.language, feed.problems) == ("Desk", "es", ())
    assert feed.entries == (
        FeedEntry(
            guid="urn:1",
            link="https://desk.example/1",
            title="Tonga & Fiji talk",
            summary="The talks began.",
            published_at=dt.datetime(2026, 3, 3, 7, 30, tzinfo=dt.UTC),
            language="en",
        ),
    )


def test_what_is_missing_or_of_the_wrong_kind_when_parsed_then_the_rest_is_read() -> None:
    feed = parsed(
        items(
            {"id": 7, "external_url": "https://wire.example/7", "date_modified": "2026-03-03T08:30:00", "title": None},
            {"id": True, "content_text": "Only words.", "date_published": "soon", "summary": ["x"]},
            {"id": "nothing else"},
            "no item",
        )
    )
    linked, worded = feed.entries
    assert (linked.guid, linked.title) == ("7", "https://wire.example/7")
    assert linked.published_at == dt.datetime(2026, 3, 3, 8, 30, tzinfo=dt.UTC)
    assert (worded.guid, worded.title, worded.published_at) == (None, "Only words.", None)
    assert feed.problems == ("has entries without title, text and link; left out: 1",)


def test_a_json_feed_without_items_when_parsed_then_it_is_a_feed() -> None:
    assert parsed({"version": VERSION, "items": None}).entries == ()


def test_too_many_items_when_parsed_then_the_first_are_read_and_the_rest_is_mentioned() -> None:
    feed = parsed(items(*({"id": str(number), "title": f"n{number}"} for number in range(MAX_ENTRIES + 1))))
    assert (len(feed.entries), feed.entries[-1].title) == (MAX_ENTRIES, f"n{MAX_ENTRIES - 1}")
    assert feed.problems == ("holds more than 5,000 entries; the rest is left out",)


@pytest.mark.parametrize("date", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "1970-01-01T00:00:00Z"])
def test_a_nonsense_date_when_parsed_then_there_is_none(date: str) -> None:
    assert parsed(items({"title": "x", "date_published": date})).entries[0].published_at is None


JSON = strategies.recursive(
    strategies.none() | strategies.booleans() | strategies.integers() | strategies.text(max_size=20),
    lambda inner: (
        strategies.lists(inner, max_size=3)
        | strategies.dictionaries(
            strategies.sampled_from(["id", "url", "title", "summary", "content_html", "date_published", "language"]),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@given(strategies.lists(JSON, max_size=4))
def test_any_items_when_parsed_then_each_entry_says_something(found: list[object]) -> None:
    feed = parsed(items(*found))
    assert len(feed.entries) <= len(found)
    assert all(entry.title or entry.link for entry in feed.entries)
