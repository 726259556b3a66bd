"""Feeds between two polls: which are due, and who polls them now.

A claim is a lease (R1): whoever polls a feed writes its results only while the lease is still its own. Due times are
compared with the caller's `now`, leases with the database's clock. Pacing (when a feed is due next) is decided in
feeds/pacing.py; this room only remembers it. Comes before the fetch, and again as the end of the poll's transaction.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, bindparam, func, null, or_, select, update

from monitor.domain.feeds import (
    CacheValidators,
    FeedSource,
    FeedState,
    FeedTrouble,
    FeedWishes,
    FetchFailure,
)
from monitor.storage.engine import database_now
from monitor.storage.tables import feed
from monitor.storage.upsert import chunks, insert_new


@dataclass(frozen=True, slots=True, kw_only=True)
class PollClaim:
    """A feed leased for one poll. `state` is what was remembered when it was claimed."""

    state: FeedState
    owner: str
    token: int
    """Counts the claims of this feed; a later claim by anybody has a higher one."""


_NO_LEASE = {"lease_owner": None, "leased_until": None}


# What a poll leaves behind. `told` and `told_at` are the feed trouble report's to write, and may change meanwhile.
_REMEMBERED = (
    "etag",
    "last_modified",
    "body_digest",
    "first_polled_at",
    "last_polled_at",
    "last_ok_at",
    "next_poll_at",
    "failures",
    "failing_since",
    "failure",
    "last_error",
    "baseline_done",
    "ttl_seconds",
    "skip_hours",
    "skip_days",
    "rhythm_seconds",
    "newest_at",
    "entries",
    "empty_since",
    "moved_to",
    "moved_since",
)
_FINISH = (
    update(feed)
    .where(feed.c.id == bindparam("of"))
    .values({name: bindparam(f"new_{name}") for name in _REMEMBERED} | _NO_LEASE)
)
# Made once: putting it together would cost more than asking it.
_HOLDERS = (
    select(feed.c.id, feed.c.lease_owner, feed.c.lease_token)
    .where(feed.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(feed.c.id)
    .with_for_update()
)


def sync_feeds(connection: Connection, sources: Sequence[FeedSource], now: dt.datetime) -> None:
    """Makes the configured feeds the active ones.

    A new feed is due at once. One that left the configuration is kept, inactive. A changed address forgets what
    belonged to the old one (validators, failures) and is due at once; the baseline stands, since the id does. Where
    the interval became shorter, the next poll comes within the new one. In both cases a poll that is under way loses its
    lease: it would write what belongs to the old address, or come again by the old interval.
    """
    stored = {row["id"]: row for row in connection.execute(select(feed)).mappings()}
    configured = {source.id for source in sources}
    insert_new(connection, feed, [_new_row(source, now) for source in sources if source.id not in stored])
    for source in sources:
        if source.id in stored and (changes := _changes(stored[source.id], source, now)):
            connection.execute(update(feed).where(feed.c.id == source.id).values(changes))
    for feed_id, row in stored.items():
        if row["active"] and feed_id not in configured:
            connection.execute(update(feed).where(feed.c.id == feed_id).values(active=False, **_NO_LEASE))


def claim_due(
    connection: Connection,
    *,
    owner: str,
    limit: int,
    lease: dt.timedelta,
    due_by: dt.datetime | None,
    only: Collection[str] | None = None,
    without: Collection[str] = (),
) -> tuple[PollClaim, ...]:
    """Leases up to `limit` active feeds that nobody polls, the longest overdue first.

    `due_by` is usually now; None takes feeds whatever their due time. `only` names the feeds to choose from, `without` those
    to be left alone. A claim
    stands until it is finished or released, or until `lease` has passed.
    """
    now = database_now(connection)
    wanted = [feed.c.active.is_(True), _is_free(now)]
    if due_by is not None:
        wanted.append(feed.c.next_poll_at <= due_by)
    if only is not None:
        wanted.append(feed.c.id.in_(sorted(only)))
    if without:
        wanted.append(feed.c.id.not_in(sorted(without)))
    rows = (
        connection.execute(
            select(feed)
            .where(*wanted)
            .order_by(feed.c.next_poll_at, feed.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        .mappings()
        .all()
    )
    claims = tuple(PollClaim(state=state_of(row), owner=owner, token=row["lease_token"] + 1) for row in rows)
    if claims:
        connection.execute(
            update(feed)
            .where(feed.c.id == bindparam("of"))
            .values(lease_owner=owner, leased_until=now + lease, lease_token=bindparam("token")),
            [{"of": claim.state.feed_id, "token": claim.token} for claim in claims],
        )
    return claims


def still_ours(connection: Connection, claim: PollClaim) -> bool:
    """The fence: whether nobody has taken the feed since. Asked first in the transaction that writes the results.

    A lease that ran out but that nobody took over is still ours. The row stays locked to the transaction's end.
    """
    return connection.execute(select(feed.c.id).where(_is_held_by(claim)).with_for_update()).first() is not None


def finish(connection: Connection, claim: PollClaim, state: FeedState) -> bool:
    """Writes what is to be remembered and ends the lease; False, and nothing written, where the lease was lost."""
    return not finish_all(connection, [(claim, state)])


def finish_all(connection: Connection, finished: Sequence[tuple[PollClaim, FeedState]]) -> set[str]:
    """`finish` for many polls at once; returns the ids of the feeds whose lease was lost.

    Raises ValueError on a state without `next_poll_at`: the feed would never be polled again.
    """
    ours = held(connection, [claim for claim, _ in finished])
    finish_held(connection, [state for claim, state in finished if claim.state.feed_id in ours])
    return {claim.state.feed_id for claim, _ in finished} - ours


def finish_held(connection: Connection, states: Sequence[FeedState]) -> None:
    """`finish_all` for feeds that `held` has named in this transaction: nobody can have taken them since.

    Raises ValueError on a state without `next_poll_at`.
    """
    if states:
        connection.execute(_FINISH, [_remembered(state) for state in states])


def held(connection: Connection, claims: Sequence[PollClaim]) -> set[str]:
    """The fence for many claims: the ids of the feeds that nobody has taken since, locked to the transaction's end."""
    ours: set[str] = set()
    for part in chunks(claims):
        rows = connection.execute(_HOLDERS, {"ids": [claim.state.feed_id for claim in part]})
        holders = {feed_id: (owner, token) for feed_id, owner, token in rows}
        ours |= {
            claim.state.feed_id for claim in part if holders.get(claim.state.feed_id) == (claim.owner, claim.token)
        }
    return ours


