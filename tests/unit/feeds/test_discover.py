import pytest
from hypothesis import given, strategies

from monitor.domain.feeds import CacheValidators, FeedBody, FeedOffer, FetchFailed
from monitor.feeds.discover import MAX_OFFERS, find_feeds
from monitor.feeds.parse import parse

URL = "https://gazette.example/world/"


def found(page: str | bytes, content_type: str | None = "text/html; charset=utf-8") -> list[str]:
    content = page.encode() if isinstance(page, str) else page
    return [offer.url for offer in find_feeds(content, content_type=content_type, url=URL)]


def test_a_page_when_it_names_its_feeds_then_they_are_offered_with_their_titles() -> None:
    page = """<!doctype html><html><head>
      <LINK REL='alternate' type="application/rss+xml" title="World &amp; region" href="/world.xml?a=1&amp;b=2">
      <link href=//cdn.gazette.example/atom rel="alternate feed" type=application/atom+xml>
      <link rel="alternate" hreflang="es" href="/es/"><link rel="stylesheet" href="/feed/style.css">
      <link rel="alternate" type="application/json+oembed" href="/wp-json/oembed?url=x"></head>
      <body><a href="/rss">RSS</a></body></html>"""
    offers = find_feeds(page.encode(), content_type="text/html", url=URL)
    assert offers == (
        FeedOffer(url="https://gazette.example/world.xml?a=1&b=2", title="World & region"),
        FeedOffer(url="https://cdn.gazette.example/atom"),
    )


def test_a_page_when_it_names_none_then_links_that_look_like_feeds_are_offered() -> None:
    page = '<a href="/about">About</a><a class=x href="../feeds/all.rss"><b>All</b> news</a><a href="/index.html">x</a>'
    (offer,) = find_feeds(page.encode(), content_type=None, url=URL)
    assert offer == FeedOffer(url="https://gazette.example/feeds/all.rss", title="All news")


def test_a_feed_of_comments_when_offered_then_it_comes_last() -> None:
    link = '<link rel="alternate" type="application/rss+xml" href="{}">'
    assert found(link.format("/comments/feed/") + link.format("/feed/")) == [
        "https://gazette.example/feed/",
        "https://gazette.example/comments/feed/",
    ]


@pytest.mark.parametrize(
    ("base", "href", "expected"),
    [
        ("https://elsewhere.example/a/", "f.xml", ["https://elsewhere.example/a/f.xml"]),
        ("", "feed:https://gazette.example/f.xml", ["https://gazette.example/f.xml"]),
        ("", "feed://gazette.example/f.xml", ["http://gazette.example/f.xml"]),
        ("", "javascript:alert(1)", []),
        ("", "https://[bad/f.xml", []),
        ("", "", []),
        ("javascript:x", "/f.xml", ["https://gazette.example/f.xml"]),
    ],
)
def test_an_address_when_seen_from_the_page_then_only_web_addresses_are_offered(
    base: str, href: str, expected: list[str]
) -> None:
    assert found(f'<base href="{base}"><link rel=alternate type=application/rss+xml href="{href}">') == expected


@pytest.mark.parametrize("charset", ["utf-8", "windows-1252", "x-klingon", "hex", "idna"])
def test_a_page_in_any_charset_when_read_then_its_feed_is_found(charset: str) -> None:
    page = f'<meta charset="{charset}"><link rel=alternate type=application/atom+xml href="/f" title="Añil">'
    assert found(page.encode("cp1252" if charset == "windows-1252" else "utf-8"), None) == ["https://gazette.example/f"]


def test_a_page_when_it_came_instead_of_a_feed_then_the_operator_is_told_of_the_feed_behind_it() -> None:
    page = b'<html><head><link rel="alternate" type="application/rss+xml" href="/world.xml"></head></html>'
    outcome = parse(FeedBody(url=URL, content=page, content_type="text/html", validators=CacheValidators()))
    assert isinstance(outcome, FetchFailed)
    assert outcome.offers == (FeedOffer(url="https://gazette.example/world.xml"),)
    assert (
        outcome.detail == "is not a feed but a web page; the page offers https://gazette.example/world.xml as its feed"
    )


PIECES = strategies.sampled_from(
    ["<link ", "<a ", "<base ", "rel=alternate ", "type=application/rss+xml ", 'href="', "href='", "/feed", ".xml", '"',
     "'", ">", "<!--", "-->", "&amp;", "\x00", "é", "[", "://", " ", "javascript:"]
)  # fmt: skip


@given(strategies.lists(PIECES, max_size=60).map("".join) | strategies.text(max_size=60))
def test_any_page_when_read_then_what_is_offered_are_few_web_addresses(page: str) -> None:
    offers = find_feeds(page.encode(), content_type="text/html", url=URL)
    assert len(offers) <= MAX_OFFERS
    assert all(offer.url.startswith(("http://", "https://")) for offer in offers)
    assert len({offer.url for offer in offers}) == len(offers)
