"""Finds the stories that were taken back of late, which are few among many."""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_story_retracted_at", "story", ["retracted_at"])
