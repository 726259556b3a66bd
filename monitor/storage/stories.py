"""Stories: what stands, and what has become of it. Gathering itself is pure and stands in stories/gather.py.

Comes between storing the items and storing the events: lock the relations, read what stands, gather, save.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import Connection, RowMapping, or_, select

from monitor.domain.severity import Adjustment, Ground
from monitor.domain.stories import Stage, Story, Voice, relation_of
from monitor.domain.taxonomy import Severity, Status
from monitor.storage.event_dates import date_columns, date_of
from monitor.storage.streaming import concerns, rows_of
from monitor.storage.tables import relation, story
from monitor.storage.upsert import chunks, insert_new, upsert

_UNKNOWN = "?"


def lock_relations(connection: Connection, relations: Iterable[str]) -> None:
    """Makes this transaction the only one that gathers stories of these relations, to its end.

    A relation takes its half-known ones along ("?-VEN" for "USA-VEN"), since a report with an unknown side may join
    it. Rows are locked in sorted order, so that no two transactions wait for each other. On SQLite the one writer is
    alone anyway.
    """
    names = sorted({name for wanted in relations for name in (wanted, *_half_known(wanted))})
    insert_new(connection, relation, [{"name": name} for name in names])
    for part in chunks(names):
        connection.execute(
            select(relation.c.name).where(relation.c.name.in_(part)).order_by(relation.c.name).with_for_update()
        ).all()


def standing_stories(
    connection: Connection, relations: Iterable[str], since: dt.datetime, until: dt.datetime | None = None
) -> tuple[Story, ...]:
    """The stories that reports of these relations may join, last reported at `since` or later; latest first.

    `until` leaves out those that opened later. What changed patterns left without a report is joined by nothing.

    An unknown side fits any: "USA-VEN" brings those of "?-USA" and "?-VEN" as well, and "?-VEN" all of Venezuela's.
    """
    names = set(relations)
    pairs = sorted({near for name in names for near in (name, *_half_known(name))})
    # A relation with an unknown side brings all of its other side.
    sides = sorted({side for name in names if not _half_known(name) for side in name.split("-") if side != _UNKNOWN})
    found: dict[str, Story] = {}
    for column, wanted in ((story.c.relation, pairs), (story.c.source, sides), (story.c.target, sides)):
        for part in chunks(wanted):
            query = select(story).where(
                column.in_(part),
                story.c.last_report_at >= since,
                story.c.merged_into.is_(None),
                or_(story.c.retracted_at.is_(None), story.c.put_right_at.is_not(None)),
            )
            if until is not None:
                query = query.where(story.c.opened_at <= until)
            rows = connection.execute(query).mappings()
            found.update((row["id"], story_of(row)) for row in rows)
    return tuple(sorted(found.values(), key=lambda one: (one.last_report_at, one.id), reverse=True))


def save_stories(connection: Connection, stories: Sequence[Story]) -> None:
    """Writes each story whole, whether it is new or stands already; of one given twice, the last state counts."""
    latest = {one.id: one for one in stories}
    upsert(connection, story, [_row(one) for one in latest.values()])


def recent_stories(connection: Connection, limit: int) -> tuple[Story, ...]:
    """Up to `limit` stories, the latest reported first."""
    query = select(story).order_by(story.c.last_report_at.desc(), story.c.id).limit(limit)
    return tuple(story_of(row) for row in connection.execute(query).mappings())


def all_stories(
    connection: Connection, *, since: dt.datetime | None = None, sides: Sequence[str] = ()
) -> Iterator[Story]:
    """Every story, the first opened first, in a stream: those reported `since` then, of one code or between two."""
    query = select(story)
    if since is not None:
        query = query.where(story.c.last_report_at >= since)
    if sides:
        query = query.where(concerns(story.c.source, story.c.target, sides))
    return map(story_of, rows_of(connection, query.order_by(story.c.opened_at, story.c.id)))


def stories_with_id(connection: Connection, prefix: str) -> tuple[Story, ...]:
    """The stories whose id starts so, by id; at most two, since a third says no more."""
    query = select(story).where(story.c.id.startswith(prefix, autoescape=True)).order_by(story.c.id).limit(2)
    return tuple(story_of(row) for row in connection.execute(query).mappings())


def stories_by_id(connection: Connection, story_ids: Iterable[str]) -> dict[str, Story]:
    """The stories with these ids; where one was merged into another, that other one stands under its id."""
    found: dict[str, Story] = {}
    for part in chunks(sorted(set(story_ids))):
        rows = connection.execute(select(story).where(story.c.id.in_(part))).mappings()
        found.update((row["id"], story_of(row)) for row in rows)
    merged = {one.merged_into for one in found.values() if one.merged_into is not None}
    whole = stories_by_id(connection, merged) if merged else {}
    return {name: whole.get(one.merged_into or "", one) for name, one in found.items()}


def planned_stories(connection: Connection, not_before: dt.date) -> tuple[Story, ...]:
    """The stories of what is planned for that day or a later one; those merged into others are left out."""
    query = select(story).where(
        story.c.status == Status.PLANNED.value, story.c.date_last >= not_before, story.c.merged_into.is_(None)
    )
    rows = connection.execute(query.order_by(story.c.date_first, story.c.id)).mappings()
    return tuple(story_of(row) for row in rows)


def stories_between(
    connection: Connection,
    *,
    limit: int,
    relation_name: str | None = None,
    since: dt.datetime | None = None,
    opened_by: dt.datetime | None = None,
) -> tuple[Story, ...]:
    """Up to `limit` stories, the latest reported first: of one relation, reported since a time, opened by another, or all."""
    query = select(story).where(story.c.merged_into.is_(None))
    if relation_name is not None:
        query = query.where(story.c.relation == relation_name)
    if since is not None:
        query = query.where(story.c.last_report_at >= since)
    if opened_by is not None:
        query = query.where(story.c.opened_at <= opened_by)
    rows = connection.execute(query.order_by(story.c.last_report_at.desc(), story.c.id).limit(limit)).mappings()
    return tuple(story_of(row) for row in rows)


def stories_of_pair(connection: Connection, relation_name: str, opened_since: dt.datetime) -> tuple[Story, ...]:
    """All stories of a pair that opened since then, the first opened first; those merged into others are left out."""
    # The index is by the last report, which never comes before the first.
    query = select(story).where(
        story.c.relation == relation_name,
        story.c.last_report_at >= opened_since,
        story.c.opened_at >= opened_since,
        story.c.merged_into.is_(None),
    )
    rows = connection.execute(query.order_by(story.c.opened_at, story.c.id)).mappings()
    return tuple(story_of(row) for row in rows)


def stories_before(connection: Connection, later: Story, limit: int) -> tuple[Story, ...]:
    """Up to `limit` other stories of the same relation that opened no later, the latest reported first.

    Sample news stays among its own.
    """
    query = (
        select(story)
        .where(
            story.c.relation == relation_of(later.source, later.target),
            story.c.id != later.id,
            story.c.sample == later.sample,
            story.c.opened_at <= later.opened_at,
            story.c.merged_into.is_(None),
            story.c.retracted_at.is_(None),
        )
        .order_by(story.c.last_report_at.desc(), story.c.id.desc())
        .limit(limit)
    )
    return tuple(story_of(row) for row in connection.execute(query).mappings())


def has_had_another(connection: Connection, known: Story, since: dt.datetime) -> bool:
    """Whether another story of the same pair and type was reported at `since` or later; what was taken back doesn't count."""
    query = select(story.c.id).where(
        story.c.relation == known.relation,
        story.c.last_report_at >= since,
        story.c.type == known.type,
        story.c.id != known.id,
        story.c.sample.is_(False),
        story.c.merged_into.is_(None),
        story.c.retracted_at.is_(None),
    )
    return connection.execute(query.limit(1)).first() is not None


