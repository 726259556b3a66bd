"""Lists of stories for people who look: by a filter, in one of two orders, a page at a time.

Stories that were merged into others, or taken back, are in no list; their own pages say what became of them. A list begins
behind a cursor rather than after so many rows, so that the last page costs what the first one does. Days and plans are
days.py's, one story whole is story.py's.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import assert_never

from sqlalchemy import ColumnElement, Connection, and_, exists, func, or_, select

from monitor.domain.browsing import Cursor, Page, StoryFilter
from monitor.domain.stories import Story, relation_of
from monitor.domain.taxonomy import Severity, Status
from monitor.storage.browse.places import behind, moment, name, page_of
from monitor.storage.stories import story_of
from monitor.storage.tables import event, item, story


class StoryOrder(StrEnum):
    """What stands first in a list."""

    LATEST = "latest"
    """Those that were reported last."""
    GRAVEST = "gravest"
    """The most severe ones; of one severity, those that were reported last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryCount:
    """How many stories of one severity, status and type there are."""

    severity: Severity
    status: Status
    type: str
    stories: int


def list_stories(
    connection: Connection,
    wanted: StoryFilter,
    *,
    order: StoryOrder = StoryOrder.LATEST,
    limit: int,
    after: Cursor | None = None,
) -> Page[Story]:
    """Up to `limit` stories that the filter leaves.

    A story is of a span of time where it was under way in it: first reported before its end, last reported since its beginning.

    Raises:
        ValueError: the cursor is none of this list.
    """
    match order:
        case StoryOrder.LATEST:
            found = _latest(connection, _walks(wanted), limit + 1, _place(after))
            return page_of(found, limit, lambda last: behind(last.last_report_at, last.id))
        case StoryOrder.GRAVEST:
            found = _gravest(connection, wanted, limit + 1, after)
            return page_of(found, limit, lambda last: behind(last.severity.value, last.last_report_at, last.id))
        case _:
            assert_never(order)


def count_stories(connection: Connection, wanted: StoryFilter) -> tuple[StoryCount, ...]:
    """How many stories there are of each severity, status and type. Give it a span of days: it reads all of them."""
    kinds = (story.c.severity, story.c.status, story.c.type)
    query = select(*kinds, func.count()).where(*conditions(wanted)).group_by(*kinds)
    return tuple(
        StoryCount(severity=Severity(severity), status=Status(status), type=type_id, stories=number)
        for severity, status, type_id, number in connection.execute(query)
    )


def busiest_relations(connection: Connection, wanted: StoryFilter, limit: int) -> tuple[tuple[str, int], ...]:
    """The relations with the most stories, with their numbers; those with a side that nobody names are left out.

    Give it a span of days: it reads all of them.
    """
    number = func.count()
    query = (
        select(story.c.relation, number)
        .where(*conditions(wanted), story.c.source.is_not(None), story.c.target.is_not(None))
        .group_by(story.c.relation)
        .order_by(number.desc(), story.c.relation)
        .limit(limit)
    )
    return tuple((name, stories) for name, stories in connection.execute(query))


def last_reported_at(connection: Connection) -> dt.datetime | None:
    """When any story was reported last; None where there is none."""
    at: dt.datetime | None = connection.execute(
        select(story.c.last_report_at).where(*STANDING).order_by(story.c.last_report_at.desc()).limit(1)
    ).scalar_one_or_none()
    return at


STANDING = (story.c.merged_into.is_(None), story.c.retracted_at.is_(None))
"""The conditions under which a story is in a list."""


def conditions(wanted: StoryFilter) -> list[ColumnElement[bool]]:
    """What a row of `story` must meet to be in a list of this filter."""
    return [*STANDING, *narrowed(wanted)]