def release(connection: Connection, claims: Iterable[PollClaim]) -> None:
    """Gives claims back unfinished: their feeds are due as before. Claims that were lost stay with their new owner."""
    for claim in claims:
        connection.execute(update(feed).where(_is_held_by(claim)).values(_NO_LEASE))


def make_due(connection: Connection, feed_ids: Collection[str], now: dt.datetime) -> frozenset[str]:
    """Makes active feeds due at once, whoever polls them; returns those that are known and active."""
    known = frozenset(
        connection.execute(select(feed.c.id).where(feed.c.active.is_(True), feed.c.id.in_(sorted(feed_ids)))).scalars()
    )
    connection.execute(update(feed).where(feed.c.id.in_(sorted(known))).values(next_poll_at=now))
    return known


def void_leases(connection: Connection) -> int:
    """Ends every lease, and returns how many there were.

    For a daemon that has just taken the lock of an SQLite file (R4): whoever held them is dead. Never where several
    processes share the work.
    """
    return connection.execute(update(feed).where(feed.c.lease_owner.is_not(None)).values(_NO_LEASE)).rowcount


def next_due_at(connection: Connection) -> dt.datetime | None:
    """When the next active feed that nobody polls is due; None where there is none."""
    due: dt.datetime | None = connection.execute(
        select(func.min(feed.c.next_poll_at)).where(feed.c.active.is_(True), _is_free(database_now(connection)))
    ).scalar_one()
    return due


def feed_states(connection: Connection) -> tuple[FeedState, ...]:
    """What is remembered of each active feed, ordered by id."""
    rows = connection.execute(select(feed).where(feed.c.active.is_(True)).order_by(feed.c.id)).mappings()
    return tuple(state_of(row) for row in rows)


def doubtful_feeds(connection: Connection, newest_before: dt.datetime) -> tuple[FeedState, ...]:
    """The active feeds with which something may be wrong, or was when the operator heard of them; ordered by id.

    That is: whose last poll failed, that are empty, whose newest entry is from before that time. The others, mostly nearly
    all, are not even read: this is asked every minute.
    """
    doubtful = or_(
        feed.c.told.is_not(None), feed.c.failures > 0, feed.c.empty_since.is_not(None), feed.c.newest_at < newest_before
    )
    rows = connection.execute(select(feed).where(feed.c.active.is_(True), doubtful).order_by(feed.c.id)).mappings()
    return tuple(state_of(row) for row in rows)


def failing_feeds(connection: Connection) -> tuple[FeedState, ...]:
    """The active feeds whose last poll failed, those first that have failed the longest."""
    failing = select(feed).where(feed.c.active.is_(True), feed.c.failures > 0)
    rows = connection.execute(failing.order_by(feed.c.failing_since, feed.c.id)).mappings()
    return tuple(state_of(row) for row in rows)


def feed_state(connection: Connection, feed_id: str) -> FeedState | None:
    """What is remembered of one feed, active or not; None where it was never configured."""
    row = connection.execute(select(feed).where(feed.c.id == feed_id)).mappings().one_or_none()
    return None if row is None else state_of(row)


