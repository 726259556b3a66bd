"""News from files of JSON lines, in the order of time: {"seen", "outlet", "text", "lang"}, plain or gzipped.

Nothing is kept but the line in hand, so files may have any length. A line that can't be used ends the command and is named
by file and line.
"""

import datetime as dt
import gzip
import heapq
import io
import json
import sys
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from hashlib import blake2b
from pathlib import Path
from typing import BinaryIO

import click

from monitor.domain.feeds import FeedSource, NewsItem
from monitor.feeds.text import without_forbidden

STANDARD_INPUT = Path("-")

_GZIP = b"\x1f\x8b"
_MOST_BYTES = 1_000_000
_TITLE_CHARACTERS, _SUMMARY_CHARACTERS = 1_000, 20_000
_EVERY = dt.timedelta(minutes=5)
_KEY_BYTES = 16


class Outlets:
    """Finds the feed of an outlet: a configured one of that id, title or publisher, or else one made up for it."""

    def __init__(self, feeds: Sequence[FeedSource]) -> None:
        self._known: dict[str, FeedSource] = {}
        for feed in feeds:
            for name in (feed.id, feed.title, feed.publisher):
                if name is not None:
                    self._known.setdefault(name.casefold(), feed)

    def feed_of(self, outlet: str) -> FeedSource:
        """The feed that stands for the outlet."""
        name = outlet.casefold()
        if name not in self._known:
            self._known[name] = FeedSource(id=outlet, url="", title=outlet, poll_every=_EVERY)
        return self._known[name]


def given_items(
    files: Sequence[Path], outlets: Outlets, tell: Callable[[int], None]
) -> Iterator[tuple[FeedSource, NewsItem]]:
    """The items of all files, merged by time; each file must be in order. `tell` hears how many bytes were read."""
    streams = [_items_of(path, outlets, tell) for path in files]
    return heapq.merge(*streams, key=lambda one: one[1].published_at)


def size_of(files: Sequence[Path]) -> int | None:
    """How many bytes there are to read, as they lie on the disk; None where that can't be known."""
    if STANDARD_INPUT in files or not all(path.is_file() for path in files):
        return None
    return sum(path.stat().st_size for path in files)


def _items_of(path: Path, outlets: Outlets, tell: Callable[[int], None]) -> Iterator[tuple[FeedSource, NewsItem]]:
    before: dt.datetime | None = None
    for where, line in _lines(path, tell):
        row = _row(line, where)
        feed = outlets.feed_of(_text(row, "outlet", where) or "?")
        item = _item(row, feed, where)
        if before is not None and item.published_at < before:
            raise click.ClickException(
                f"{where}: this line was seen before the one above it. Put the oldest first: "
                "jq -c -s 'sort_by(.seen)[]' FILE"
            )
        before = item.published_at
        yield feed, item


def _lines(path: Path, tell: Callable[[int], None]) -> Iterator[tuple[str, bytes]]:
    """The place and the bytes of each line that isn't blank."""
    name, number, told = "standard input" if path == STANDARD_INPUT else str(path), 0, 0
    try:
        with ExitStack() as stack:
            stored = sys.stdin.buffer if path == STANDARD_INPUT else stack.enter_context(path.open("rb"))
            zipped = _peek(stored).startswith(_GZIP)
            stream = stack.enter_context(gzip.open(stored)) if zipped else stored
            while line := stream.readline(_MOST_BYTES + 1):
                number += 1
                if len(line) > _MOST_BYTES:
                    raise click.ClickException(f"{name}:{number}: this line has more than {_MOST_BYTES:,} bytes.")
                if path != STANDARD_INPUT:
                    tell(stored.tell() - told)
                    told = stored.tell()
                if line := line.removeprefix(b"\xef\xbb\xbf").strip():
                    yield f"{name}:{number}", line
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise click.ClickException(
            f"{name}: its compression is broken behind line {number}; is the file whole?"
        ) from None
    except OSError as error:
        raise click.ClickException(f"{name}: can't be read: {error.strerror}.") from error


def _peek(stream: BinaryIO) -> bytes:
    """What a stream begins with, left in it."""
    return stream.peek(len(_GZIP)) if isinstance(stream, io.BufferedReader) else b""


def _row(line: bytes, where: str) -> Mapping[str, object]:
    try:
        row = json.loads(line)
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{where}: this line is not UTF-8 text: {error.reason}.") from error
    except (ValueError, RecursionError) as error:
        raise click.ClickException(f"{where}: this line is not JSON: {error}.") from error
    if not isinstance(row, Mapping):
        raise click.ClickException(
            f'{where}: a line is an object, as in {{"seen": "2026-01-31T12:00Z", "text": "..."}}.'
        )
    return row


def _item(row: Mapping[str, object], feed: FeedSource, where: str) -> NewsItem:
    title, _, body = (_text(row, "text", where) or "").strip().partition("\n")
    title, body = without_forbidden(title)[:_TITLE_CHARACTERS], without_forbidden(body)[:_SUMMARY_CHARACTERS]
    if not title:
        raise click.ClickException(f'{where}: "text" is missing; it holds a headline, or an article below its title.')
    seen_at = _moment(_text(row, "seen", where), where)
    return NewsItem(
        key=_hash(feed.id, title, body),
        digest=_hash(title, body),
        feed_id=feed.id,
        guid=None,
        link=None,
        title=title,
        summary=body,
        outlet=_text(row, "outlet", where) or feed.title,
        language=_text(row, "lang", where) or feed.language,
        published_at=seen_at,
        seen_at=seen_at,
    )


def _text(row: Mapping[str, object], key: str, where: str) -> str | None:
    value = row.get(key)
    if value is None or isinstance(value, str):
        return value
    raise click.ClickException(f'{where}: "{key}" must be text in quotes, not {json.dumps(value)[:50]}.')


def _moment(written: str | None, where: str) -> dt.datetime:
    """A time; one without a zone is UTC."""
    try:
        moment = dt.datetime.fromisoformat(written or "")
        return (moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        found = "is missing" if written is None else f"is no time: {written[:50]!r}"
        raise click.ClickException(f'{where}: "seen" {found}; write it like 2026-01-31T12:00:00Z.') from None


def _hash(*parts: str) -> bytes:
    return blake2b("\0".join(parts).encode(), digest_size=_KEY_BYTES).digest()
