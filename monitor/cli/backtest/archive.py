"""News from the database of an installation, in the order of publication. It is only read, and a daemon may go on.

The clock of a backtest follows the publication, not the poll: what the first poll of a feed stored in silence is played as
if the feed had been followed before.
"""

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence

from monitor.domain.feeds import FeedSource, NewsItem
from monitor.storage.engine import Database
from monitor.storage.items import items_with, keys_by_publication

# Items are read in pages of so many, each in a short transaction: playing them must not keep one open.
_PAGE = 500
_EVERY = dt.timedelta(minutes=5)


def stored_keys(database: Database, *, since: dt.datetime | None, until: dt.datetime | None) -> list[bytes]:
    """Which items are to be played, in their order. All that is kept of them in memory: 16 bytes each."""
    with database.read() as connection:
        return keys_by_publication(connection, since=since, until=until)


def stored_items(
    database: Database, keys: Sequence[bytes], feeds: Mapping[str, FeedSource], tell: Callable[[int], None]
) -> Iterator[tuple[FeedSource, NewsItem]]:
    """The items with these keys, as if each was seen when it was published. `tell` hears how many were read."""
    for start in range(0, len(keys), _PAGE):
        page = keys[start : start + _PAGE]
        with database.read() as connection:
            items = items_with(connection, page)
        for item in items:
            feed = feeds.get(item.feed_id) or FeedSource(id=item.feed_id, url="", title=item.feed_id, poll_every=_EVERY)
            yield feed, dataclasses.replace(item, seen_at=item.published_at)
        tell(len(page))
