"""The daemons that share the database, and facts about the installation."""

import datetime as dt

from sqlalchemy import JSON
from sqlmodel import Field

from monitor.storage.columns import UtcDateTime
from monitor.storage.tables.base import METADATA, Row


class WorkerRow(Row, table=True):
    """A daemon that shares the database (PostgreSQL), and when it last showed itself."""

    __tablename__ = "worker"

    owner: str = Field(primary_key=True)
    duties: list[str] = Field(sa_type=JSON)
    configuration: str
    version: str
    configured_at: dt.datetime = Field(sa_type=UtcDateTime)
    seen_at: dt.datetime = Field(sa_type=UtcDateTime)


class HostTurnRow(Row, table=True):
    """When the next request to a host may start, where several daemons ask it (PostgreSQL)."""

    __tablename__ = "host_turn"

    host: str = Field(primary_key=True)
    next_at: dt.datetime = Field(sa_type=UtcDateTime)


class NoteRow(Row, table=True):
    """A fact about this installation, such as when it first started."""

    __tablename__ = "note"

    key: str = Field(primary_key=True)
    value: str


worker = METADATA.tables["worker"]
host_turn = METADATA.tables["host_turn"]
note = METADATA.tables["note"]
