"""How much is stored and how it goes, in numbers: for `relmon status`, the gauges and the tests' assertions.

What PostgreSQL holds much of is estimated: counting reads a whole index there, 0.3 s for a million rows.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, Table, case, column, func, select, table

from monitor.domain.delivery import MessageKind
from monitor.storage.outbox.rows import MessageState
from monitor.storage.tables import event, feed, item, message, story

_COUNTED_UP_TO = 100_000
"""Rows. What the server estimates to be more is not counted; its estimate is renewed with each tenth that is added."""


class FeedHealth(StrEnum):
    """How an active feed does."""

    OK = "ok"
    FAILING = "failing"
    """The last poll failed."""
    NEW = "new"
    """Not polled yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """Counts of rows. Every state, kind and health is a key, at 0 where there is none. `alerts` counts summaries, too."""

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


def _count(connection: Connection, of: Table) -> int:
    if connection.dialect.name == "postgresql":
        # https://www.postgresql.org/docs/current/catalog-pg-class.html: reltuples
        tables = table("pg_class", column("oid"), column("reltuples"))
        estimate = select(tables.c.reltuples).where(tables.c.oid == func.to_regclass(of.name))
        estimated: float = connection.execute(estimate).scalar_one()
        if estimated > _COUNTED_UP_TO:
            return round(estimated)
    rows: int = connection.execute(select(func.count()).select_from(of)).scalar_one()
    return rows
