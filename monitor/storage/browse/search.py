"""Finds stories and items by their words, the newest first, a page at a time.

The index of words (fulltext.py) names the newest matches, a window of them at a time; here their rows are fetched, those that a
filter leaves out go, and the rest is put into order. So a page costs the same, however frequent a word is and however large the
archive has grown. What was typed is read by domain/searching.py.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import ColumnElement, Connection, TableClause, exists, select

from monitor.domain.browsing import Cursor, Page, StoryFilter
from monitor.domain.feeds import NewsItem
from monitor.domain.searching import Search, found_share
from monitor.domain.stories import Story
from monitor.storage.browse.places import behind, number
from monitor.storage.browse.stories import conditions
from monitor.storage.fulltext import ITEM_TEXT, STORY_TEXT, newest_matches
from monitor.storage.items import items_with
from monitor.storage.stories import stories_by_id
from monitor.storage.tables import event, item, story

_WINDOW = 200
"""How many of the newest matches are put into order at once."""
_MOST_WINDOWS = 8
"""After that many in which a filter left nothing, the page is empty and the reader may ask for older ones."""
_HALVES_IN = dt.timedelta(days=14)
"""How long until an item with all words in its title is worth one with none there that is new: by eye, on a month of news."""

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundItem:
    """An item that holds what was looked for, and the stories that it reports."""

    item: NewsItem
    stories: tuple[Story, ...]


@dataclass(frozen=True, slots=True)
class _Candidate:
    """An item that may be shown, with as much as its place depends on."""

    key: bytes
    worth: float


def search_stories(
    connection: Connection, search: Search, wanted: StoryFilter, *, limit: int, after: Cursor | None = None
) -> Page[Story]:
    """Up to `limit` stories whose headline holds what is looked for; of those that opened lately, the latest reported first.

    Raises:
        ValueError: the cursor is none of this list.
    """
    filters = conditions(wanted)

    def left(numbers: Sequence[int]) -> list[str]:
        query = select(story.c.id).where(story.c.number.in_(numbers), *filters)
        return list(connection.scalars(query.order_by(story.c.last_report_at.desc(), story.c.id)))

    page = _page(connection, STORY_TEXT, search, left, limit=limit, after=after)
    known = stories_by_id(connection, page.rows)
    return page.map(known.__getitem__)


def search_items(
    connection: Connection,
    search: Search,
    wanted: StoryFilter,
    *,
    now: dt.datetime,
    limit: int,
    after: Cursor | None = None,
) -> Page[FoundItem]:
    """Up to `limit` items whose title and summary hold what is looked for; those with it in the title, and new ones, first.

    What the filter asks of stories (sides, kind, severity, status), one of those that the item reports must have; language and
    times are the item's own.

    Raises:
        ValueError: the cursor is none of this list.
    """
    filters = _conditions(wanted)

    def left(numbers: Sequence[int]) -> list[_Candidate]:
        query = select(item.c.key, item.c.title, item.c.seen_at).where(item.c.number.in_(numbers), *filters)
        found = (
            _Candidate(row.key, (1 + found_share(search, row.title)) * 0.5 ** ((now - row.seen_at) / _HALVES_IN))
            for row in connection.execute(query)
        )
        return sorted(found, key=lambda one: (-one.worth, one.key))

    page = _page(connection, ITEM_TEXT, search, left, limit=limit, after=after)
    return Page(rows=_whole(connection, [one.key for one in page.rows]), next=page.next)


def _page(
    connection: Connection,
    index: TableClause,
    search: Search,
    left: Callable[[Sequence[int]], list[_T]],
    *,
    limit: int,
    after: Cursor | None,
) -> Page[_T]:
    """A part of the first window in which `left` leaves something."""
    rows: list[_T] = []
    top, shown = _place(after)
    if search.is_empty:
        return Page(rows=())
    for _ in range(_MOST_WINDOWS):
        numbers = newest_matches(connection, index, search, before=top, limit=_WINDOW)
        rows = left(numbers)[shown:] if numbers else []
        if len(rows) > limit:
            return Page(rows=tuple(rows[:limit]), next=behind(top or 0, shown + limit))
        if len(numbers) < _WINDOW:
            return Page(rows=tuple(rows))
        top, shown = numbers[-1], 0
        if rows:
            break
    return Page(rows=tuple(rows), next=behind(top or 0, shown))


def _place(cursor: Cursor | None) -> tuple[int | None, int]:
    """Below which number a window begins (None: with the newest), and how many of its rows were shown."""
    if cursor is None:
        return None, 0
    top, shown = cursor.after
    return number(top) or None, number(shown)


def _conditions(wanted: StoryFilter) -> list[ColumnElement[bool]]:
    """What a row of `item` must meet."""
    found: list[ColumnElement[bool]] = []
    if wanted.language is not None:
        found.append(item.c.language == wanted.language)
    if wanted.since is not None:
        found.append(item.c.seen_at >= wanted.since)
    if wanted.until is not None:
        found.append(item.c.seen_at < wanted.until)
    of_story = StoryFilter(
        sides=wanted.sides, kinds=wanted.kinds, min_severity=wanted.min_severity, statuses=wanted.statuses
    )
    if not of_story.is_everything:
        reported = select(event.c.id).join(story, story.c.id == event.c.story_id)
        found.append(
            exists(
                reported.where(event.c.item_key == item.c.key, event.c.withdrawn_at.is_(None), *conditions(of_story))
            )
        )
    return found


def _whole(connection: Connection, keys: Sequence[bytes]) -> tuple[FoundItem, ...]:
    query = select(event.c.item_key, event.c.story_id).where(
        event.c.item_key.in_(keys), event.c.story_id.is_not(None), event.c.withdrawn_at.is_(None)
    )
    reported: dict[bytes, dict[str, None]] = {}
    for key, story_id in connection.execute(query.order_by(event.c.id)):
        reported.setdefault(key, {})[story_id] = None
    known = stories_by_id(connection, {story_id for ids in reported.values() for story_id in ids})
    return tuple(
        FoundItem(
            item=one,
            stories=tuple(
                {
                    known[story_id].id: known[story_id] for story_id in reported.get(one.key, ()) if story_id in known
                }.values()
            ),
        )
        for one in items_with(connection, keys)
    )
