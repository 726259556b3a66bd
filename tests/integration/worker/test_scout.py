"""The scout finds feeds at addresses and behind pages, and says why there is none."""

import datetime as dt
from collections.abc import Awaitable, Callable

import pytest

from monitor.domain.delivery import Secret
from monitor.domain.feeds import FeedSource, FetchFailed, FetchFailure
from monitor.feeds.fetch import FetchLimits
from monitor.feeds.hosts import HostGate
from monitor.worker.scout import WELL_KNOWN, Scout, SeenFeed
from tests.integration.worker.conftest import Newsroom, Staff, utc_now

PAGE = """<html><head>
<link rel="alternate" type="application/rss+xml" title="All" href="/all.xml">
<link rel="alternate" type="application/rss+xml" title="Gone" href="/broken.xml">
<link rel="alternate" type="application/rss+xml" title="Comments" href="/comments.xml">
</head><body>A page.</body></html>"""

Asked = Callable[[Scout, FeedSource], Awaitable[SeenFeed | FetchFailed]]


def ask(newsroom: Newsroom, path: str, asked: Asked = Scout.find) -> SeenFeed | FetchFailed:
    answers: list[SeenFeed | FetchFailed] = []

    async def scenario(staff: Staff) -> None:
        scout = Scout(
            client=staff.client,
            jobs=newsroom.jobs,
            gate=HostGate(dt.timedelta(0), 4),
            limits=FetchLimits(time_limit=dt.timedelta(seconds=5)),
            clock=utc_now,
        )
        answers.append(await asked(scout, newsroom.source(path)))

    newsroom.play(scenario)
    return answers[0]


def test_given_a_feed_when_looked_at_then_what_it_holds_is_seen(newsroom: Newsroom) -> None:
    newsroom.publisher.publish("A quiet day at the museum", path="/wire")
    seen = ask(newsroom, "/wire", Scout.look)
    assert isinstance(seen, SeenFeed)
    assert (seen.source.url, seen.page, seen.parsed.title) == (newsroom.publisher.url("/wire"), None, "Wire /wire")


def test_given_a_page_when_its_feed_is_looked_for_then_the_first_that_works_is_found_and_others_are_named(
    newsroom: Newsroom,
) -> None:
    newsroom.publisher.pages["/"] = PAGE.replace("/all.xml", "/none.xml").encode
    newsroom.publisher.documents["/none.xml"] = None
    newsroom.publisher.publish("A quiet day at the museum", path="/broken.xml")
    seen = ask(newsroom, "/")
    assert isinstance(seen, SeenFeed)
    assert (seen.source.url, seen.page) == (newsroom.publisher.url("/broken.xml"), newsroom.publisher.url("/"))
    assert [offer.title for offer in seen.others] == ["All", "Comments"]


def test_given_a_page_that_names_no_feed_when_looked_for_then_the_usual_places_are_tried_in_turn(
    newsroom: Newsroom,
) -> None:
    newsroom.publisher.pages["/news"] = b"<html><body>Nothing here.</body></html>".strip
    newsroom.publisher.publish("A quiet day at the museum", path="/rss.xml")
    seen = ask(newsroom, "/news")
    assert isinstance(seen, SeenFeed)
    assert seen.source.url == newsroom.publisher.url("/rss.xml")
    assert [path for path, _ in newsroom.publisher.requests] == ["/news", "/feed/", "/rss", "/rss.xml"]


def test_given_a_site_without_any_feed_when_looked_for_then_it_is_said_where(newsroom: Newsroom) -> None:
    newsroom.publisher.pages["/news"] = b"<html><body>Nothing here.</body></html>".strip
    failed = ask(newsroom, "/news")
    assert isinstance(failed, FetchFailed)
    assert failed.reason is FetchFailure.NOT_A_FEED
    assert all(place in failed.detail for place in WELL_KNOWN)


def test_given_an_address_that_does_not_answer_when_looked_for_then_nothing_else_is_asked(newsroom: Newsroom) -> None:
    newsroom.publisher.documents["/wire"] = None
    failed = ask(newsroom, "/wire")
    assert isinstance(failed, FetchFailed)
    assert failed.status == 503
    assert len(newsroom.publisher.requests) == 1


@pytest.mark.parametrize(("status", "polled_at"), [(301, "/new"), (302, "/old")])
def test_given_a_redirect_when_looked_at_then_a_permanent_one_gives_the_address_to_poll(
    newsroom: Newsroom, status: int, polled_at: str
) -> None:
    newsroom.publisher.refusals["/old"] = (status, "/new")
    newsroom.publisher.publish("A quiet day at the museum", path="/new")
    seen = ask(newsroom, "/old", Scout.look)
    assert isinstance(seen, SeenFeed)
    assert seen.source.url == newsroom.publisher.url(polled_at)


def test_given_secret_headers_when_a_page_offers_a_feed_then_the_offer_does_not_get_them(newsroom: Newsroom) -> None:
    newsroom.publisher.pages["/"] = PAGE.encode
    newsroom.publisher.publish("A quiet day at the museum", path="/all.xml")

    def find(scout: Scout, source: FeedSource) -> Awaitable[SeenFeed | FetchFailed]:
        return scout.find(
            FeedSource(
                id="x",
                url=source.url,
                title="x",
                poll_every=dt.timedelta(1),
                headers=(("X-Key", Secret("env:KEY", "1")),),
            )
        )

    seen = ask(newsroom, "/", find)
    assert isinstance(seen, SeenFeed)
    assert seen.source.headers == ()
