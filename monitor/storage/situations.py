"""Situations and what they hold back (P22). When one opens and what passes is pure and stands in stories/situation.py.

Read and written in the poll's transaction, after its stories are saved, and by the tick that sends summaries.
"""

import datetime as dt
from collections.abc import Collection, Sequence

from sqlalchemy import Connection, RowMapping, select

from monitor.domain.delivery import MessageKind
from monitor.domain.situations import Situation, SituationEntry
from monitor.domain.stories import Stage
from monitor.domain.taxonomy import Severity
from monitor.storage.tables import message, situation, situation_entry, story
from monitor.storage.upsert import chunks, upsert


def open_situations(connection: Connection, relation: str | None = None) -> tuple[Situation, ...]:
    """The situations that are not over, the oldest first: of one relation, or all."""
    query = select(situation).where(situation.c.closed_at.is_(None))
    if relation is not None:
        query = query.where(situation.c.relation == relation)
    rows = connection.execute(query.order_by(situation.c.opened_at, situation.c.id)).mappings().all()
    return _with_entries(connection, rows)


def situations_since(connection: Connection, channel_id: str, since: dt.datetime) -> tuple[Situation, ...]:
    """The situations of a channel that had news since then, over or not, the oldest first."""
    query = select(situation).where(situation.c.channel_id == channel_id, situation.c.last_at > since)
    rows = connection.execute(query.order_by(situation.c.opened_at, situation.c.id)).mappings().all()
    return _with_entries(connection, rows)


def save_situations(connection: Connection, situations: Sequence[Situation]) -> None:
    """Writes each situation with its entries. Their stories must be stored already."""
    upsert(connection, situation, [_row(one) for one in situations])
    upsert(connection, situation_entry, [_entry_row(one.id, entry) for one in situations for entry in one.entries])


def told_lately(
    connection: Connection, *, relation: str, channel_id: str, since: dt.datetime
) -> tuple[SituationEntry, ...]:
    """What a channel was told of a pair by alerts since then, sent or still waiting, the oldest first."""
    rows = connection.execute(
        select(
            message.c.dedup_key,
            message.c.title,
            message.c.watches,
            message.c.created_at,
            story.c.id,
            story.c.type,
            story.c.severity,
            story.c.headline,
        )
        .join(story, story.c.id == message.c.story_id)
        .where(
            story.c.relation == relation,
            message.c.channel_id == channel_id,
            message.c.kind == MessageKind.ALERT.value,
            message.c.created_at >= since,
        )
        .order_by(message.c.sequence)
    ).mappings()
    return tuple(
        SituationEntry(
            story_id=row["id"],
            # The key of an alert is "alert:STORY:STAGE:CHANNEL".
            stage=Stage(row["dedup_key"].split(":")[2]),
            type=row["type"],
            severity=Severity(row["severity"]),
            at=row["created_at"],
            line=f"{row['title']}: {row['headline']}",
            watches=tuple(row["watches"]),
            summary=0,
        )
        for row in rows
    )


def channels_of_entries(connection: Connection, story_ids: Collection[str]) -> dict[str, set[str]]:
    """The channels that hear of each story in a situation, whether its summary was sent or waits."""
    told: dict[str, set[str]] = {}
    for part in chunks(sorted(story_ids)):
        rows = connection.execute(
            select(situation_entry.c.story_id, situation.c.channel_id)
            .join(situation, situation.c.id == situation_entry.c.situation_id)
            .where(situation_entry.c.story_id.in_(part))
            .distinct()
        )
        for story_id, channel_id in rows:
            told.setdefault(story_id, set()).add(channel_id)
    return told


def _with_entries(connection: Connection, rows: Sequence[RowMapping]) -> tuple[Situation, ...]:
    entries: dict[str, list[SituationEntry]] = {row["id"]: [] for row in rows}
    for part in chunks(sorted(entries)):
        found = select(situation_entry).where(situation_entry.c.situation_id.in_(part))
        for row in connection.execute(found.order_by(situation_entry.c.at, situation_entry.c.story_id)).mappings():
            entries[row["situation_id"]].append(_entry_of(row))
    return tuple(_situation_of(row, entries[row["id"]]) for row in rows)


def situations_of_story(connection: Connection, story_id: str) -> tuple[Situation, ...]:
    """The situations in which a story was told or waits to be, the oldest first, each with the entries of this story alone."""
    entries = connection.execute(
        select(situation_entry).where(situation_entry.c.story_id == story_id).order_by(situation_entry.c.at)
    ).mappings()
    by_situation: dict[str, list[SituationEntry]] = {}
    for row in entries:
        by_situation.setdefault(row["situation_id"], []).append(_entry_of(row))
    rows = connection.execute(
        select(situation).where(situation.c.id.in_(by_situation)).order_by(situation.c.opened_at, situation.c.id)
    ).mappings()
    return tuple(_situation_of(row, by_situation[row["id"]]) for row in rows)


def _row(one: Situation) -> dict[str, object]:
    return {
        "id": one.id,
        "relation": one.relation,
        "channel_id": one.channel_id,
        "opened_at": one.opened_at,
        "last_at": one.last_at,
        "told_at": one.told_at,
        "summaries": one.summaries,
        "closed_at": one.closed_at,
    }


def _entry_row(situation_id: str, entry: SituationEntry) -> dict[str, object]:
    return {
        "situation_id": situation_id,
        "story_id": entry.story_id,
        "stage": entry.stage.value,
        "type": entry.type,
        "severity": entry.severity.value,
        "at": entry.at,
        "line": entry.line,
        "watches": list(entry.watches),
        "summary": entry.summary,
    }


def _situation_of(row: RowMapping, entries: Sequence[SituationEntry]) -> Situation:
    return Situation(
        id=row["id"],
        relation=row["relation"],
        channel_id=row["channel_id"],
        opened_at=row["opened_at"],
        last_at=row["last_at"],
        told_at=row["told_at"],
        entries=tuple(entries),
        summaries=row["summaries"],
        closed_at=row["closed_at"],
    )


def _entry_of(row: RowMapping) -> SituationEntry:
    return SituationEntry(
        story_id=row["story_id"],
        stage=Stage(row["stage"]),
        type=row["type"],
        severity=Severity(row["severity"]),
        at=row["at"],
        line=row["line"],
        watches=tuple(row["watches"]),
        summary=row["summary"],
    )
