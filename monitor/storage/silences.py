"""Why reports sent nothing (P21). The reasons are given in stories/ and routing/; `explain` reads them.

Comes after the events in the poll's transaction.
"""

import datetime as dt
from collections.abc import Collection, Sequence

from sqlalchemy import Connection, RowMapping, select

from monitor.domain.routing import Silence, SilenceReason
from monitor.storage.tables import silence
from monitor.storage.upsert import chunks, insert_new

# A key can't hold NULL; no watch has an empty id.
_EVERY_WATCH = ""


def record(connection: Connection, silences: Sequence[Silence], at: dt.datetime) -> None:
    """Keeps the reasons; one that is known for its event and watch keeps the time at which it was first given."""
    insert_new(
        connection,
        silence,
        [
            {
                "event_id": one.event_id,
                "watch_id": _EVERY_WATCH if one.watch_id is None else one.watch_id,
                # The name, since the sentence may be worded anew.
                "reason": one.reason.name,
                "at": at,
            }
            for one in silences
        ],
    )


def silences_of(connection: Connection, event_ids: Collection[str]) -> tuple[Silence, ...]:
    """The reasons kept for these events, in the order in which they were given."""
    found: list[RowMapping] = []
    for part in chunks(sorted(event_ids)):
        found += connection.execute(select(silence).where(silence.c.event_id.in_(part))).mappings().all()
    found.sort(key=lambda row: (row["at"], row["event_id"], row["watch_id"], row["reason"]))
    return tuple(
        Silence(event_id=row["event_id"], watch_id=row["watch_id"] or None, reason=SilenceReason[row["reason"]])
        for row in found
    )
