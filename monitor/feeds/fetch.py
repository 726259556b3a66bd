"""One conditional request for one feed: a new body, the news that there is none, or why it could not be had.

Comes after pacing (which says when) and the host gate (whose turn it is), before parse. What a status means is decided
here; connections, redirects, compression and limits are the outbound client's work. An answer's validators are only
taken from a complete body with status 200, or from a 304.
"""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from hashlib import blake2b
from http import HTTPStatus
from typing import assert_never

from monitor.domain.feeds import (
    CacheValidators,
    FeedBody,
    FeedSource,
    FetchFailed,
    FetchFailure,
    FetchOutcome,
    NotModified,
)
from monitor.outbound.client import HttpAnswer, HttpClient, RequestFailed

_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json;q=0.9, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, */*;q=0.5"
)
_LONGEST_FRESH = dt.timedelta(days=1)
_LONGEST_RETRY_AFTER = dt.timedelta(days=1)
_LONGEST_VALIDATOR = 1000
"""Characters. A server that wants more remembered gets unconditional requests."""

_MAX_AGE = re.compile(r"(?:^|[,\s])max-age\s*=\s*\"?([0-9]{1,12})", re.IGNORECASE)
_NEVER_FRESH = re.compile(r"(?:^|[,\s])(?:no-cache|no-store)(?:$|[,\s=])", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchLimits:
    """How long, how much and how far one fetch may go. `time_limit` covers redirects and body; `max_bytes` is decoded."""

    time_limit: dt.timedelta = dt.timedelta(seconds=10)
    max_bytes: int = 10_000_000
    max_redirects: int = 5


def asks_for_all(feed_id: str, last_polled_at: dt.datetime | None, now: dt.datetime) -> bool:
    """Whether this poll is the day's one that asks for the whole feed, whatever it remembers.

    Some servers answer 304 for ever. Each feed has a time of day of its own, so that they don't all ask at midnight.
    """
    if last_polled_at is None:
        return False
    own_time = dt.timedelta(seconds=int.from_bytes(blake2b(feed_id.encode(), digest_size=4).digest()) % 86_400)
    return (last_polled_at - own_time).date() != (now - own_time).date()


async def fetch(
    source: FeedSource,
    validators: CacheValidators,
    client: HttpClient,
    limits: FetchLimits,
    *,
    now: dt.datetime,
    address: str | None = None,
) -> FetchOutcome:
    """Asks for a feed once, at its configured address or at the `address` that it moved to.

    What the operator configured to be sent, credentials included, goes to the configured origin alone. `now` serves to
    read dates in Retry-After and Expires where the server sends no Date.
    """
    asked = address or source.url
    headers = source.headers if _origin(asked) == _origin(source.url) else ()
    own = [(name, value.reveal()) for name, value in headers]
    answer = await client.request(
        "GET",
        asked,
        headers=[*_headers(validators), *own],
        time_limit=limits.time_limit,
        max_bytes=limits.max_bytes,
        max_redirects=limits.max_redirects,
    )
    match answer:
        case HttpAnswer():
            return _judge(answer, validators, now)
        case RequestFailed():
            return FetchFailed(reason=FetchFailure[answer.reason.name], detail=answer.detail, status=answer.status)
        case _:
            assert_never(answer)


def _origin(url: str) -> tuple[str, str]:
    scheme, _, rest = url.partition("://")
    return scheme.lower(), rest.partition("/")[0].rpartition("@")[2].lower()


def _headers(validators: CacheValidators) -> list[tuple[str, str]]:
    headers = [("Accept", _ACCEPT)]
    if validators.etag is not None:
        headers.append(("If-None-Match", validators.etag))
    if validators.last_modified is not None:
        headers.append(("If-Modified-Since", validators.last_modified))
    return headers


def _judge(answer: HttpAnswer, known: CacheValidators, now: dt.datetime) -> FetchOutcome:
    if answer.status == HTTPStatus.OK and answer.content:
        return _body(answer, known, now)
    if answer.status == HTTPStatus.NOT_MODIFIED and (known.etag is not None or known.last_modified is not None):
        return NotModified(
            validators=_refreshed(answer.headers, known),
            fresh_for=_fresh_for(answer.headers, now),
            moved_to=answer.permanent_url,
        )
    retry_after = None
    if answer.status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
        retry_after = _retry_after(answer.headers, now)
    if answer.status == HTTPStatus.OK:
        detail = "answered with nothing: the body is empty"
    elif answer.status == HTTPStatus.NOT_MODIFIED:
        detail = "answered 304 Not Modified, though it was asked for the whole feed"
    else:
        detail = f"answered {_named(answer.status)}"
    reason = FetchFailure.GONE if answer.status == HTTPStatus.GONE else FetchFailure.STATUS
    return FetchFailed(reason=reason, detail=detail, status=answer.status, retry_after=retry_after)


def _body(answer: HttpAnswer, known: CacheValidators, now: dt.datetime) -> FeedBody | NotModified:
    digest = blake2b(answer.content, digest_size=16).digest()
    validators = CacheValidators(
        etag=_validator(answer.headers, "ETag"),
        last_modified=_validator(answer.headers, "Last-Modified"),
        body_digest=digest,
    )
    fresh_for = _fresh_for(answer.headers, now)
    if digest == known.body_digest:
        return NotModified(validators=validators, fresh_for=fresh_for, moved_to=answer.permanent_url)
    return FeedBody(
        url=answer.url,
        content=answer.content,
        content_type=answer.headers.get("Content-Type"),
        validators=validators,
        fresh_for=fresh_for,
        moved_to=answer.permanent_url,
    )


def _refreshed(headers: Mapping[str, str], known: CacheValidators) -> CacheValidators:
    """RFC 9111, 4.3.4: a 304 brings the stored answer's headers up to date; what it leaves out stays."""
    return CacheValidators(
        etag=_validator(headers, "ETag") or known.etag,
        last_modified=_validator(headers, "Last-Modified") or known.last_modified,
        body_digest=known.body_digest,
    )


def _validator(headers: Mapping[str, str], name: str) -> str | None:
    """A validator that can be sent back as it came: short, and nothing in it but printable ASCII."""
    value = headers.get(name, "").strip()
    fit = value and len(value) <= _LONGEST_VALIDATOR and value.isascii() and value.isprintable()
    return value if fit else None


def _fresh_for(headers: Mapping[str, str], now: dt.datetime) -> dt.timedelta | None:
    """How long the server promises that nothing changes, at most a day; None where it promises nothing."""
    control = headers.get("Cache-Control", "")
    if _NEVER_FRESH.search(control):
        return None
    max_age = _MAX_AGE.search(control)
    expires = _date(headers.get("Expires"))
    if max_age is not None:
        promised = _seconds(max_age[1]) - _seconds(headers.get("Age", ""))
    elif expires is not None:
        promised = expires - (_date(headers.get("Date")) or now)
    else:
        return None
    return min(promised, _LONGEST_FRESH) if promised > dt.timedelta(0) else None


def _retry_after(headers: Mapping[str, str], now: dt.datetime) -> dt.timedelta | None:
    """RFC 9110, 10.2.3: seconds or a date. At most a day; None where it says nothing sensible."""
    value = headers.get("Retry-After", "").strip()
    until = _date(value)
    wait = _seconds(value) if until is None else until - (_date(headers.get("Date")) or now)
    return min(wait, _LONGEST_RETRY_AFTER) if wait > dt.timedelta(0) else None


def _seconds(digits: str) -> dt.timedelta:
    """A number of seconds as a header has it: 0 where it is none, at most some thirty years, so that no sum overflows."""
    digits = digits.strip()
    return dt.timedelta(seconds=int(digits[:9]) if digits.isascii() and digits.isdecimal() else 0)


def _date(value: str | None) -> dt.datetime | None:
    if not value:
        return None
    try:
        date = parsedate_to_datetime(value)
        return date.replace(tzinfo=date.tzinfo or dt.UTC).astimezone(dt.UTC)
    except (ValueError, OverflowError, TypeError):
        return None


def _named(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
