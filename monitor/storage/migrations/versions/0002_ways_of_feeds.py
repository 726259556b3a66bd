"""What is learned of a feed's ways: its wishes and rhythm, where it moved, what the operator was told of it."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in (
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.String(), nullable=True),
        sa.Column("ttl_seconds", sa.Float(), nullable=True),
        sa.Column("skip_hours", sa.JSON(), nullable=True),
        sa.Column("skip_days", sa.JSON(), nullable=True),
        sa.Column("rhythm_seconds", sa.Float(), nullable=True),
        sa.Column("newest_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("entries", sa.Integer(), nullable=True),
        sa.Column("empty_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("moved_to", sa.String(), nullable=True),
        sa.Column("moved_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told", sa.String(), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
    ):
        op.add_column("feed", column)
    # A feed that fails at the time of the upgrade: since when is not known, so since it was asked last.
    op.execute("UPDATE feed SET failing_since = last_polled_at WHERE failures > 0")
