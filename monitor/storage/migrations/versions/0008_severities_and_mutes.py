"""What moves the severity of a story, whether a state speaks itself; what silences leave open; mutes."""

import sqlalchemy as sa
from alembic import op

from monitor.storage.columns import UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("story", sa.Column("type_severity", sa.String(), nullable=True))
    op.add_column("story", sa.Column("adjustments", sa.JSON(), nullable=True))
    op.add_column("story", sa.Column("official", sa.Boolean(), nullable=True))
    op.add_column("silence", sa.Column("detail", sa.String(), nullable=True))
    op.create_table(
        "mute",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("begins_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("sides", sa.JSON(), nullable=False),
        sa.Column("type", sa.String(), nullable=True),
        sa.Column("story_id", sa.String(), nullable=True),
        sa.Column("watch_id", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["story_id"], ["story.id"], name="fk_mute_story_id_story"),
        sa.PrimaryKeyConstraint("id", name="pk_mute"),
    )
