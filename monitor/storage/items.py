"""News items, and the keys that stay when an item is gone (P3).

Identity (which key an entry has) is decided in feeds/identity.py. Comes after it, and before the events read in an
item (events.py).
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, bindparam, exists, func, or_, select, update

from monitor.domain.feeds import NewsItem
from monitor.storage.streaming import concerns, rows_of
from monitor.storage.tables import event, item, seen_key
from monitor.storage.upsert import chunks, insert_new, insert_new_returning, upsert

_KEY_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenItems:
    """Which items: seen up to a moment, published from one and before another, of one feed; no sample news."""

    seen_until: dt.datetime
    published_from: dt.datetime | None = None
    published_before: dt.datetime | None = None
    feed_id: str | None = None


def insert_items(connection: Connection, items: Sequence[NewsItem]) -> set[bytes]:
    """Stores the items whose keys were never seen, and returns these keys.

    Of two items with one key, the first counts. Their feeds must be stored already (`polls.sync_feeds`).
    """
    first = {one.key: one for one in reversed(items)}
    inserted = insert_new_returning(
        connection,
        seen_key.c.key,
        seen_key,
        [
            {"key": one.key, "feed_id": one.feed_id, "digest": one.digest, "first_seen_at": one.seen_at}
            for one in first.values()
        ],
    )
    insert_new(connection, item, [_row(one) for one in first.values() if one.key in inserted])
    return inserted


def update_items(connection: Connection, items: Sequence[NewsItem]) -> None:
    """Stores publishers' edits of items whose keys are known (P5): content and digest, under the first sight's times.

    An item that retention removed comes back, with the times given.
    """
    if not items:
        return
    connection.execute(
        update(seen_key).where(seen_key.c.key == bindparam("of")).values(digest=bindparam("now_digest")),
        [{"of": one.key, "now_digest": one.digest} for one in items],
    )
    upsert(connection, item, [_row(one) for one in items], keep=("feed_id", "published_at", "seen_at", "sample"))


def recent_items(
    connection: Connection,
    *,
    limit: int,
    since: dt.datetime | None = None,
    feed_id: str | None = None,
    behind: NewsItem | None = None,
) -> tuple[NewsItem, ...]:
    """Up to `limit` items, the latest seen first; `since` bounds the time of the first sight.

    `behind` is the last item of a page: the next page begins behind it, whatever has come in or gone since then.
    """
    query = select(item, seen_key.c.digest).join(seen_key, seen_key.c.key == item.c.key)
    if since is not None:
        query = query.where(item.c.seen_at >= since)
    if feed_id is not None:
        query = query.where(item.c.feed_id == feed_id)
    if behind is not None:
        same_time = and_(item.c.seen_at == behind.seen_at, item.c.key > behind.key)
        query = query.where(or_(item.c.seen_at < behind.seen_at, same_time))
    rows = connection.execute(query.order_by(item.c.seen_at.desc(), item.c.key).limit(limit)).mappings()
    return tuple(item_of(row) for row in rows)


def all_items(
    connection: Connection, *, since: dt.datetime | None = None, sides: Sequence[str] = ()
) -> Iterator[NewsItem]:
    """Every item, the first seen first, in a stream; `sides` leaves those in which something was read about them."""
    query = select(item, seen_key.c.digest).join(seen_key, seen_key.c.key == item.c.key)
    if since is not None:
        query = query.where(item.c.seen_at >= since)
    if sides:
        about = concerns(event.c.source_code, event.c.target_code, sides)
        query = query.where(exists().where(event.c.item_key == item.c.key, about))
    return map(item_of, rows_of(connection, query.order_by(item.c.seen_at, item.c.key)))


def keys_by_publication(
    connection: Connection, *, since: dt.datetime | None = None, until: dt.datetime | None = None
) -> list[bytes]:
    """The keys of the items that were published from `since` on and before `until`, the oldest first; no sample news."""
    query = select(item.c.key).where(item.c.sample.is_(False))
    if since is not None:
        query = query.where(item.c.published_at >= since)
    if until is not None:
        query = query.where(item.c.published_at < until)
    return list(connection.scalars(query.order_by(item.c.published_at, item.c.key)))


def items_in_order(
    connection: Connection, chosen: ChosenItems, *, limit: int, behind: tuple[dt.datetime, bytes] | None = None
) -> tuple[NewsItem, ...]:
    """Up to `limit` of the chosen items, the first seen first. `behind`: when the last item of a page was seen, and its key."""
    query = select(item, seen_key.c.digest).join(seen_key, seen_key.c.key == item.c.key).where(*_chosen(chosen))
    if behind is not None:
        seen_at, key = behind
        # The first condition says nothing new, but lets the index find the place.
        query = query.where(
            item.c.seen_at >= seen_at, or_(item.c.seen_at > seen_at, and_(item.c.seen_at == seen_at, item.c.key > key))
        )
    rows = connection.execute(query.order_by(item.c.seen_at, item.c.key).limit(limit)).mappings()
    return tuple(item_of(row) for row in rows)


def count_items(connection: Connection, chosen: ChosenItems) -> int:
    """How many there are."""
    return connection.execute(select(func.count()).select_from(item).where(*_chosen(chosen))).scalar_one()


def _chosen(chosen: ChosenItems) -> list[ColumnElement[bool]]:
    conditions = [item.c.sample.is_(False), item.c.seen_at <= chosen.seen_until]
    if chosen.published_from is not None:
        conditions.append(item.c.published_at >= chosen.published_from)
    if chosen.published_before is not None:
        conditions.append(item.c.published_at < chosen.published_before)
    if chosen.feed_id is not None:
        conditions.append(item.c.feed_id == chosen.feed_id)
    return conditions


def items_with(connection: Connection, keys: Sequence[bytes]) -> tuple[NewsItem, ...]:
    """The items with these keys, in the order of the keys; those that have gone meanwhile are left out."""
    found: dict[bytes, NewsItem] = {}
    for part in chunks(keys):
        query = select(item, seen_key.c.digest).join(seen_key, seen_key.c.key == item.c.key)
        for row in connection.execute(query.where(item.c.key.in_(part))).mappings():
            found[row[item.c.key]] = item_of(row)
    return tuple(found[key] for key in keys if key in found)


def items_with_key(connection: Connection, prefix: str) -> tuple[NewsItem, ...]:
    """The items whose key, in hex, starts so; at most two, since a third says no more."""
    lowest, highest = (bytes.fromhex(prefix.ljust(2 * _KEY_BYTES, filler)) for filler in "0f")
    query = (
        select(item, seen_key.c.digest)
        .join(seen_key, seen_key.c.key == item.c.key)
        .where(item.c.key.between(lowest, highest))
        .order_by(item.c.key)
        .limit(2)
    )
    return tuple(item_of(row) for row in connection.execute(query).mappings())


def first_sight(connection: Connection, key: bytes) -> tuple[str, dt.datetime]:
    """In which feed and when the entry with this key was first seen, even where retention has removed its content (P3)."""
    query = select(seen_key.c.feed_id, seen_key.c.first_seen_at).where(seen_key.c.key == key)
    feed_id, first_seen_at = connection.execute(query).one()
    return feed_id, first_seen_at


def item_of(row: RowMapping) -> NewsItem:
    """The item in a row that selects the columns of `item` and the digest of `seen_key`."""
    return NewsItem(
        key=row[item.c.key],
        digest=row[seen_key.c.digest],
        feed_id=row[item.c.feed_id],
        guid=row[item.c.guid],
        link=row[item.c.link],
        title=row[item.c.title],
        ending=row[item.c.ending] or "",
        summary=row[item.c.summary],
        outlet=row[item.c.outlet],
        language=row[item.c.language],
        published_at=row[item.c.published_at],
        seen_at=row[item.c.seen_at],
        sample=row[item.c.sample],
    )


def _row(one: NewsItem) -> dict[str, object]:
    return {
        "key": one.key,
        "feed_id": one.feed_id,
        "guid": one.guid,
        "link": one.link,
        "title": one.title,
        "ending": one.ending or None,
        "summary": one.summary,
        "outlet": one.outlet,
        "language": one.language,
        "published_at": one.published_at,
        "seen_at": one.seen_at,
        "sample": one.sample,
    }
