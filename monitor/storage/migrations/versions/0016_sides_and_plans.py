"""Finds the events of a state, however rare, and what is planned, without reading all that is stored."""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_event_source_code", "event", ["source_code"])
    op.create_index("ix_event_target_code", "event", ["target_code"])
    op.create_index("ix_story_status_date_last", "story", ["status", "date_last"])
