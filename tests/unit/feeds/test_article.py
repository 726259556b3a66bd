"""Pages of articles become their paragraphs; what is no article becomes nothing."""

import asyncio
import datetime as dt
import http.server
import threading
from collections.abc import Iterator
from typing import ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.domain.feeds import FetchFailed, FetchFailure
from monitor.feeds.article import fetch_article
from monitor.feeds.fetch import FetchLimits
from monitor.feeds.page_text import ArticlePage, article_text
from monitor.feeds.text import MAX_SUMMARY_CHARACTERS
from monitor.outbound.client import HttpClient
from monitor.outbound.policy import AddressPolicy

TITLE = "Fiji recalls its ambassador to Tonga"
PARAGRAPHS = [
    "Fiji has recalled its ambassador to Tonga over the fishing grounds at the reef, the ministry in Suva said on Monday.",
    "Tonga called the step regrettable and asked the Fijian envoy to explain it. “We are neighbours”, the señor said.",
    "The two have argued about the reef for decades, and crews of both sides have spent many nights in the other's cells.",
]
PAGE = f"""<!doctype html><html><head><title>{TITLE} | Reef Herald</title></head><body>
<nav><a href="/">Home</a> <a href="/world">World</a> <a href="/sport">Sport</a></nav>
<article><h1>{TITLE}</h1>{"".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)}</article>
<aside><h3>Read more</h3><ul><li><a href="/2">Samoa expels two diplomats</a></li></ul></aside>
<div class="comments"><p>Samoa should send them all home, says a reader.</p></div><footer>Reef Herald</footer>
</body></html>"""


def test_given_a_page_when_read_then_the_article_comes_without_its_title_and_surroundings() -> None:
    assert article_text(ArticlePage(content=PAGE.encode()), title=TITLE.upper()).split("\n") == PARAGRAPHS


def test_given_a_page_whose_server_names_its_encoding_when_read_then_its_letters_are_right() -> None:
    page = ArticlePage(content=PAGE.encode("utf-16-le"), charset="UTF-16LE")
    assert "the señor said" in article_text(page, title=TITLE)


@pytest.mark.parametrize(
    "content", [b"", b"\x89PNG\r\n", b"<p>x</p>", b"<html><body></body></html>", b"\x1f\x8b\x08" * 9]
)
def test_given_what_is_no_article_when_read_then_nothing_is_found(content: bytes) -> None:
    assert article_text(ArticlePage(content=content, charset="no-such-thing"), title=TITLE) == ""


def test_given_an_article_without_end_when_read_then_its_beginning_is_kept() -> None:
    page = PAGE.replace("</article>", f"<p>{'The crews went fishing once more. ' * 2000}</p></article>")
    text = article_text(ArticlePage(content=page.encode()), title=TITLE)
    assert text.startswith(PARAGRAPHS[0])
    assert len(text) <= MAX_SUMMARY_CHARACTERS


@given(st.binary(max_size=300) | st.text(alphabet="<>/apdiv&#;x \0\u202e", max_size=300).map(str.encode))
@settings(max_examples=30, deadline=None)
def test_given_any_page_when_read_then_its_text_is_plain(inside: bytes) -> None:
    page = PAGE.encode().replace(b"</article>", inside + b"</article>")
    text = article_text(ArticlePage(content=page), title=TITLE)
    assert not set(text) & set("\0\u202e\r\t")


class Site(http.server.BaseHTTPRequestHandler):
    seen: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.seen.append(self.headers["Accept"])
        status, kind, body = {
            "/article": (
                200,
                "text/html; charset=iso-8859-1",
                PAGE.replace("“", '"').replace("”", '"').encode("latin-1"),
            ),
            "/film": (200, "video/mp4", b"film"),
            "/long": (200, "text/html", b"x" * 5000),
        }.get(self.path, (404, "text/html", b"gone"))
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keeps the test's output clean."""


@pytest.fixture
def site() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def fetched(url: str, *allowed: str) -> ArticlePage | FetchFailed:
    async def ask() -> ArticlePage | FetchFailed:
        async with HttpClient(AddressPolicy.parse(allowed), "relation-monitor/test") as client:
            limits = FetchLimits(time_limit=dt.timedelta(seconds=5), max_bytes=4000)
            return await fetch_article(url, client, limits)

    return asyncio.run(ask())


def test_given_an_article_when_fetched_then_its_page_comes_with_the_servers_word_for_its_encoding(site: str) -> None:
    page = fetched(f"{site}/article", "127.0.0.0/8")
    assert isinstance(page, ArticlePage)
    assert "the señor said" in article_text(page, title=TITLE)
    assert Site.seen[-1].startswith("text/html")


@pytest.mark.parametrize(
    ("path", "reason"),
    [("/gone", FetchFailure.STATUS), ("/film", FetchFailure.PROTOCOL), ("/long", FetchFailure.TOO_LARGE)],
)
def test_given_no_article_when_fetched_then_it_is_said_why(site: str, path: str, reason: FetchFailure) -> None:
    page = fetched(f"{site}{path}", "127.0.0.0/8")
    assert isinstance(page, FetchFailed)
    assert page.reason is reason


def test_given_a_link_to_a_private_address_when_fetched_then_the_policy_of_feeds_refuses_it(site: str) -> None:
    page = fetched(f"{site}/article")
    assert isinstance(page, FetchFailed)
    assert page.reason is FetchFailure.REFUSED
