"""What Alembic runs to migrate, on the connection and in the transaction that schema.py opened.

Not a command line of its own. To draft a migration after a change to tables/, call
`alembic.command.revision(alembic_config(connection), message, autogenerate=True)` with schema.py's `alembic_config`.
"""

from typing import Any, Literal

from alembic import context
from sqlmodel import AutoString

from monitor.storage.columns import UtcDateTime
from monitor.storage.fulltext import is_table_of_ours
from monitor.storage.tables import METADATA


def _plain_type(kind: str, value: Any, _context: Any) -> str | Literal[False]:
    """Writes our own types as SQLAlchemy's: a migration must stand when our code has changed."""
    if kind == "type" and isinstance(value, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(value, AutoString):
        return "sa.String()"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    include_name=is_table_of_ours,
    render_item=_plain_type,
    # SQLite can't alter most of a table in place: Alembic then copies it.
    render_as_batch=True,
    # SQLite's DDL is transactional once the driver no longer begins transactions by itself (see engine.py).
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
