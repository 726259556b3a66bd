"""The page Search: stories and items that hold some words, by the index of words (storage/browse/search.py).

Stories stand first, since they are what is told; then items, with what was looked for marked in them, and the stories that they
report. Its filters are the ones of every list of stories.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from monitor.domain.browsing import Cursor, Page
from monitor.domain.searching import LONGEST, Piece, Search, excerpt, marked, read_search
from monitor.domain.stories import Story
from monitor.domain.taxonomy import Severity
from monitor.storage.browse.search import FoundItem, search_items, search_stories
from monitor.web.cursors import cursor_text, read_cursor
from monitor.web.filters import BadQuery, FilterQuery, read_filter
from monitor.web.lines import StoryLine, outward, story_line
from monitor.web.render import Reader, page, reader_of
from monitor.web.site import Site, site_of

_STORIES_BESIDE, _ITEMS_BESIDE = 8, 15
"""How many of each stand on the page that shows both."""
_ALONE = 25
_EXCERPT = 240
_DAYS = (7, 30, 365)
_GRAVE = (Severity.NOTABLE, Severity.MAJOR, Severity.CRITICAL)


def routes() -> list[Route]:
    """The page's route."""
    return [Route("/search", _search, methods=["GET"])]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What an address asks for. `only` is "stories" or "items" where one of the two lists goes on behind `after`."""

    typed: str
    search: Search
    filter: FilterQuery
    only: str = ""
    after: Cursor | None = None

    def link(self, *, only: str = "", after: Cursor | None = None, **changes: object) -> str:
        """The address of this search with some of it changed."""
        begin = [("q", self.typed), *([("in", only)] if only else [])]
        place = [("after", cursor_text(after))] if after else []
        filtered = self.filter.link("", **changes).removeprefix("?")
        return "/search?" + "&".join(filter(None, (urlencode(begin), filtered, urlencode(place))))


@dataclass(frozen=True, slots=True, kw_only=True)
class _ItemLine:
    """An item as a row of the list."""

    found: FoundItem
    link: str | None
    title: tuple[Piece, ...]
    excerpt: tuple[Piece, ...]
    stories: tuple[StoryLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Choice:
    """A link that narrows or widens the search."""

    words: str
    link: str
    is_chosen: bool


def _search(request: Request) -> Response:
    site, reader, asked = site_of(request), reader_of(request), _read(request)
    stories, found = _look(site, asked)
    return page(
        request,
        "search.html",
        typed=asked.typed,
        kept=asked.filter.pairs(),
        asks=bool(asked.typed.strip()),
        is_empty=asked.search.is_empty,
        only=asked.only,
        choices=_choices(asked, reader),
        longest=LONGEST,
        stories=[story_line(story, reader) for story in stories.rows],
        more_stories=asked.link(only="stories", after=stories.next) if stories.next else None,
        items=[_item_line(one, asked.search, reader) for one in found.rows],
        more_items=asked.link(only="items", after=found.next) if found.next else None,
        everything=replace(asked, filter=FilterQuery()).link(),
        is_filtered=not asked.filter.is_everything,
    )


def _read(request: Request) -> _Asked:
    query: Mapping[str, str] = request.query_params
    typed, only, after = query.get("q", "")[:LONGEST], query.get("in", ""), query.get("after", "")
    if only not in ("", "stories", "items"):
        raise BadQuery("errors.refused")
    try:
        place = read_cursor(after) if after else None
    except ValueError:
        raise BadQuery("errors.bad_cursor") from None
    return _Asked(
        typed=typed,
        search=read_search(typed),
        filter=read_filter(query, site_of(request).taxonomy),
        only=only,
        after=place if only else None,
    )


def _look(site: Site, asked: _Asked) -> tuple[Page[Story], Page[FoundItem]]:
    """What is found of the stories and of the items, as far as the address asks for them."""
    wanted = asked.filter.filter(site)
    stories: Page[Story] = Page(rows=())
    found: Page[FoundItem] = Page(rows=())
    try:
        with site.database.read() as connection:
            if asked.only != "items":
                limit = _ALONE if asked.only else _STORIES_BESIDE
                stories = search_stories(connection, asked.search, wanted, limit=limit, after=asked.after)
            if asked.only != "stories":
                limit = _ALONE if asked.only else _ITEMS_BESIDE
                found = search_items(connection, asked.search, wanted, now=site.clock(), limit=limit, after=asked.after)
    except ValueError:
        raise BadQuery("errors.bad_cursor") from None
    return stories, found


def _choices(asked: _Asked, reader: Reader) -> list[tuple[str, list[_Choice]]]:
    """The filters, a line each: its name, and what may be chosen."""
    given, say, count = asked.filter, reader.texts.say, reader.texts.count

    def line(part: str, chosen: object, words: Mapping[Any, str]) -> list[_Choice]:
        return [
            _Choice(words=said, link=asked.link(only=asked.only, **{part: value}), is_chosen=value == chosen)
            for value, said in words.items()
        ]

    days = {None: say("search.any_time")} | {days: count("search.days", days) for days in _DAYS}
    levels = {None: say("search.any_severity")} | {
        level: say("search.from", severity=reader.book.say(f"severities.{level}")) for level in _GRAVE
    }
    languages = {None: say("search.any_language")} | {
        code: say(f"search.languages.{code}") if reader.texts.has(f"search.languages.{code}") else code
        for code in sorted(reader.site.books)
    }
    return [
        (say("search.when"), line("days", given.days, days)),
        (say("search.severity"), line("severity", given.severity, levels)),
        (say("search.language"), line("language", given.language, languages)),
    ]


def _item_line(found: FoundItem, search: Search, reader: Reader) -> _ItemLine:
    return _ItemLine(
        found=found,
        link=outward(found.item.link),
        title=marked(search, found.item.title),
        excerpt=excerpt(search, found.item.summary, _EXCERPT),
        stories=tuple(story_line(story, reader) for story in found.stories),
    )
