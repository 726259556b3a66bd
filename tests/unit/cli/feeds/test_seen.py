"""What was seen of a feed is told in a few lines."""

import datetime as dt
from dataclasses import replace

import pytest

from monitor.cli.feeds.seen import feed_facts
from monitor.domain.feeds import CacheValidators, FeedBody, FeedEntry, FeedSource, ParsedFeed
from monitor.worker.scout import SeenFeed

URL = "https://wire.example/rss"
DATE = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)
ENTRY = FeedEntry(guid="1", link=None, title="A quiet day", summary="", published_at=None)
SEEN = SeenFeed(
    source=FeedSource(id="new", url=URL, title="Wire", poll_every=dt.timedelta(minutes=5)),
    body=FeedBody(url=URL, content=b"", content_type=None, validators=CacheValidators()),
    parsed=ParsedFeed(title="Wire", language=None, entries=(ENTRY,)),
)


@pytest.mark.parametrize(
    ("seen", "fact"),
    [
        (SEEN, "1 entry, none with a date"),
        (replace(SEEN, parsed=replace(SEEN.parsed, entries=())), "a feed, but it holds no entry now"),
        (
            replace(
                SEEN, parsed=replace(SEEN.parsed, entries=(replace(ENTRY, published_at=DATE), ENTRY), language="fj")
            ),
            "; its language is given as fj",
        ),
        (replace(SEEN, parsed=replace(SEEN.parsed, problems=("holds too much",))), "it holds too much"),
        (replace(SEEN, body=replace(SEEN.body, moved_to=URL)), f"has moved for good to {URL}"),
        (
            replace(SEEN, body=replace(SEEN.body, url="https://me:pw@cdn.example/rss")),
            "found at https://me:***@cdn.example/rss",
        ),
    ],
)
def test_given_what_was_seen_when_told_then_it_is_a_sentence(seen: SeenFeed, fact: str) -> None:
    assert any(fact in line for line in feed_facts(seen))


def test_given_a_login_in_the_address_when_nothing_was_redirected_then_no_redirect_is_told() -> None:
    seen = replace(SEEN, source=replace(SEEN.source, url="https://me:pw@wire.example/rss"))
    assert len(list(feed_facts(seen))) == 1
