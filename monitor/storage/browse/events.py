"""The events of the archive in pages, the latest read first, for the API.

A list that is narrowed to sides or types is put together from walks in the indexes, one for each side and type, each of them
in the order of the list: however much is stored, no more is read than is shown, once for each walk.
"""

import datetime as dt
from collections.abc import Iterator, Sequence

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from monitor.domain.browsing import Cursor, EventFilter, Page
from monitor.storage.browse.places import behind, moment, name, page_of
from monitor.storage.events import ArchivedEvent, archived_of, with_item
from monitor.storage.tables import event
from monitor.storage.upsert import chunks

_EARLIEST = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def list_events(
    connection: Connection, wanted: EventFilter, *, limit: int, after: Cursor | None = None
) -> Page[ArchivedEvent]:
    """Up to `limit` events, mentions and those that were withdrawn among them.

    Raises:
        ValueError: the cursor is none of this list.
    """
    conditions = list(_narrowed(wanted, after))
    places: set[tuple[str, dt.datetime]] = set()
    for walk in _walks(wanted):
        query = select(event.c.id, event.c.seen_at).where(*walk, *conditions)
        rows = connection.execute(query.order_by(event.c.seen_at.desc(), event.c.id).limit(limit + 1))
        places.update((event_id, seen_at) for event_id, seen_at in rows)
    found = sorted(sorted(places), key=lambda place: place[1], reverse=True)
    # Read whole are those alone that are shown, whichever walk has found them.
    whole = {one.stored.id: one for one in _whole(connection, [event_id for event_id, _ in found[:limit]])}
    return page_of(found, limit, lambda place: behind(place[1], place[0])).map(lambda place: whole[place[0]])


def types_read(connection: Connection, kind: str) -> frozenset[str]:
    """The types of all stored events that are `kind` ("diplomat.expelled") or begin with it ("diplomat")."""
    # One step through the index for each type; telling them apart without it would read every event.
    found = select(func.min(event.c.type).label("type")).cte("types_read", recursive=True)
    following = select(func.min(event.c.type)).where(event.c.type > found.c.type).scalar_subquery()
    found = found.union_all(select(following).where(found.c.type.is_not(None)))
    names = connection.scalars(select(found.c.type).where(found.c.type.is_not(None)))
    return frozenset(one for one in names if one == kind or one.startswith(f"{kind}."))


def _whole(connection: Connection, ids: Sequence[str]) -> Iterator[ArchivedEvent]:
    for part in chunks(ids):
        for row in connection.execute(with_item().where(event.c.id.in_(part))).mappings():
            yield archived_of(row)


def _walks(wanted: EventFilter) -> Iterator[Sequence[ColumnElement[bool]]]:
    """Conditions that each an index answers in the order of the list; an event may fit several of them."""
    types = sorted(wanted.types)
    match wanted.sides:
        case ():
            if not types:
                yield ()
            for one in types:
                yield (event.c.type == one,)
            return
        case (code,):
            sides: tuple[ColumnElement[bool], ...] = (event.c.source_code == code, event.c.target_code == code)
        case (one, other):
            sides = (
                and_(event.c.source_code == one, event.c.target_code == other),
                and_(event.c.source_code == other, event.c.target_code == one),
            )
        case _:
            raise ValueError("a relation has one or two sides")
    for side in sides:
        yield (side, event.c.type.in_(types)) if types else (side,)


def _narrowed(wanted: EventFilter, after: Cursor | None) -> Iterator[ColumnElement[bool]]:
    if wanted.statuses:
        yield event.c.status.in_(sorted(status.value for status in wanted.statuses))
    # Before the first of all events: says nothing, but lets SQLite walk in the index rather than sort all that is stored.
    yield event.c.seen_at >= (wanted.since or _EARLIEST)
    if wanted.until is not None:
        yield event.c.seen_at < wanted.until
    if after is not None:
        read_at, event_id = _place(after)
        # The first condition says nothing new, but lets the index find the place.
        yield event.c.seen_at <= read_at
        yield or_(event.c.seen_at < read_at, and_(event.c.seen_at == read_at, event.c.id > event_id))


def _place(cursor: Cursor) -> tuple[dt.datetime, str]:
    read_at, event_id = cursor.after
    return moment(read_at), name(event_id)
