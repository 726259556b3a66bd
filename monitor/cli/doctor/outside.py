"""What the doctor finds outside: whether names resolve, certificates are believed, hosts answer, and what time they have.

Asks the root of up to three hosts of configured feeds, with the daemon's own client and address policy. Nothing of what an
operator configured is sent along.
"""

import asyncio
import datetime as dt
from collections.abc import Iterator, Sequence
from email.utils import parsedate_to_datetime
from statistics import median
from typing import assert_never
from urllib.parse import urlsplit

from monitor.cli.doctor.diagnosis import Diagnosis, error, ok, warning
from monitor.cli.wiring import USER_AGENT, utc_now
from monitor.outbound.client import HttpAnswer, HttpClient, RequestFailed, RequestFailure, trusted_authorities
from monitor.outbound.policy import AddressPolicy
from monitor.settings.files import Loaded

_HOSTS = 3
_MAX_BYTES = 1_000_000
# News is judged by its age in days, leases by the database's clock; signatures of webhooks may be five minutes off.
_CLOCK_OFF = dt.timedelta(minutes=1)
_WHAT_TO_DO = {
    RequestFailure.TLS: "look at the clock, and at SSL_CERT_FILE; if only this host fails, its certificate is at fault",
    RequestFailure.UNREACHABLE: "look at the network, and at /etc/resolv.conf where the name is not found",
    RequestFailure.REFUSED: "if it is meant, name it in `outbound.allow_feeds`",
}


def outside(loaded: Loaded) -> Iterator[Diagnosis]:
    """The certificates that are believed, the hosts, and the clock."""
    authorities = trusted_authorities().cert_store_stats()["x509_ca"]
    if authorities:
        yield ok("certificates", f"{authorities} authorities are trusted")
    else:
        yield error("certificates", "no authority is trusted", "look at SSL_CERT_FILE and SSL_CERT_DIR")
    asked = asyncio.run(_ask(loaded, _roots(loaded)))
    skews: list[float] = []
    for root, answer, now in asked:
        host = urlsplit(root).netloc
        match answer:
            case HttpAnswer():
                skews += _skew(answer, now)
                yield ok("network", f"{host} answers")
            case RequestFailed():
                yield warning("network", f"{host} {answer.detail}", _WHAT_TO_DO.get(answer.reason, "try again later"))
            case _:
                assert_never(answer)
    if skews:
        yield _clock(median(skews))


def _roots(loaded: Loaded) -> Sequence[str]:
    """The roots of hosts to ask, those with certificates first."""
    parts = [urlsplit(feed.url) for feed in loaded.feeds if not feed.is_sample]
    roots = dict.fromkeys(
        f"{one.scheme}://{one.netloc.rpartition('@')[2]}/"
        for one in sorted(parts, key=lambda one: one.scheme != "https")
    )
    return tuple(roots)[:_HOSTS]


async def _ask(loaded: Loaded, roots: Sequence[str]) -> Sequence[tuple[str, HttpAnswer | RequestFailed, dt.datetime]]:
    policy = AddressPolicy.parse(loaded.settings.outbound.allow_feeds)
    async with HttpClient(policy, USER_AGENT) as client:

        async def ask(root: str) -> tuple[str, HttpAnswer | RequestFailed, dt.datetime]:
            limit = loaded.settings.poll.time_limit
            answer = await client.request("HEAD", root, time_limit=limit, max_bytes=_MAX_BYTES, max_redirects=0)
            return root, answer, utc_now()

        return await asyncio.gather(*map(ask, roots))


def _skew(answer: HttpAnswer, now: dt.datetime) -> list[float]:
    """By how many seconds this machine is ahead of the host; nothing where it says no time."""
    try:
        return [(now - parsedate_to_datetime(answer.headers["Date"])).total_seconds()]
    except (KeyError, ValueError, TypeError, OverflowError):
        return []


def _clock(skew: float) -> Diagnosis:
    if abs(skew) <= _CLOCK_OFF.total_seconds():
        return ok("clock", "this machine and the hosts of feeds agree")
    way = "ahead of" if skew > 0 else "behind"
    return warning("clock", f"this machine is {abs(skew):.0f} s {way} the hosts of feeds", "set it by NTP")
