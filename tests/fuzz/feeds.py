"""Fuzzes reading and identity of feeds with atheris, which is installed apart: it is no dependency of the project.

    python3 -m venv ENV && ENV/bin/pip install --require-hashes -r requirements/run.txt && ENV/bin/pip install atheris
    PYTHONPATH=. ENV/bin/python -m tests.fuzz.feeds CORPUS -max_total_time=3600 -max_len=4096 -timeout=30

CORPUS is a folder that keeps what reaches new code; it may be empty at first. What breaks a promise is written to a
file and ends the run: make it a test in tests/unit/feeds. Two documents are made of each input, as two polls bring them.
"""

import datetime as dt
import pickle
import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["monitor.feeds", "feedparser"]):
    from monitor.domain.feeds import CacheValidators, FeedBody, FeedSource, FetchFailed, ParsedFeed
    from monitor.domain.memory import FeedHabits, KnownItem
    from monitor.feeds.identity import Identified, identify
    from monitor.feeds.parse import parse
    from monitor.feeds.recognise import Recognition, names_to_ask, recognise

NOW = dt.datetime(2026, 3, 3, 12, tzinfo=dt.UTC)
SOURCE = FeedSource(id="desk", url="https://desk.example/f", title="Desk", poll_every=dt.timedelta(minutes=5))
SEEDS = (
    (
        b'<?xml version="1.0"?><rss version="2.0"><channel><title>Wire | World</title><language>es-VE</language>'
        b"<item><guid>urn:1</guid><title>Tonga recalls its envoy - Wire</title><link>https://desk.example/1?b=2&amp;a=1</link>"
        b"<pubDate>Tue, 03 Mar 2026 08:30:00 +0100</pubDate><description>&lt;p&gt;He left.&lt;/p&gt;</description></item>"
        b"<item><title><![CDATA[Fiji & Samoa talk - Wire]]></title><source url='x'>Wire</source></item></channel></rss>"
    ),
    (
        b'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>Desk</title><entry><id>urn:a</id>'
        b'<title type="html">Talks &lt;b&gt;resume&lt;/b&gt;</title><link href="/a"/><updated>2026-03-03T07:30:00Z</updated>'
        b'<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>x</p></div></content></entry></feed>'
    ),
    b'{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "url": "https://desk.example/1", "title": "x"}]}',
    b'<!doctype html><html><head><base href="/x/"><link rel="alternate" type="application/rss+xml" href="f.xml" title="F">',
)
CONTENT_TYPES = (
    None,
    "application/xml",
    "text/xml; charset=iso-8859-1",
    "text/html",
    "application/xml; charset=utf-16",
)


def test_one_input(data: bytes) -> None:
    """Reads two documents as two polls do, and holds what parse, identity and recognition promise."""
    provider = atheris.FuzzedDataProvider(data)
    content_type = CONTENT_TYPES[provider.ConsumeIntInRange(0, len(CONTENT_TYPES) - 1)]
    cut, length = provider.ConsumeIntInRange(0, 4096), provider.ConsumeIntInRange(0, 64)
    later = provider.ConsumeBytes(provider.ConsumeIntInRange(0, 64))
    first = provider.ConsumeBytes(provider.remaining_bytes())
    second = first[:cut] + later + first[cut + length :]
    before = parse(_body(first, content_type))
    if not isinstance(before, ParsedFeed):
        return
    whole, news = parse(_body(second, content_type)), parse(_body(second, content_type), before.segments)
    if isinstance(whole, FetchFailed) or isinstance(news, FetchFailed):
        if whole != news and not (isinstance(news, ParsedFeed) and news.known and not news.entries):
            raise AssertionError("the whole document is no feed, its news are")
        return
    lost = [entry for entry in whole.entries if entry not in news.entries and entry not in before.entries]
    if lost:
        raise AssertionError(f"lost: {lost}")
    if pickle.loads(pickle.dumps(whole)) != whole:  # noqa: S301 - our own bytes
        raise AssertionError("does not travel between processes")
    _recognise(before, whole)


def _recognise(before: ParsedFeed, after: ParsedFeed) -> None:
    first = identify(SOURCE, before, FeedHabits(), NOW)
    stored = recognise(first, {}, NOW)
    known = _stored(first, stored)
    again = recognise(identify(SOURCE, before, stored.habits, NOW), known, NOW)
    if any(item.key not in again.known for item in again.items) and not stored.habits.links_shared:
        raise AssertionError("the same document is not recognised")
    later = recognise(identify(SOURCE, after, again.habits, NOW), known, NOW)
    for recognition in (stored, again, later):
        keys = [item.key for item in recognition.items]
        if len(set(keys)) != len(keys) or any(len(key) != len(keys[0]) for key in keys):
            raise AssertionError("a key stands twice, or is no key")
        for item in recognition.items:
            item.headline.encode()
            item.text.encode()
            if item.published_at > item.seen_at or not item.title.startswith(item.headline):
                raise AssertionError("a time in the future, or a headline that is no part of its title")


def _stored(identified: Identified, recognition: Recognition) -> dict[bytes, KnownItem]:
    """What storage would know after the first poll."""
    items = {
        item.key: KnownItem(
            key=item.key,
            digest=item.digest,
            guid=item.guid,
            link=item.link,
            title=item.title,
            published_at=item.published_at,
        )
        for item in recognition.items
    }
    asked = names_to_ask(identified)
    return items | {name: items[key] for name, key in recognition.names.items() if name in asked and key in items}


def _body(content: bytes, content_type: str | None) -> FeedBody:
    return FeedBody(
        url="https://desk.example/f", content=content, content_type=content_type, validators=CacheValidators()
    )


if __name__ == "__main__":
    corpus = Path(sys.argv[1])
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(SEEDS):
        # The provider takes numbers from the end of an input: these make both documents the same.
        (corpus / f"seed-{number}").write_bytes(seed + bytes(8))
    atheris.Setup(sys.argv, test_one_input)
    atheris.Fuzz()
