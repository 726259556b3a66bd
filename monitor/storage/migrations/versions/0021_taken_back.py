"""Finds the stories that were taken back of late, which are few among many."""

from alembic import op
from sqlalchemy import text

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    taken_back = text("retracted_at IS NOT NULL")
    op.create_index(
        "ix_story_retracted_at", "story", ["retracted_at"], sqlite_where=taken_back, postgresql_where=taken_back
    )
