"""What waits for a digest, when each digest was last due, and alerts that are held back for a time."""

import sqlalchemy as sa
from alembic import op

from monitor.storage.columns import UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "digest_note",
        sa.Column("watch_id", sa.String(), nullable=False),
        sa.Column("story_id", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("told_in", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_digest_note_event_id_event"),
        sa.ForeignKeyConstraint(["story_id"], ["story.id"], name="fk_digest_note_story_id_story"),
        sa.PrimaryKeyConstraint("watch_id", "story_id", "stage", name="pk_digest_note"),
    )
    op.create_index("ix_digest_note_told_in_watch_id", "digest_note", ["told_in", "watch_id"], unique=False)
    op.create_table(
        "digest_time",
        sa.Column("watch_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("watch_id", name="pk_digest_time"),
    )
    op.create_table(
        "held_alert",
        sa.Column("channel_id", sa.String(), nullable=False),
        sa.Column("story_id", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("watches", sa.JSON(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("held_at", UtcDateTime(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.Column("told_in", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_held_alert_event_id_event"),
        sa.ForeignKeyConstraint(["story_id"], ["story.id"], name="fk_held_alert_story_id_story"),
        sa.PrimaryKeyConstraint("channel_id", "story_id", "stage", name="pk_held_alert"),
    )
    op.create_index("ix_held_alert_told_in_until", "held_alert", ["told_in", "until"], unique=False)
    op.create_index("ix_held_alert_story_id", "held_alert", ["story_id"], unique=False)
    op.create_index("ix_message_channel_id_created_at", "message", ["channel_id", "created_at"], unique=False)
