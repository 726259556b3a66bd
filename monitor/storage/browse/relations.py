"""Pairs of states, for whoever looks at them: what counts for the index, and who did what to whom how often.

How an index is made of that stands in stories/index.py. Sample news, and what was taken back or merged into another story,
is left out here as it is there.
"""

import datetime as dt
from collections import Counter
from collections.abc import Collection

from sqlalchemy import ColumnElement, Connection, Date, Result, Select, case, func, select

from monitor.domain.relations import CountedStory, DeedCount
from monitor.domain.taxonomy import Status
from monitor.storage.tables import story
from monitor.storage.upsert import chunks


def counted_stories(connection: Connection, opened_since: dt.datetime) -> tuple[CountedStory, ...]:
    """All stories between two known sides that opened since then, in no order.

    It reads as many rows as there are: a third of a second for seventy thousand, so remember what comes of it.
    """
    query = _counted().where(*_counts(opened_since), story.c.source.is_not(None), story.c.target.is_not(None))
    return _counted_of(connection.execute(query))


def counted_stories_of(connection: Connection, relation: str, opened_since: dt.datetime) -> tuple[CountedStory, ...]:
    """Those of one pair."""
    query = _counted().where(story.c.relation == relation, *_counts(opened_since))
    return _counted_of(connection.execute(query))


def counted_stories_of_each(
    connection: Connection, relations: Collection[str], opened_after: dt.datetime, opened_until: dt.datetime
) -> dict[str, tuple[CountedStory, ...]]:
    """Those of several pairs that opened after the one moment, and by the other; each of the pairs is a key."""
    found: dict[str, list[CountedStory]] = {name: [] for name in relations}
    in_time = (story.c.opened_at > opened_after, story.c.opened_at <= opened_until)
    for part in chunks(sorted(found)):
        query = _counted().where(story.c.relation.in_(part), *_counts(opened_after), *in_time)
        for one in _counted_of(connection.execute(query)):
            found[one.relation].append(one)
    return {name: tuple(stories) for name, stories in found.items()}


def openings(connection: Connection, opened_since: dt.datetime, opened_until: dt.datetime) -> Counter[str]:
    """How many stories of each pair, both sides known, opened in that time."""
    query = (
        select(story.c.relation, func.count())
        .where(
            *_counts(opened_since),
            story.c.opened_at <= opened_until,
            story.c.source.is_not(None),
            story.c.target.is_not(None),
        )
        .group_by(story.c.relation)
        .order_by(story.c.relation)
    )
    return Counter({row.relation: row[1] for row in connection.execute(query)})


def is_stored(connection: Connection, relation: str) -> bool:
    """Whether there have been stories of a pair, by the name of its relation."""
    query = select(story.c.id).where(story.c.relation == relation).limit(1)
    return connection.execute(query).first() is not None


def deeds_between(connection: Connection, relation: str, opened_since: dt.datetime) -> tuple[DeedCount, ...]:
    """Who has done what to whom how often, by the stories of a pair that opened since then; the most frequent first.

    Only what is reported to have happened counts: no plans, no denials.
    """
    number = func.count()
    columns = (story.c.source, story.c.target, story.c.type)
    query = (
        select(*columns, number)
        .where(
            story.c.relation == relation,
            *_counts(opened_since),
            story.c.status == Status.REPORTED.value,
            story.c.source.is_not(None),
            story.c.target.is_not(None),
        )
        .group_by(*columns)
        .order_by(number.desc(), *columns)
    )
    return tuple(
        DeedCount(source=source, target=target, type=kind, count=count)
        for source, target, kind, count in connection.execute(query)
    )


def _counts(opened_since: dt.datetime) -> tuple[ColumnElement[bool], ...]:
    # The indexes are by the last report, which never comes before the first.
    return (
        story.c.last_report_at >= opened_since,
        story.c.opened_at >= opened_since,
        story.c.sample.is_(False),
        story.c.retracted_at.is_(None),
        story.c.merged_into.is_(None),
    )


def _counted() -> Select[str, str, str, dt.date, dt.date | None, int]:
    """Few columns, and the days made by the database: rows of all columns take ten times as long."""
    return select(
        story.c.relation,
        story.c.type,
        story.c.status,
        # The session of a PostgreSQL connection is in UTC (storage/postgresql.py), and so is SQLite's text.
        func.date(story.c.opened_at, type_=Date()),
        case((story.c.date_first == story.c.date_last, story.c.date_first)),
        func.json_array_length(story.c.publishers),
    )


def _counted_of(rows: Result[str, str, str, dt.date, dt.date | None, int]) -> tuple[CountedStory, ...]:
    statuses = {status.value: status for status in Status}
    return tuple(
        CountedStory(relation, kind, statuses[status], opened_on, stated_on, publishers)
        # At once: the drivers take as long for one row as for five of many.
        for relation, kind, status, opened_on, stated_on, publishers in rows.all()
    )
