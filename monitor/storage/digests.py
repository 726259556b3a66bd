"""What waits for the digests of watches, and when each was last due. What stands in one is decided in routing/digest.py.

Notes come after the events in the poll's transaction; a digest is composed from them in a reading one, and told in a short
writing one that fails to `take` it where another worker was faster.
"""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, and_, bindparam, delete, func, select, update

from monitor.domain.digests import DigestNote
from monitor.domain.stories import Stage
from monitor.storage.tables import digest_note, digest_time
from monitor.storage.upsert import chunks, insert_new, insert_new_returning


@dataclass(frozen=True, slots=True, kw_only=True)
class LastDigest:
    """The last time of a watch's digest that was looked at: its name, and its moment."""

    name: str
    at: dt.datetime


def note(connection: Connection, notes: Sequence[DigestNote]) -> None:
    """Has steps of stories wait for the next digest of their watch; one that waits or was told stays as it is."""
    insert_new(connection, digest_note, [_row(one) for one in notes])


def waiting(connection: Connection, watch_id: str) -> tuple[DigestNote, ...]:
    """What the next digest of a watch will tell, in the order in which it came."""
    query = select(digest_note).where(digest_note.c.watch_id == watch_id, digest_note.c.told_in.is_(None))
    rows = connection.execute(query.order_by(digest_note.c.at, digest_note.c.story_id, digest_note.c.stage)).mappings()
    return tuple(_note_of(row) for row in rows)


def waiting_since(connection: Connection) -> dict[str, dt.datetime]:
    """The watches, by id, for whose digest something waits, and since when."""
    query = select(digest_note.c.watch_id, func.min(digest_note.c.at)).where(digest_note.c.told_in.is_(None))
    rows = connection.execute(query.group_by(digest_note.c.watch_id))
    return {watch_id: at for watch_id, at in rows}  # noqa: C416 - rows are no pairs to mypy


def settle_notes(connection: Connection, notes: Sequence[DigestNote], told_in: str) -> None:
    """Marks these as told in the digest with this key."""
    if notes:
        connection.execute(
            update(digest_note)
            .where(
                digest_note.c.watch_id == bindparam("of_watch"),
                digest_note.c.story_id == bindparam("of_story"),
                digest_note.c.stage == bindparam("of_stage"),
                digest_note.c.told_in.is_(None),
            )
            .values(told_in=told_in),
            [{"of_watch": one.watch_id, "of_story": one.story_id, "of_stage": one.stage.value} for one in notes],
        )


def tell_instead(connection: Connection, reports: Mapping[str, str]) -> None:
    """Has what waits tell other reports of the same stories: by the id of the one that it told, the id of the other."""
    for former, latter in reports.items():
        waiting = and_(digest_note.c.event_id == former, digest_note.c.told_in.is_(None))
        connection.execute(update(digest_note).where(waiting).values(event_id=latter))


def notes_of_stories(connection: Connection, story_ids: Collection[str]) -> tuple[tuple[DigestNote, str | None], ...]:
    """What was noted of these stories for any watch, each with the key of the digest that told it; None where it waits."""
    found: list[tuple[DigestNote, str | None]] = []
    for part in chunks(sorted(set(story_ids))):
        rows = connection.execute(select(digest_note).where(digest_note.c.story_id.in_(part))).mappings()
        found += [(_note_of(row), row["told_in"]) for row in rows]
    return tuple(sorted(found, key=lambda one: (one[0].at, one[0].watch_id)))


def last_digest(connection: Connection, watch_id: str) -> LastDigest | None:
    """The last time of this watch's digest that was looked at; None where there was none yet."""
    row = connection.execute(select(digest_time).where(digest_time.c.watch_id == watch_id)).mappings().one_or_none()
    return None if row is None else LastDigest(name=row["name"], at=row["at"])


def begin(connection: Connection, watch_id: str, due: LastDigest) -> bool:
    """Notes a first time for a watch, from which its digests count; False where there is one."""
    row = {"watch_id": watch_id, "name": due.name, "at": due.at}
    return bool(insert_new_returning(connection, digest_time.c.watch_id, digest_time, [row]))


def take(connection: Connection, watch_id: str, due: LastDigest) -> bool:
    """Makes this transaction the one that tells the digest of this time; False where it was told, or a later one."""
    changed = connection.execute(
        update(digest_time)
        .where(digest_time.c.watch_id == watch_id, digest_time.c.name < due.name)
        .values(name=due.name, at=due.at)
    )
    return changed.rowcount == 1


def forget(connection: Connection, before: dt.datetime, limit: int) -> int:
    """Removes about `limit` of the oldest from before then, told or not, and returns how many went."""
    last: dt.datetime | None = connection.execute(
        select(digest_note.c.at).where(digest_note.c.at < before).order_by(digest_note.c.at).offset(limit - 1).limit(1)
    ).scalar_one_or_none()
    oldest = digest_note.c.at < before if last is None else digest_note.c.at <= last
    return connection.execute(delete(digest_note).where(oldest)).rowcount


def _row(one: DigestNote) -> dict[str, object]:
    return {
        "watch_id": one.watch_id,
        "story_id": one.story_id,
        "stage": one.stage.value,
        "event_id": one.event_id,
        "at": one.at,
        "late": one.late,
        "told_in": None,
    }


def _note_of(row: RowMapping) -> DigestNote:
    return DigestNote(
        watch_id=row["watch_id"],
        story_id=row["story_id"],
        stage=Stage(row["stage"]),
        event_id=row["event_id"],
        at=row["at"],
        late=row["late"],
    )
