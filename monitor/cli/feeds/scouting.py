"""A scout for the commands that look at feeds: the settings' limits and exceptions, and a child that parses."""

import datetime as dt
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import click

from monitor.cli.wiring import USER_AGENT, utc_now
from monitor.domain.feeds import FeedSource
from monitor.feeds.fetch import FetchLimits
from monitor.feeds.hosts import HostGate
from monitor.outbound.client import HttpClient
from monitor.outbound.policy import AddressPolicy, problems
from monitor.settings.feeds import feed_address
from monitor.settings.files import Loaded
from monitor.worker.calls import ClassifierSource
from monitor.worker.jobs import Jobs
from monitor.worker.scout import Scout

# What a person types for short: a host with a dot, or localhost, or with a port; then perhaps a path.
_WITHOUT_SCHEME = re.compile(r"(?:[\w-]+(?:\.[\w-]+)+|localhost|[\w-]+(?=:\d))(?::\d{1,5})?(?:[/?]\S*)?")


def _judged(_context: click.Context, parameter: click.Parameter, allow: tuple[str, ...]) -> tuple[str, ...]:
    if wrong := problems(allow):
        raise click.BadParameter(" ".join(wrong), param=parameter)
    return allow


allow_option = click.option(
    "--allow",
    metavar="CIDR|HOST:PORT",
    multiple=True,
    callback=_judged,
    help="Feeds may be fetched there, too, though the address is not public. Can be repeated.",
)


@asynccontextmanager
async def scouting(loaded: Loaded, allow: Sequence[str]) -> AsyncIterator[Scout]:
    """A scout; its child ends with the block."""
    poll = loaded.settings.poll
    # The child only parses: without patterns it is ready at once.
    nothing = ClassifierSource(taxonomy=loaded.taxonomy, languages=(), patterns=(), actors=())
    jobs = Jobs(nothing, children=1, parse_limit=poll.parse_limit)
    try:
        policy = AddressPolicy.parse((*loaded.settings.outbound.allow_feeds, *allow))
        async with HttpClient(policy, USER_AGENT) as client:
            yield Scout(
                client=client,
                jobs=jobs,
                gate=HostGate(poll.host_spacing, poll.host_concurrency),
                limits=FetchLimits(time_limit=poll.time_limit, max_bytes=poll.max_body),
                clock=utc_now,
            )
    finally:
        await jobs.close()


def address(written: str) -> str:
    """An address as a person types it: without a scheme it is one of https. Otherwise a ValueError with a sentence."""
    url = written.strip()
    return feed_address(f"https://{url}" if _WITHOUT_SCHEME.fullmatch(url) else url)


def stranger(url: str, every: dt.timedelta) -> FeedSource:
    """A feed that is not configured, for a look at it."""
    return FeedSource(id="new", url=url, title=url, poll_every=every)
