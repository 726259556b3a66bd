"""Situations: bursts of stories of one pair, and what each channel is told of them together."""

import sqlalchemy as sa
from alembic import op

from monitor.storage.columns import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "situation",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("relation", sa.String(), nullable=False),
        sa.Column("channel_id", sa.String(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("last_at", UtcDateTime(), nullable=False),
        sa.Column("told_at", UtcDateTime(), nullable=False),
        sa.Column("summaries", sa.Integer(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_situation"),
    )
    op.create_index(
        "ix_situation_closed_at_relation_channel_id", "situation", ["closed_at", "relation", "channel_id"], unique=False
    )
    op.create_table(
        "situation_entry",
        sa.Column("situation_id", sa.String(), nullable=False),
        sa.Column("story_id", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("line", sa.String(), nullable=False),
        sa.Column("watches", sa.JSON(), nullable=False),
        sa.Column("summary", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["situation_id"], ["situation.id"], name="fk_situation_entry_situation_id_situation"
        ),
        sa.ForeignKeyConstraint(["story_id"], ["story.id"], name="fk_situation_entry_story_id_story"),
        sa.PrimaryKeyConstraint("situation_id", "story_id", "stage", name="pk_situation_entry"),
    )
    op.create_index("ix_situation_entry_story_id", "situation_entry", ["story_id"], unique=False)
