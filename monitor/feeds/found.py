"""Feeds as a list that somebody brings along has them, and how such a list is gathered: each address once.

Comes inside the readers of lists (opml.py, addresses.py), which know what a list looks like.
"""

from dataclasses import dataclass

from monitor.feeds.links import web_link
from monitor.feeds.text import plain

MAX_NAME_CHARACTERS = 200
MAX_FEEDS = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFeed:
    """A feed's address as a list has it. `group` is the path of OPML outlines above it: "News / Americas"."""

    url: str
    title: str | None = None
    group: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFeeds:
    """What a list holds, each address once, and one sentence for each thing in it that can't be used."""

    feeds: tuple[FoundFeed, ...]
    problems: tuple[str, ...] = ()


class FeedGatherer:
    """Collects addresses, each once, and what is wrong with others."""

    def __init__(self) -> None:
        self._feeds: dict[str, FoundFeed] = {}
        self._problems: list[str] = []

    def add(self, line: int, address: str, *, title: str | None, group: str | None) -> None:
        """Takes an address that stands at `line`, or says why not. Of one that stands twice the first counts."""
        url = with_scheme(address)
        if web_link(url) is None or " " in url:
            shown = plain(address.rpartition("@")[2], MAX_NAME_CHARACTERS)  # without a password before the @
            self.refuse(line, f"{shown!r} is not an http or https address")
        elif len(self._feeds) < MAX_FEEDS:
            self._feeds.setdefault(url, FoundFeed(url=url, title=title, group=group))
        elif url not in self._feeds:
            self.refuse(line, f"no more than {MAX_FEEDS:,} feeds are read; this one is left out")

    def refuse(self, line: int, sentence: str) -> None:
        """Says that something at `line` can't be used."""
        self._problems.append(f"line {line}: {sentence}")

    def found(self) -> FoundFeeds:
        """All that was gathered."""
        return FoundFeeds(feeds=tuple(self._feeds.values()), problems=tuple(self._problems))


def with_scheme(address: str) -> str:
    """feed://host/path and feed:https://host/path are how browsers once wrote addresses of feeds."""
    if address.lower().startswith("feed://"):
        return "http://" + address[len("feed://") :]
    if address.lower().startswith(("feed:http://", "feed:https://")):
        return address[len("feed:") :]
    return address
