"""What people say of alerts (P23), and the alerts of a story that was put right."""

from collections.abc import Collection

from sqlalchemy import Connection, select, update

from monitor.domain.feedback import Fault, Feedback
from monitor.storage.tables import feedback, message
from monitor.storage.upsert import chunks, upsert


def keep_feedback(connection: Connection, given: Feedback) -> None:
    """Stores a verdict; it takes the place of an earlier one on the same alert."""
    row = {"message_id": given.message_id, "fault": given.fault.value, "note": given.note, "at": given.at}
    upsert(connection, feedback, [row])


def all_feedback(connection: Connection) -> tuple[Feedback, ...]:
    """Every verdict, the first given first."""
    rows = connection.execute(select(feedback).order_by(feedback.c.at, feedback.c.message_id)).mappings()
    return tuple(
        Feedback(message_id=row["message_id"], fault=Fault(row["fault"]), note=row["note"], at=row["at"])
        for row in rows
    )


def called_wrong(connection: Connection, event_ids: Collection[str]) -> set[str]:
    """Those of these reports of which a person said that the text says nothing of the kind, or the reverse."""
    found: set[str] = set()
    for part in chunks(sorted(event_ids)):
        found.update(
            connection.scalars(
                select(message.c.event_id)
                .join(feedback, feedback.c.message_id == message.c.id)
                .where(message.c.event_id.in_(part), feedback.c.fault.in_([Fault.WRONG.value, Fault.DIRECTION.value]))
            )
        )
    return found


def move_messages(connection: Connection, story_id: str, to: str) -> None:
    """What was told of one story counts as told of another from now on, and what follows goes below it."""
    connection.execute(update(message).where(message.c.story_id == story_id).values(story_id=to))
