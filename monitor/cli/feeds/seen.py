"""What was seen of a feed, in lines for people: the same for `relmon feeds add` and `relmon feeds test`."""

import urllib.parse
from collections.abc import Iterator

from monitor.cli.feeds.own import count, shown
from monitor.cli.listing import local
from monitor.worker.scout import SeenFeed


def feed_facts(seen: SeenFeed) -> Iterator[str]:
    """How many entries, how recent, in which language; where the feed has moved; what is wrong with the document."""
    parsed = seen.parsed
    dates = [entry.published_at for entry in parsed.entries if entry.published_at is not None]
    if not parsed.entries:
        yield "a feed, but it holds no entry now"
    else:
        latest = f", the latest of {local(max(dates))}" if dates else ", none with a date"
        yield f"{count(len(parsed.entries), 'entry')}{latest}" + (
            f"; its language is given as {parsed.language}" if parsed.language else ""
        )
    if seen.body.moved_to is not None and seen.body.moved_to == seen.source.url:
        yield f"has moved for good to {shown(seen.source.url)}, which is the address to poll"
    elif _place(seen.body.url) != _place(seen.source.url):
        yield f"found at {shown(seen.body.url)} for now (a temporary redirect, so its address stays)"
    for problem in parsed.problems:
        yield f"it {problem}"


def _place(url: str) -> tuple[str, str, str]:
    """Where an address leads, without a login in it."""
    parts = urllib.parse.urlsplit(url)
    return parts.hostname or "", parts.path, parts.query
