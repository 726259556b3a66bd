"""How long a document takes to read, whole and where only a part of it is new. Prints a table, judges nothing.

    python -m tests.benchmarks.parse_speed                 invented documents
    python -m tests.benchmarks.parse_speed FILE.xml ...    any others

CPU time of one process, the best of some rounds (whatever else the machine does can only slow one down). "feedparser
alone" is feedparser as a program uses it that wants safe HTML; ours gives plain text, links, dates and names of
entries on top. Figures of two machines say little about the program; ratios from one run do.
"""

import datetime as dt
import io
import os
import platform
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from html import escape
from itertools import islice
from pathlib import Path

import feedparser

from monitor.domain.feeds import CacheValidators, FeedBody, FeedSource, ParsedFeed
from monitor.domain.memory import FeedHabits
from monitor.feeds.identity import identify
from monitor.feeds.parse import parse
from monitor.feeds.recognise import recognise
from monitor.feeds.segments import joined, segments_of
from tests.benchmarks.prose import articles

_ROUNDS = 5
_NEW = 2
_DATE = dt.datetime(2026, 1, 31, 8, tzinfo=dt.UTC)
_SOURCE = FeedSource(id="desk", url="https://desk.example/f", title="Desk", poll_every=dt.timedelta(minutes=5))


def main() -> None:
    """Measures and prints."""
    named = [(Path(name).name, Path(name).read_bytes()) for name in sys.argv[1:]] or list(_invented())
    print(f"Python {platform.python_version()} on {platform.machine()}, one core of {os.cpu_count()}; milliseconds")
    print(
        f"{'document':28} {'kB':>5} {'entries':>7} {'feedparser':>10} {'whole':>7} {'2 new':>7} {'0 new':>7} {'names':>7}"
    )
    for name, content in named:
        _measure(name, content)


def _measure(name: str, content: bytes) -> None:
    body = FeedBody(
        url="https://desk.example/f", content=content, content_type="application/xml", validators=CacheValidators()
    )
    whole = parse(body)
    segments = segments_of(content)
    if not isinstance(whole, ParsedFeed) or segments is None or not whole.segments:
        print(f"{name[:28]:28} {len(content) // 1000:5} can only be read whole: {_best(lambda: parse(body)):.2f}")
        return
    known = joined(segments.digests[_NEW:])
    milliseconds = (
        _best(lambda: feedparser.parse(io.BytesIO(content))),
        _best(lambda: parse(body)),
        _best(lambda: parse(body, known)),
        _best(lambda: parse(body, whole.segments)),
        _best(lambda: recognise(identify(_SOURCE, whole, FeedHabits(), _DATE), {}, _DATE)),
    )
    print(
        f"{name[:28]:28} {len(content) // 1000:5} {len(whole.entries):7} {milliseconds[0]:10.2f} "
        + " ".join(f"{figure:7.2f}" for figure in milliseconds[1:])
    )


def _best(work: Callable[[], object]) -> float:
    def once() -> float:
        started = time.process_time()
        work()
        return (time.process_time() - started) * 1000

    return min(once() for _ in range(_ROUNDS))


def _invented() -> Iterator[tuple[str, bytes]]:
    texts = list(islice(articles(), 100))
    for entries in (10, 30, 100):
        yield f"invented, {entries} entries", _document(texts[:entries])


def _document(texts: Sequence[str]) -> bytes:
    entries = "".join(
        f"<item><title>{escape(text.splitlines()[0][:100])}</title><link>https://desk.example/{number}</link>"
        f"<guid isPermaLink='false'>urn:{number}</guid><dc:creator>Staff</dc:creator><category>World</category>"
        f"<pubDate>{_DATE - dt.timedelta(hours=number):%a, %d %b %Y %H:%M:%S} GMT</pubDate>"
        f"<description>{escape(f'<p>{escape(text[:500])}</p>')}</description></item>\n"
        for number, text in enumerate(texts)
    )
    return (
        "<?xml version='1.0' encoding='utf-8'?>\n<rss version='2.0' xmlns:dc='http://purl.org/dc/elements/1.1/'><channel>"
        f"<title>Desk</title><link>https://desk.example/</link><language>en</language>{entries}</channel></rss>"
    ).encode()


if __name__ == "__main__":
    main()
