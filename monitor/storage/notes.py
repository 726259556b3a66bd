"""Facts about this installation, by key: when it first started, when it was last seen to write."""

import datetime as dt

from sqlalchemy import Connection, delete, select

from monitor.storage.tables import note
from monitor.storage.upsert import insert_new_returning, upsert


def read(connection: Connection, key: str) -> str | None:
    """The fact under this key, or None."""
    return connection.execute(select(note.c.value).where(note.c.key == key)).scalar_one_or_none()


def write(connection: Connection, key: str, value: str) -> None:
    """Sets the fact under this key."""
    upsert(connection, note, [{"key": key, "value": value}])


def remove(connection: Connection, key: str) -> None:
    """Removes the fact under this key, if there is one."""
    connection.execute(delete(note).where(note.c.key == key))


def write_once(connection: Connection, key: str, value: str) -> bool:
    """Sets the fact unless there is one; True where it was set. For what must happen once in an installation's life."""
    return bool(insert_new_returning(connection, note.c.key, note, [{"key": key, "value": value}]))


def prove_writable(connection: Connection, now: dt.datetime) -> None:
    """Writes a row for the sake of writing (R9): a full or read-only disk shows when the transaction ends at the latest."""
    write(connection, "last_proved_writable_at", now.isoformat())