def tell(connection: Connection, told: Mapping[str, FeedTrouble | None], now: dt.datetime) -> None:
    """Remembers what the operator knows of feeds by now; None: that they are well again."""
    if told:
        connection.execute(
            update(feed)
            .where(feed.c.id == bindparam("of"))
            .values(told=bindparam("new_told"), told_at=bindparam("new_told_at")),
            [
                {"of": feed_id, "new_told": trouble and trouble.value, "new_told_at": now if trouble else None}
                for feed_id, trouble in told.items()
            ],
        )


def _is_free(now: dt.datetime) -> ColumnElement[bool]:
    return or_(feed.c.lease_owner.is_(None), feed.c.leased_until < now)


def _is_held_by(claim: PollClaim) -> ColumnElement[bool]:
    return and_(feed.c.id == claim.state.feed_id, feed.c.lease_owner == claim.owner, feed.c.lease_token == claim.token)


def _new_row(source: FeedSource, now: dt.datetime) -> dict[str, object]:
    return {
        "id": source.id,
        "url": source.shown_url,
        "title": source.title,
        "poll_every_seconds": source.poll_every.total_seconds(),
        "active": True,
        "next_poll_at": now,
        "failures": 0,
        "baseline_done": False,
        "lease_token": 0,
    }


def _changes(row: RowMapping, source: FeedSource, now: dt.datetime) -> dict[str, object]:
    """What the configuration changes in a stored feed; mostly nothing."""
    wanted: dict[str, object] = {
        "url": source.shown_url,
        "title": source.title,
        "poll_every_seconds": source.poll_every.total_seconds(),
        "active": True,
    }
    if source.shown_url != row["url"]:
        wanted |= {
            "etag": None,
            "last_modified": None,
            "body_digest": None,
            "failures": 0,
            "failing_since": None,
            "failure": None,
            "last_error": None,
            "moved_to": None,
            "moved_since": None,
            "next_poll_at": min(row["next_poll_at"], now),
            **_NO_LEASE,
        }
    elif source.poll_every.total_seconds() < row["poll_every_seconds"]:
        wanted |= {"next_poll_at": min(row["next_poll_at"], now + source.poll_every), **_NO_LEASE}
    return {name: value for name, value in wanted.items() if row[name] != value}


def state_of(row: RowMapping) -> FeedState:
    """What a row that selects all columns of `feed` remembers."""
    return FeedState(
        feed_id=row["id"],
        validators=CacheValidators(
            etag=row["etag"], last_modified=row["last_modified"], body_digest=row["body_digest"]
        ),
        first_polled_at=row["first_polled_at"],
        last_polled_at=row["last_polled_at"],
        last_ok_at=row["last_ok_at"],
        next_poll_at=row["next_poll_at"],
        failures=row["failures"],
        failing_since=row["failing_since"],
        failure=FetchFailure(row["failure"]) if row["failure"] else None,
        last_error=row["last_error"],
        baseline_done=row["baseline_done"],
        wishes=FeedWishes(
            ttl=_duration(row["ttl_seconds"]),
            skip_hours=frozenset(row["skip_hours"] or ()),
            skip_days=frozenset(row["skip_days"] or ()),
        ),
        rhythm=_duration(row["rhythm_seconds"]),
        newest_at=row["newest_at"],
        entries=row["entries"],
        empty_since=row["empty_since"],
        moved_to=row["moved_to"],
        moved_since=row["moved_since"],
        told=FeedTrouble(row["told"]) if row["told"] else None,
        told_at=row["told_at"],
    )


def _remembered(state: FeedState) -> dict[str, object]:
    """The values of `_FINISH`."""
    if state.next_poll_at is None:
        raise ValueError(f"the state of feed {state.feed_id!r} has no next_poll_at")
    values = (
        state.validators.etag,
        state.validators.last_modified,
        state.validators.body_digest,
        state.first_polled_at,
        state.last_polled_at,
        state.last_ok_at,
        state.next_poll_at,
        state.failures,
        state.failing_since,
        state.failure.value if state.failure else None,
        state.last_error,
        state.baseline_done,
        _seconds(state.wishes.ttl),
        sorted(state.wishes.skip_hours) or null(),
        sorted(state.wishes.skip_days) or null(),
        _seconds(state.rhythm),
        state.newest_at,
        state.entries,
        state.empty_since,
        state.moved_to,
        state.moved_since,
    )
    return {"of": state.feed_id} | {f"new_{name}": value for name, value in zip(_REMEMBERED, values, strict=True)}


def _seconds(duration: dt.timedelta | None) -> float | None:
    return None if duration is None else duration.total_seconds()


def _duration(seconds: float | None) -> dt.timedelta | None:
    return None if seconds is None else dt.timedelta(seconds=seconds)