def _half_known(name: str) -> tuple[str, ...]:
    """The relations with one side of this one unknown; none where one is unknown already."""
    sides = name.split("-")
    return () if _UNKNOWN in sides else tuple(relation_of(side, None) for side in sides)


def _row(one: Story) -> dict[str, object]:
    return {
        "id": one.id,
        "relation": one.relation,
        "type": one.type,
        "source": one.source,
        "target": one.target,
        "object": one.object,
        "status": one.status.value,
        **date_columns(one.date),
        "severity": one.severity.value,
        "opened_at": one.opened_at,
        "last_report_at": one.last_report_at,
        "publishers": sorted(one.publishers),
        "headline": one.headline,
        "sample": one.sample,
        "happened_at": one.happened_at,
        "reached": sorted(stage.value for stage in one.reached) or None,
        "retracted_at": one.retracted_at,
        "merged_into": one.merged_into,
        "type_severity": one.type_severity.value if one.type_severity else None,
        "adjustments": [[adjustment.ground.value, adjustment.step] for adjustment in one.adjustments] or None,
        "official": one.official,
        "opposition": sorted(one.opposition) or None,
        "put_right_at": one.put_right_at,
        "lately": [[voice.publisher, voice.at.isoformat()] for voice in one.lately],
    }


def story_of(row: RowMapping) -> Story:
    """The story in a row that selects all columns of its table."""
    return Story(
        id=row["id"],
        relation=row["relation"],
        type=row["type"],
        source=row["source"],
        target=row["target"],
        object=row["object"],
        status=Status(row["status"]),
        date=date_of(row, story),
        severity=Severity(row["severity"]),
        opened_at=row["opened_at"],
        last_report_at=row["last_report_at"],
        publishers=frozenset(row["publishers"]),
        headline=row["headline"],
        sample=row["sample"],
        happened_at=row["happened_at"],
        retracted_at=row["retracted_at"],
        merged_into=row["merged_into"],
        # Rows of an earlier version hold none of the following.
        type_severity=Severity(row["type_severity"]) if row["type_severity"] else None,
        adjustments=tuple(Adjustment(ground=Ground(ground), step=step) for ground, step in row["adjustments"] or ()),
        official=bool(row["official"]),
        opposition=frozenset(row["opposition"] or ()),
        put_right_at=row["put_right_at"],
        reached=frozenset(Stage(name) for name in row["reached"] or ()),
        lately=tuple(Voice(publisher=name, at=dt.datetime.fromisoformat(at)) for name, at in row["lately"] or ()),
    )