def narrowed(wanted: StoryFilter) -> list[ColumnElement[bool]]:
    """What the filter alone asks of a row, whether its story stands or not."""
    found: list[ColumnElement[bool]] = []
    match wanted.sides:
        case ():
            pass
        case (code,):
            found.append(or_(story.c.source == code, story.c.target == code))
        case (one, other):
            found.append(story.c.relation == relation_of(one, other))
        case _:
            raise ValueError("a story has two sides at the most")
    if wanted.kinds:
        found.append(story.c.type.in_(sorted(wanted.kinds)))
    if wanted.min_severity is not None:
        found.append(story.c.severity.in_([level.value for level in _levels(wanted)]))
    if wanted.statuses:
        found.append(story.c.status.in_(sorted(status.value for status in wanted.statuses)))
    if wanted.since is not None:
        found.append(story.c.last_report_at >= wanted.since)
    if wanted.until is not None:
        found.append(story.c.opened_at < wanted.until)
    if wanted.language is not None:
        found.append(_in_language(wanted.language))
    return found


def _in_language(language: str) -> ColumnElement[bool]:
    return exists(
        select(event.c.id)
        .join(item, item.c.key == event.c.item_key)
        .where(event.c.story_id == story.c.id, event.c.withdrawn_at.is_(None), item.c.language == language)
    )


def _levels(wanted: StoryFilter) -> list[Severity]:
    """The severities that the filter leaves, the gravest first."""
    lowest = wanted.min_severity or Severity.ROUTINE
    return [level for level in reversed(Severity) if level.rank >= lowest.rank]


def _gravest(connection: Connection, wanted: StoryFilter, limit: int, after: Cursor | None) -> list[Story]:
    """Severity by severity, each a walk along its own part of an index: severities don't sort by their names."""
    begin: Severity | None = None
    place: tuple[dt.datetime, str] | None = None
    if after is not None:
        severity, at, story_id = after.after
        begin, place = Severity(severity), (moment(at), name(story_id))
    found: list[Story] = []
    for level in _levels(wanted):
        if (begin is None or level.rank <= begin.rank) and len(found) < limit:
            walks = [(_is_of(level, wanted), *walk) for walk in _walks(wanted)]
            found += _latest(connection, walks, limit - len(found), place if level is begin else None)
    return found


def _is_of(level: Severity, wanted: StoryFilter) -> ColumnElement[bool]:
    """Whether a story is of one severity. The indexes of sides find fewer rows than that of severities, which can't serve then."""
    column = func.coalesce(story.c.severity, "") if wanted.sides else story.c.severity
    return and_(column == level.value)


def _walks(wanted: StoryFilter) -> Iterator[Sequence[ColumnElement[bool]]]:
    """Conditions that each an index answers in the order of the list: what one side did, and what was done to it, are two walks."""
    if len(wanted.sides) == 1:
        (code,) = wanted.sides
        others = conditions(replace(wanted, sides=()))
        yield (story.c.source == code, *others)
        yield (story.c.target == code, *others)
    else:
        yield conditions(wanted)


def _latest(
    connection: Connection,
    walks: Iterable[Sequence[ColumnElement[bool]]],
    limit: int,
    place: tuple[dt.datetime, str] | None,
) -> list[Story]:
    found: dict[str, Story] = {}
    for walk in walks:
        query = select(story).where(*walk)
        if place is not None:
            at, story_id = place
            same_time = and_(story.c.last_report_at == at, story.c.id > story_id)
            # The first condition says nothing new, but lets the index find the place.
            query = query.where(story.c.last_report_at <= at, or_(story.c.last_report_at < at, same_time))
        rows = connection.execute(query.order_by(story.c.last_report_at.desc(), story.c.id).limit(limit)).mappings()
        found.update((row[story.c.id], story_of(row)) for row in rows)
    by_id = sorted(found.values(), key=lambda one: one.id)
    return sorted(by_id, key=lambda one: one.last_report_at, reverse=True)[:limit]


def _place(after: Cursor | None) -> tuple[dt.datetime, str] | None:
    if after is None:
        return None
    at, story_id = after.after
    return moment(at), name(story_id)
