"""What explains a message: what each report did to its story, and which report a message tells of.

Reports may be withdrawn by their publishers. The index finds the reasons for silence that are old enough to go.
"""

import sqlalchemy as sa
from alembic import op

from monitor.storage.columns import UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("event", sa.Column("step", sa.String(), nullable=True))
    op.add_column("event", sa.Column("withdrawn_at", UtcDateTime(), nullable=True))
    op.add_column("message", sa.Column("event_id", sa.String(), nullable=True))
    op.create_index("ix_silence_at", "silence", ["at"])
