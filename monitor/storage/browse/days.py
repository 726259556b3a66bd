"""The archive day by day: what began on a day, what went on, and what is planned for days to come.

A day is given by the moments at which it begins and ends: whose day it is, the caller knows.
"""

import datetime as dt
import itertools
from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, or_, select

from monitor.domain.browsing import Cursor, Page, StoryFilter
from monitor.domain.stories import Story
from monitor.domain.taxonomy import Severity, Status
from monitor.storage.browse.places import behind, moment, name, page_of
from monitor.storage.browse.stories import STANDING, conditions
from monitor.storage.stories import story_of
from monitor.storage.tables import event, story

# A day is short enough to be sorted: severities don't sort by their names.
_RANK: ColumnElement[int] = case({severity.value: severity.rank for severity in Severity}, value=story.c.severity)
_GRAVEST_FIRST = (_RANK.desc(), story.c.opened_at, story.c.id)


def stories_begun(
    connection: Connection,
    wanted: StoryFilter,
    begin: dt.datetime,
    end: dt.datetime,
    *,
    limit: int,
    after: Cursor | None = None,
) -> Page[Story]:
    """The stories that were first reported from `begin` on and before `end`, the most severe first, then the earliest.

    Raises:
        ValueError: the cursor is none of this list.
    """
    query = select(story).where(*conditions(wanted), story.c.opened_at >= begin, story.c.opened_at < end)
    if after is not None:
        severity, at, story_id = after.after
        rank, opened_at = Severity(severity).rank, moment(at)
        same_time = and_(story.c.opened_at == opened_at, story.c.id > name(story_id))
        same_rank = and_(_RANK.in_([rank]), or_(story.c.opened_at > opened_at, same_time))
        query = query.where(or_(_RANK.in_(range(rank)), same_rank))
    rows = connection.execute(query.order_by(*_GRAVEST_FIRST).limit(limit + 1)).mappings()
    found = [story_of(row) for row in rows]
    return page_of(found, limit, lambda last: behind(last.severity.value, last.opened_at, last.id))


def stories_going_on(
    connection: Connection, wanted: StoryFilter, begin: dt.datetime, end: dt.datetime, *, limit: int
) -> tuple[Story, ...]:
    """Up to `limit` stories that stood before `begin` and were reported again before `end`, the most severe first.

    A report is of the day on which it was read.
    """
    reported = select(event.c.story_id).where(
        event.c.seen_at >= begin, event.c.seen_at < end, event.c.mention.is_(False), event.c.withdrawn_at.is_(None)
    )
    # The last condition leaves out what was published before midnight and read behind it.
    query = select(story).where(
        story.c.id.in_(reported), *conditions(wanted), story.c.opened_at < begin, story.c.last_report_at >= begin
    )
    rows = connection.execute(query.order_by(*_GRAVEST_FIRST).limit(limit)).mappings()
    return tuple(story_of(row) for row in rows)


def count_begun(connection: Connection, bounds: Sequence[dt.datetime]) -> tuple[int, ...]:
    """How many stories were first reported between each of these moments and the next one."""
    counted = []
    for begin, end in itertools.pairwise(bounds):
        query = select(func.count()).where(story.c.opened_at >= begin, story.c.opened_at < end, *STANDING)
        counted.append(connection.execute(query).scalar_one())
    return tuple(counted)


def planned(connection: Connection, first: dt.date, *, limit: int, after: Cursor | None = None) -> Page[Story]:
    """What is planned for `first` or a later day, in the order of the last day that each plan allows.

    Raises:
        ValueError: the cursor is none of this list.
    """
    query = _plans().where(story.c.date_last >= first)
    if after is not None:
        day, story_id = after.after
        last = dt.date.fromisoformat(day)
        same_day = and_(story.c.date_last == last, story.c.id > name(story_id))
        query = query.where(story.c.date_last >= last, or_(story.c.date_last > last, same_day))
    rows = connection.execute(query.order_by(story.c.date_last, story.c.id).limit(limit + 1)).mappings()
    return page_of([story_of(row) for row in rows], limit, _planned_place)


def overdue(connection: Connection, first: dt.date, before: dt.date, *, limit: int) -> tuple[Story, ...]:
    """Up to `limit` plans whose day has passed, on `first` or later, without news that it happened; the latest first."""
    query = _plans().where(story.c.date_last >= first, story.c.date_last < before)
    rows = connection.execute(query.order_by(story.c.date_last.desc(), story.c.id).limit(limit)).mappings()
    return tuple(story_of(row) for row in rows)


def _plans() -> Select[tuple[object, ...]]:
    return select(story).where(story.c.status == Status.PLANNED.value, *STANDING)


def _planned_place(last: Story) -> Cursor:
    if last.date is None:
        raise AssertionError("a plan of this list has a date")
    return behind(last.date.last.isoformat(), last.id)
