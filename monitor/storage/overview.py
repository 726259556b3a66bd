"""How much is stored and how it goes, in numbers: for `relmon status`, the gauges and the tests' assertions."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, Table, case, func, select

from monitor.domain.delivery import MessageKind
from monitor.storage.outbox.rows import MessageState
from monitor.storage.tables import event, feed, item, message, seen_key, story


class FeedHealth(StrEnum):
    """How an active feed does."""

    OK = "ok"
    FAILING = "failing"
    """The last poll failed."""
    NEW = "new"
    """Not polled yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """Counts of rows. Every state, kind and health is a key, at 0 where there is none. `keys` counts all ever seen, `alerts` summaries, too."""

    keys: int
    items: int
    events: int
    stories: int
    alerts: Mapping[MessageState, int]
    notices: Mapping[MessageState, int]
    feeds: Mapping[FeedHealth, int]


def overview(connection: Connection) -> Overview:
    """Counts everything, in one reading transaction."""
    sent = connection.execute(
        select(message.c.kind, message.c.state, func.count()).group_by(message.c.kind, message.c.state)
    ).all()
    by_kind = {
        kind: {
            state: sum(count for kind_, state_, count in sent if (kind_, state_) == (kind, state))
            for state in MessageState
        }
        for kind in MessageKind
    }
    return Overview(
        keys=_count(connection, seen_key),
        items=_count(connection, item),
        events=_count(connection, event),
        stories=_count(connection, story),
        alerts={
            state: sum(by_kind[kind][state] for kind in MessageKind if kind is not MessageKind.NOTICE)
            for state in MessageState
        },
        notices=by_kind[MessageKind.NOTICE],
        feeds=feeds_by_health(connection),
    )


def feeds_by_health(connection: Connection) -> dict[FeedHealth, int]:
    """The active feeds; every health is a key."""
    health = case(
        (feed.c.failures > 0, FeedHealth.FAILING.value),
        (feed.c.last_polled_at.is_(None), FeedHealth.NEW.value),
        else_=FeedHealth.OK.value,
    )
    rows = connection.execute(select(health, func.count()).where(feed.c.active.is_(True)).group_by(health)).all()
    counted = {FeedHealth(row[0]): row[1] for row in rows}
    return {one: counted.get(one, 0) for one in FeedHealth}


def _count(connection: Connection, table: Table) -> int:
    return connection.execute(select(func.count()).select_from(table)).scalar_one()
