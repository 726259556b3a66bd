import datetime as dt
import gzip
from dataclasses import replace
from itertools import pairwise

import pytest

from monitor.domain.delivery import Secret
from monitor.domain.feeds import (
    CacheValidators,
    FeedBody,
    FeedSource,
    FetchFailed,
    FetchFailure,
    FetchOutcome,
    NotModified,
    ParsedFeed,
)
from monitor.domain.memory import FeedHabits
from monitor.feeds.fetch import FetchLimits, asks_for_all, fetch
from monitor.feeds.identity import identify
from monitor.feeds.parse import parse
from monitor.outbound.client import HttpClient
from monitor.outbound.policy import AddressPolicy
from tests.unit.outbound.http_server import Server, answer, moved

pytestmark = pytest.mark.anyio

NOW = dt.datetime(2026, 3, 3, 12, tzinfo=dt.UTC)
FEED = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>World</title>
<item><title>Ruritania recalls its envoy</title><guid>urn:1</guid></item></channel></rss>"""
MODIFIED = "Tue, 03 Mar 2026 11:00:00 GMT"
LIMITS = FetchLimits(time_limit=dt.timedelta(seconds=5), max_bytes=50_000)


def source(url: str) -> FeedSource:
    return FeedSource(id="world", url=url, title="World", poll_every=dt.timedelta(minutes=5))


async def fetched(server: Server, path: str, validators: CacheValidators | None = None) -> FetchOutcome:
    async with HttpClient(AddressPolicy.parse([server.place]), "relmon-test") as client:
        return await fetch(source(server.url(path)), validators or CacheValidators(), client, LIMITS, now=NOW)


async def body_of(server: Server, path: str) -> FeedBody:
    outcome = await fetched(server, path)
    assert isinstance(outcome, FeedBody), outcome
    return outcome


async def failure_of(server: Server, path: str, validators: CacheValidators | None = None) -> FetchFailed:
    outcome = await fetched(server, path, validators)
    assert isinstance(outcome, FetchFailed), outcome
    return outcome


async def test_a_feed_when_fetched_and_parsed_then_its_items_are_there() -> None:
    page = answer(gzip.compress(FEED), Content_Encoding="gzip", Content_Type="application/rss+xml")
    async with Server({"/feed": page}) as server:
        body = await body_of(server, "/feed")
        assert body.url == server.url("/feed")
    parsed = parse(body)
    assert isinstance(parsed, ParsedFeed)
    (sighting,) = identify(source(body.url), parsed, FeedHabits(), NOW).sightings
    item = sighting.item
    assert (item.title, body.content_type, body.moved_to) == (
        "Ruritania recalls its envoy",
        "application/rss+xml",
        None,
    )
    assert "application/atom+xml" in server.seen[0].headers["accept"]


async def test_validators_when_a_feed_is_asked_for_again_then_they_are_sent_and_a_304_renews_them() -> None:
    async with Server({"/feed": answer(FEED, ETag='W/"1"', Last_Modified=MODIFIED)}) as server:
        first = (await body_of(server, "/feed")).validators
        server.routes["/feed"] = b'HTTP/1.1 304 Not Modified\r\nETag: "2"\r\nConnection: close\r\n\r\n'
        second = await fetched(server, "/feed", first)
    assert (first.etag, first.last_modified) == ('W/"1"', MODIFIED)
    assert server.seen[1].headers["if-none-match"] == 'W/"1"'
    assert server.seen[1].headers["if-modified-since"] == MODIFIED
    assert second == NotModified(
        validators=CacheValidators(etag='"2"', last_modified=MODIFIED, body_digest=first.body_digest)
    )


async def test_the_same_body_when_its_validators_change_at_each_poll_then_nothing_is_new() -> None:
    async with Server({"/feed": answer(FEED, ETag='"1"')}) as server:
        first = (await body_of(server, "/feed")).validators
        server.routes["/feed"] = answer(FEED, ETag='"2"')
        second = await fetched(server, "/feed", first)
    assert second == NotModified(validators=CacheValidators(etag='"2"', body_digest=first.body_digest))


@pytest.mark.parametrize("etag", ['"' + "x" * 8000 + '"', '"é"'])
async def test_a_validator_that_can_not_be_sent_back_when_met_then_it_is_not_kept(etag: str) -> None:
    async with Server({"/feed": answer(FEED, ETag=etag)}) as server:
        assert (await body_of(server, "/feed")).validators.etag is None


async def test_a_broken_body_when_fetched_then_its_validators_are_not_kept() -> None:
    short = answer(FEED, ETag='"1"', Content_Length=str(len(FEED) + 10))
    async with Server({"/feed": short}) as server:
        failure = await failure_of(server, "/feed")
    assert (failure.reason, failure.status) == (FetchFailure.PROTOCOL, 200)


@pytest.mark.parametrize(
    ("status", "detail"),
    [
        ("404 Nope", "answered 404 Not Found"),
        ("410 Gone", "answered 410 Gone"),
        ("204 No Content", "answered 204 No Content"),
        ("999 Odd", "answered 999"),
        ("304 Not Modified", "answered 304 Not Modified, though it was asked for the whole feed"),
        ("200 OK", "answered with nothing: the body is empty"),
    ],
)
async def test_a_status_that_brings_no_feed_when_met_then_it_is_a_failure_with_a_plain_sentence(
    status: str, detail: str
) -> None:
    async with Server({"/feed": answer(b"", status, Retry_After="60")}) as server:
        failure = await failure_of(server, "/feed")
    reason = FetchFailure.GONE if status == "410 Gone" else FetchFailure.STATUS
    assert failure == FetchFailed(reason=reason, detail=detail, status=int(status[:3]))


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"Retry_After": "120"}, dt.timedelta(seconds=120)),
        ({"Retry_After": "Tue, 03 Mar 2026 12:01:30 GMT"}, dt.timedelta(seconds=90)),
        ({"Retry_After": MODIFIED, "Date": "Tue, 03 Mar 2026 10:59:00 GMT"}, dt.timedelta(seconds=60)),
        ({"Retry_After": "99999999999999999999"}, dt.timedelta(days=1)),
        ({"Retry_After": "Tue, 03 Mar 2099 12:00:00 GMT"}, dt.timedelta(days=1)),
        ({"Retry_After": "soon, -1"}, None),
        ({"Retry_After": "0"}, None),
        ({"Retry_After": "Thu, 01 Jan 1970 00:00:00 GMT"}, None),
        ({}, None),
    ],
)
@pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Service Unavailable"])
async def test_a_server_that_asks_for_patience_when_met_then_its_wish_is_kept_up_to_a_day(
    headers: dict[str, str], wait: dt.timedelta | None, status: str
) -> None:
    async with Server({"/feed": answer(b"busy", status, **headers)}) as server:
        assert (await failure_of(server, "/feed")).retry_after == wait


@pytest.mark.parametrize(
    ("headers", "fresh_for"),
    [
        ({"Cache_Control": "public, max-age=600"}, dt.timedelta(minutes=10)),
        ({"Cache_Control": "max-age=600", "Age": "500"}, dt.timedelta(seconds=100)),
        ({"Cache_Control": "max-age=600", "Age": "900"}, None),
        ({"Cache_Control": "no-cache, max-age=600"}, None),
        ({"Cache_Control": "no-store"}, None),
        ({"Cache_Control": "s-maxage=600"}, None),
        ({"Cache_Control": "max-age=99999999999999"}, dt.timedelta(days=1)),
        ({"Expires": "Tue, 03 Mar 2026 12:30:00 GMT"}, dt.timedelta(minutes=30)),
        (
            {"Expires": "Tue, 03 Mar 2026 12:30:00 GMT", "Date": "Tue, 03 Mar 2026 12:29:00 GMT"},
            dt.timedelta(minutes=1),
        ),
        ({"Expires": "0"}, None),
        ({"Expires": MODIFIED}, None),
        ({}, None),
    ],
)
async def test_cache_headers_when_read_then_they_say_how_long_a_feed_stays_fresh(
    headers: dict[str, str], fresh_for: dt.timedelta | None
) -> None:
    async with Server({"/feed": answer(FEED, **headers)}) as server:
        assert (await body_of(server, "/feed")).fresh_for == fresh_for


async def test_a_feed_that_moved_for_good_when_fetched_then_the_new_address_is_proposed() -> None:
    async with Server({"/old": moved("/new", "301 Moved Permanently"), "/new": answer(FEED)}) as server:
        body = await body_of(server, "/old")
        assert body.moved_to == body.url == server.url("/new")


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        (moved("http://127.0.0.1:9/"), FetchFailure.REFUSED),
        (moved("/feed"), FetchFailure.REDIRECTS),
        (answer(b"x" * 60_000), FetchFailure.TOO_LARGE),
        (b"SSH-2.0-OpenSSH\r\n", FetchFailure.PROTOCOL),
    ],
)
async def test_a_request_that_fails_when_fetching_then_its_reason_is_kept(page: bytes, reason: FetchFailure) -> None:
    async with Server({"/feed": page}) as server:
        assert (await failure_of(server, "/feed")).reason is reason


async def test_the_sample_newswire_when_fetched_by_mistake_then_it_is_refused_not_raised() -> None:
    async with HttpClient(AddressPolicy(), "relmon-test") as client:
        outcome = await fetch(source("sample:starter"), CacheValidators(), client, LIMITS, now=NOW)
    assert isinstance(outcome, FetchFailed)
    assert outcome.reason is FetchFailure.REFUSED


async def test_a_login_when_a_feed_has_one_then_it_goes_to_its_own_origin_alone() -> None:
    async with (
        Server({"/feed": answer(b"<rss/>")}) as own,
        Server({"/feed": answer(b"<rss/>")}) as other,
        HttpClient(AddressPolicy.parse([own.place, other.place]), "relmon-test") as client,
    ):
        own.routes["/away"] = moved(other.url("/feed"))
        feed = replace(source(own.url("/feed")), headers=(("X-Key", Secret("env:KEY", "canary")),))
        for address in (own.url("/feed"), own.url("/away"), other.url("/feed")):
            await fetch(feed, CacheValidators(), client, LIMITS, now=NOW, address=address)
    assert [seen.headers.get("x-key") for seen in own.seen] == ["canary", "canary"]
    assert [seen.headers.get("x-key") for seen in other.seen] == [None, None]


async def test_a_day_when_it_has_passed_then_the_whole_feed_is_asked_for_once() -> None:
    moments = [NOW + dt.timedelta(minutes=5 * number) for number in range(3 * 288)]
    whole = [later for earlier, later in pairwise(moments) if asks_for_all("gazette", earlier, later)]
    assert len(whole) == 3
    assert {later - earlier for earlier, later in pairwise(whole)} == {dt.timedelta(days=1)}
    assert not asks_for_all("gazette", None, NOW)
