"""Stories that were taken back or merged into others, and what people say of alerts."""

import sqlalchemy as sa
from alembic import op

from monitor.storage.columns import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("story", sa.Column("retracted_at", UtcDateTime(), nullable=True))
    op.add_column("story", sa.Column("merged_into", sa.String(), nullable=True))
    op.create_table(
        "feedback",
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("fault", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name="fk_feedback_message_id_message"),
        sa.PrimaryKeyConstraint("message_id", name="pk_feedback"),
    )
