"""What the pages of stories are read by: the stage to which a report took its story, and indexes for days and severities."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("event", sa.Column("stage", sa.String(), nullable=True))
    op.create_index("ix_story_opened_at", "story", ["opened_at"])
    op.create_index("ix_story_severity_last_report_at", "story", ["severity", "last_report_at"])
