"""The pace and the failures of a channel; what a message is about, what its channel noted, and why it was dropped."""

import sqlalchemy as sa
from alembic import op

from monitor.storage.columns import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("channel", sa.Column("failures", sa.Integer(), nullable=True))
    op.add_column("channel", sa.Column("free_at", UtcDateTime(), nullable=True))
    op.add_column("message", sa.Column("title", sa.String(), nullable=True))
    op.add_column("message", sa.Column("tries_before", sa.Integer(), nullable=True))
    op.add_column("message", sa.Column("receipt", sa.String(), nullable=True))
    op.add_column("message", sa.Column("remark", sa.String(), nullable=True))
