"""How the feeds do, for people who look: a page of the list, one feed, and what each brought in the last days.

Nothing here grows with the archive: the list is a walk over the feeds themselves, and what they brought is counted in an
index, for the feeds of one page and a few days. Which of them an operator has paused is the configuration's to say.
"""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, case, false, func, or_, select, true

from monitor.domain.browsing import Cursor, Page
from monitor.domain.feeds import FeedState, FeedTrouble
from monitor.storage.browse import places
from monitor.storage.polls import state_of
from monitor.storage.tables import event, feed, item

_QUIET = (FeedTrouble.SILENT.value, FeedTrouble.EMPTY.value)


class FeedChoice(StrEnum):
    """Which feeds of the list are asked for."""

    ALL = "all"
    FAILING = "failing"
    """The last poll failed."""
    SILENT = "silent"
    """They answer, but the operator was told that nothing new comes, or that they hold no entry."""
    NEW = "new"
    """Not polled yet."""
    PAUSED = "paused"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedFeed:
    """A feed as the database knows it. `url` is without user name and password."""

    title: str
    url: str
    poll_every: dt.timedelta
    state: FeedState


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedTally:
    """How many feeds there are of each kind. A feed counts once: paused before failing, failing before silent.

    `last_polled_at` is when any of them was polled last.
    """

    well: int
    failing: int
    silent: int
    new: int
    paused: int
    last_polled_at: dt.datetime | None

    @property
    def all(self) -> int:
        """Those that an operator has configured, paused ones among them."""
        return self.well + self.failing + self.silent + self.new + self.paused


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """What a feed brought on each of some days, in their order: items, and the events that stand in those."""

    items: tuple[int, ...]
    events: tuple[int, ...]


def list_feeds(
    connection: Connection,
    *,
    choice: FeedChoice = FeedChoice.ALL,
    name: str = "",
    paused: Collection[str] = (),
    limit: int,
    after: Cursor | None = None,
) -> Page[ListedFeed]:
    """Up to `limit` feeds in the order of their ids; `name` is a part of the id or the title, in any case of letters.

    A feed that left the configuration is not listed; `paused` ones are, though the database takes some for inactive, but not
    those that it has `never_stored`.

    Raises:
        ValueError: the cursor is none of this list.
    """
    wanted = [_configured(paused), _chosen(choice, paused)]
    if name:
        wanted.append(or_(feed.c.id.icontains(name, autoescape=True), feed.c.title.icontains(name, autoescape=True)))
    if after is not None:
        (last,) = after.after
        wanted.append(feed.c.id > places.name(last))
    query = select(feed).where(*wanted).order_by(feed.c.id).limit(limit + 1)
    found = [_listed(row) for row in connection.execute(query).mappings()]
    rows = tuple(found[:limit])
    more = len(found) > limit
    return Page(rows=rows, next=places.behind(rows[-1].state.feed_id) if more else None)


def one_feed(connection: Connection, feed_id: str) -> ListedFeed | None:
    """The feed with this id, active or not; None where it was never polled by this database."""
    row = connection.execute(select(feed).where(feed.c.id == feed_id)).mappings().one_or_none()
    return None if row is None else _listed(row)


def never_stored(connection: Connection, feed_ids: Collection[str]) -> frozenset[str]:
    """Those of these feeds that the database has never heard of: paused before they could be polled."""
    known = connection.scalars(select(feed.c.id).where(feed.c.id.in_(sorted(feed_ids)))) if feed_ids else ()
    return frozenset(feed_ids).difference(known)


def tally(connection: Connection, *, paused: Collection[str] = ()) -> FeedTally:
    """Counts the configured feeds, in one walk over them."""
    kind = case(
        (_is_paused(paused), FeedChoice.PAUSED.value),
        (feed.c.failures > 0, FeedChoice.FAILING.value),
        (feed.c.last_polled_at.is_(None), FeedChoice.NEW.value),
        (feed.c.told.in_(_QUIET), FeedChoice.SILENT.value),
        else_=FeedChoice.ALL.value,
    ).label("kind")
    rows = connection.execute(
        select(kind, func.count().label("number"), func.max(feed.c.last_polled_at).label("last"))
        .where(_configured(paused))
        .group_by(kind)
    ).all()
    counted = {FeedChoice(row.kind): row.number for row in rows}
    return FeedTally(
        well=counted.get(FeedChoice.ALL, 0),
        failing=counted.get(FeedChoice.FAILING, 0),
        silent=counted.get(FeedChoice.SILENT, 0),
        new=counted.get(FeedChoice.NEW, 0),
        # One that was paused before it was ever polled has no row.
        paused=len(set(paused)),
        last_polled_at=max((row.last for row in rows if row.last is not None), default=None),
    )


def brought(connection: Connection, feed_ids: Collection[str], days: Sequence[dt.datetime]) -> Mapping[str, Brought]:
    """What each of these feeds brought on each day; those that brought nothing are there, too.

    `days` are the moments at which the days begin, in order; the last one lasts until now. An item counts on the day on
    which it was first seen, and so does what was read in it and still stands.
    """
    ids = sorted(set(feed_ids))
    items: dict[str, list[int]] = {one: [0] * len(days) for one in ids}
    events: dict[str, list[int]] = {one: [0] * len(days) for one in ids}
    day = case(
        *((item.c.seen_at >= begins, number) for number, begins in reversed(list(enumerate(days)))), else_=0
    ).label("day")
    lately = (item.c.feed_id.in_(ids), item.c.seen_at >= days[0])
    counted = select(item.c.feed_id, day, func.count()).where(*lately).group_by(item.c.feed_id, day)
    for feed_id, number, count in connection.execute(counted):
        items[feed_id][number] = count
    standing = and_(event.c.item_key == item.c.key, event.c.withdrawn_at.is_(None))
    read = select(item.c.feed_id, day, func.count()).join(event, standing).where(*lately)
    for feed_id, number, count in connection.execute(read.group_by(item.c.feed_id, day)):
        events[feed_id][number] = count
    return {one: Brought(items=tuple(items[one]), events=tuple(events[one])) for one in ids}


def _configured(paused: Collection[str]) -> ColumnElement[bool]:
    return or_(feed.c.active.is_(True), _is_paused(paused))


def _is_paused(paused: Collection[str]) -> ColumnElement[bool]:
    return feed.c.id.in_(sorted(paused)) if paused else false()


def _chosen(choice: FeedChoice, paused: Collection[str]) -> ColumnElement[bool]:
    if choice is FeedChoice.PAUSED:
        return _is_paused(paused)
    if choice is FeedChoice.ALL:
        return true()
    return and_(~_is_paused(paused), _unpaused(choice))


def _unpaused(choice: FeedChoice) -> ColumnElement[bool]:
    match choice:
        case FeedChoice.FAILING:
            return feed.c.failures > 0
        case FeedChoice.SILENT:
            return and_(feed.c.failures == 0, feed.c.told.in_(_QUIET))
        case FeedChoice.NEW:
            return and_(feed.c.failures == 0, feed.c.last_polled_at.is_(None))
        case FeedChoice.ALL | FeedChoice.PAUSED:
            return true()
        case _:
            assert_never(choice)


def _listed(row: RowMapping) -> ListedFeed:
    return ListedFeed(
        title=row["title"],
        url=row["url"],
        poll_every=dt.timedelta(seconds=row["poll_every_seconds"]),
        state=state_of(row),
    )
