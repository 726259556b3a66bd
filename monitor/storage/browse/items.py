"""The items of the archive in pages, the latest seen first, for the API."""

import datetime as dt

from sqlalchemy import Connection, and_, or_, select

from monitor.domain.browsing import Cursor, ItemFilter, Page
from monitor.domain.feeds import NewsItem
from monitor.storage.browse.places import behind, moment, page_of
from monitor.storage.items import item_of
from monitor.storage.tables import item, seen_key


def list_items(
    connection: Connection, wanted: ItemFilter, *, limit: int, after: Cursor | None = None
) -> Page[NewsItem]:
    """Up to `limit` items, sample news among them.

    Raises:
        ValueError: the cursor is none of this list.
    """
    query = select(item, seen_key.c.digest).join(seen_key, seen_key.c.key == item.c.key)
    if wanted.feed_id is not None:
        query = query.where(item.c.feed_id == wanted.feed_id)
    if wanted.since is not None:
        query = query.where(item.c.seen_at >= wanted.since)
    if wanted.until is not None:
        query = query.where(item.c.seen_at < wanted.until)
    if after is not None:
        seen_at, key = _place(after)
        # The first condition says nothing new, but lets the index find the place.
        query = query.where(
            item.c.seen_at <= seen_at, or_(item.c.seen_at < seen_at, and_(item.c.seen_at == seen_at, item.c.key > key))
        )
    rows = connection.execute(query.order_by(item.c.seen_at.desc(), item.c.key).limit(limit + 1)).mappings()
    return page_of([item_of(row) for row in rows], limit, lambda last: behind(last.seen_at, last.key))


def _place(cursor: Cursor) -> tuple[dt.datetime, bytes]:
    seen_at, key = cursor.after
    return moment(seen_at), bytes.fromhex(key)
