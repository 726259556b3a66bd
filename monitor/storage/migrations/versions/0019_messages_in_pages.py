"""Finds the messages of one channel, and those of one kind, in the order in which they were made."""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_message_channel_id_sequence", "message", ["channel_id", "sequence"])
    op.create_index("ix_message_kind_sequence", "message", ["kind", "sequence"])
