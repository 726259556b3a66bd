"""Feeds of stories, as readers of feeds take them: by feedparser, and by our own reader of JSON Feed."""

import io
import json
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.storage import stories
from monitor.web.access import Access
from monitor.web.feed_documents import ATOM, JSON_FEED, Entry, FeedOfStories
from monitor.web.site import Site
from tests.unit.web.api.pacific import HOUR, pacific, the_stories
from tests.unit.web.exhibits import NOW, Visitor, visiting


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with pacific(tmp_path_factory.mktemp("pacific")) as made:
        yield made


@pytest.fixture(scope="module")
def visitor(site: Site) -> Iterator[Visitor]:
    with visiting(lambda: site) as asking:
        yield asking


def atom(visitor: Visitor, query: str = "", **headers: str) -> Any:
    answer = visitor.get(f"/stories.atom?{query}", **headers)
    assert answer.headers["Content-Type"] == "application/atom+xml"
    read = feedparser.parse(io.BytesIO(answer.text.encode()), response_headers={"content-type": "application/atom+xml"})
    assert not read.bozo
    assert read.version == "atom10"
    return read


def items(visitor: Visitor, query: str = "") -> Any:
    answer = visitor.get(f"/stories.json?{query}")
    assert answer.headers["Content-Type"] == "application/feed+json"
    return json.loads(answer.text)


def test_given_stories_when_subscribed_to_then_each_is_an_entry_with_its_sentence_page_and_times(
    visitor: Visitor,
) -> None:
    read = atom(visitor, "between=FJI,TON")
    assert read.feed.title == "Relation Monitor: Fiji – Tonga"
    assert read.feed.language == "en"
    links = {link.rel: link.href for link in read.feed.links}
    assert links["self"] == "https://relmon.example/stories.atom?between=FJI,TON"
    assert links["alternate"] == "https://relmon.example/?between=FJI,TON"
    first = read.entries[0]
    assert first.title == "Fiji recalled an envoy from Tonga"
    assert first.link == "https://relmon.example/stories/story-0"
    assert first.id.startswith("urn:uuid:")
    assert time.strftime("%Y-%m-%d %H:%M", first.published_parsed) == "2026-03-14 11:00"
    assert time.strftime("%Y-%m-%d %H:%M", first.updated_parsed) == "2026-03-14 12:00"
    assert {tag.term for tag in first.tags} >= {"major", "FJI", "TON"}
    assert first.content[0].type == "text/plain"
    assert "First reported as: Islands in the news, part 0 <b>&amp;</b>" in first.content[0].value


def test_given_both_formats_when_compared_then_they_say_the_same(visitor: Visitor) -> None:
    read, made = atom(visitor, "severity=notable&lang=es"), items(visitor, "severity=notable&lang=es")
    assert made["version"] == "https://jsonfeed.org/version/1.1"
    assert made["feed_url"] == "https://relmon.example/stories.json?severity=notable&lang=es"
    assert made["language"] == read.feed.language == "es"
    assert [(one["id"], one["title"], one["url"]) for one in made["items"]] == [
        (one.id, one.title, one.link) for one in read.entries
    ]
    assert all(one["content_text"] and one["date_modified"] >= one["date_published"] for one in made["items"])


def test_given_a_story_that_was_taken_back_when_read_again_then_the_same_entry_says_so(visitor: Visitor) -> None:
    gone = the_stories()[-1]
    entry = next(one for one in atom(visitor).entries if one.link.endswith(gone.id))
    assert entry.title.startswith("Corrected: “")
    assert entry.title.endswith("is taken back")
    assert time.strftime("%H:%M", entry.updated_parsed) == "11:00"


def test_given_a_story_that_changes_when_read_again_then_its_id_stays_and_its_time_moves(
    visitor: Visitor, site: Site
) -> None:
    before = atom(visitor, "between=FJI,WSM").entries[0]
    known = the_stories()[2]
    with site.database.write() as connection:
        stories.save_stories(connection, [replace(known, put_right_at=NOW + HOUR, object="the ferry")])
    after = atom(visitor, "between=FJI,WSM").entries[0]
    with site.database.write() as connection:
        stories.save_stories(connection, [known])
    assert after.id == before.id
    assert after.title.startswith("Corrected: ")
    assert after.updated_parsed > before.updated_parsed


def test_given_sample_news_when_subscribed_to_then_it_is_marked(visitor: Visitor, site: Site) -> None:
    known = the_stories()[2]
    with site.database.write() as connection:
        stories.save_stories(connection, [replace(known, sample=True)])
    titles = [one.title for one in atom(visitor, "between=FJI,WSM").entries]
    with site.database.write() as connection:
        stories.save_stories(connection, [known])
    assert [title.startswith("Sample: ") for title in titles] == [True]


def test_given_nothing_that_fits_when_subscribed_to_then_the_feed_is_empty_and_stays_the_same(visitor: Visitor) -> None:
    assert atom(visitor, "between=NRU").entries == []
    assert items(visitor, "between=NRU")["items"] == []


@pytest.mark.parametrize("path", ["/stories.atom", "/stories.json"])
def test_given_a_feed_that_is_known_when_asked_again_then_it_is_a_304(visitor: Visitor, path: str) -> None:
    tag = visitor.get(path).headers["ETag"]
    again = visitor.get(path, if_none_match=tag)
    assert (again.status, again.text) == (304, "")


@pytest.mark.parametrize("path", ["/stories.atom", "/stories.json"])
def test_given_a_token_when_a_reader_asks_then_it_is_let_in_by_basic_and_told_so_without(site: Site, path: str) -> None:
    with visiting(lambda: site, access=Access(token="tide")) as visitor:
        refused = visitor.get(path)
        assert refused.status == 401
        assert refused.headers["WWW-Authenticate"].startswith("Basic ")
        assert "Fiji" not in refused.text
        assert visitor.get(path, authorization="Basic cmVhZGVyOnRpZGU=").status == 200
        assert visitor.get(f"{path}?token=tide").status == 401


def test_given_no_public_address_when_subscribed_to_then_links_go_where_was_asked(site: Site) -> None:
    with visiting(lambda: replace(site, public_url="")) as visitor:
        assert items(visitor)["home_page_url"] == f"http://127.0.0.1:{visitor.port}/"


@given(title=st.text(), text=st.text())
def test_given_any_text_when_written_then_both_documents_can_be_read_again(title: str, text: str) -> None:
    entry = Entry(
        id="urn:uuid:1",
        link="https://relmon.example/",
        title=title,
        text=text,
        published_at=NOW,
        updated_at=NOW,
        tags=("a",),
    )
    feed = FeedOfStories(
        id="urn:uuid:0",
        title=title,
        language="en",
        self_link="https://x.example",
        page_link="https://x.example",
        entries=(entry,),
    )
    read = feedparser.parse(io.BytesIO(ATOM.write(feed)), response_headers={"content-type": "application/atom+xml"})
    assert not read.bozo
    assert len(read.entries) == 1
    assert json.loads(JSON_FEED.write(feed))["items"][0]["url"] == "https://relmon.example/"
