"""What is remembered of a feed's documents (P4), and the names by which its entries are known (P3).

What to remember is decided in feeds/segments.py and feeds/identity.py. Read before a document is parsed and again before
its entries are classified; written in the transaction that stores them.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import BindParameter, Connection, RowMapping, bindparam, select

from monitor.domain.memory import FeedHabits, FeedMemory, KnownItem
from monitor.storage.tables import feed, feed_memory, item, seen_key, seen_name
from monitor.storage.upsert import chunks, upsert

_CONTENT = (seen_key.c.key, seen_key.c.digest, item.c.guid, item.c.link, item.c.title, item.c.published_at)
_NAMES: BindParameter[Any] = bindparam("names", expanding=True)
_BY_NAME = (
    select(seen_name.c.name.label("of"), *_CONTENT)
    .join_from(seen_name, seen_key, seen_key.c.key == seen_name.c.key)
    .outerjoin(item, item.c.key == seen_key.c.key)
    .where(seen_name.c.name.in_(_NAMES))
)
_BY_KEY = (
    select(seen_key.c.key.label("of"), *_CONTENT)
    .join_from(seen_key, item, item.c.key == seen_key.c.key, isouter=True)
    .where(seen_key.c.key.in_(_NAMES))
)


def recall(connection: Connection, feed_id: str) -> FeedMemory:
    """What is remembered of a feed; an empty memory where nothing is."""
    row = connection.execute(select(feed_memory).where(feed_memory.c.feed_id == feed_id)).mappings().first()
    return FeedMemory() if row is None else FeedMemory(segments=row["segments"], habits=_habits(row["habits"]))


def habits_of_all(connection: Connection) -> dict[str, FeedHabits]:
    """What is learned of each feed that ever was configured, by its id; the usual habits where nothing is."""
    rows = connection.execute(
        select(feed.c.id, feed_memory.c.habits).join(feed_memory, feed_memory.c.feed_id == feed.c.id, isouter=True)
    )
    return {feed_id: _habits(habits or {}) for feed_id, habits in rows}


def remember(connection: Connection, feed_id: str, memory: FeedMemory) -> None:
    """Takes the place of what was remembered of the feed, which must be stored already (`polls.sync_feeds`)."""
    remember_all(connection, {feed_id: memory})


def remember_all(connection: Connection, memories: Mapping[str, FeedMemory]) -> None:
    """`remember` for many feeds at once, by their ids."""
    upsert(
        connection,
        feed_memory,
        [
            {"feed_id": feed_id, "segments": memory.segments, "habits": _row(memory.habits)}
            for feed_id, memory in memories.items()
        ],
    )


def known_items(connection: Connection, names: Sequence[bytes]) -> dict[bytes, KnownItem]:
    """The items known by these names, among them the keys themselves; names never seen are left out."""
    known: dict[bytes, KnownItem] = {}
    for part in chunks(names):
        for query in (_BY_NAME, _BY_KEY):
            known |= {row["of"]: _known(row) for row in connection.execute(query, {"names": part}).mappings()}
    return known


def add_names(connection: Connection, names: Mapping[bytes, bytes]) -> None:
    """Makes items, whose keys are stored, known by further names; a name that is taken finds the newer item from now on."""
    upsert(connection, seen_name, [{"name": name, "key": key} for name, key in names.items()])


def _known(row: RowMapping) -> KnownItem:
    return KnownItem(
        key=row["key"],
        digest=row["digest"],
        guid=row["guid"],
        link=row["link"],
        title=row["title"],
        published_at=row["published_at"],
    )


def _row(habits: FeedHabits) -> dict[str, object]:
    """The habits as JSON, without those that every feed has at first."""
    usual = asdict(FeedHabits())
    found = {name: value for name, value in asdict(habits).items() if value != usual[name]}
    if habits.parameters:
        found["parameters"] = sorted(habits.parameters)
    if habits.replayed_at is not None:
        found["replayed_at"] = habits.replayed_at.isoformat()
    return found


def _habits(row: dict[str, Any]) -> FeedHabits:
    replayed_at = row.get("replayed_at")
    read = {
        "parameters": frozenset(row.get("parameters", ())),
        "endings": tuple(row.get("endings", ())),
        "replayed_at": dt.datetime.fromisoformat(replayed_at) if replayed_at else None,
    }
    return FeedHabits(**(row | read))
