"""By what a report was withdrawn, and when an operator put a story right: new patterns leave that alone."""

import sqlalchemy as sa
from alembic import op

from monitor.storage.columns import UtcDateTime

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("event", sa.Column("withdrawn_by", sa.String(), nullable=True))
    op.add_column("story", sa.Column("put_right_at", UtcDateTime(), nullable=True))
    # Until now nothing but an operator took a story back.
    op.execute("UPDATE story SET put_right_at = retracted_at WHERE retracted_at IS NOT NULL")
