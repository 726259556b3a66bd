"""The life of a story: when it is first said to have happened, the stages it went through, and who reported it lately."""

import sqlalchemy as sa
from alembic import op

from monitor.storage.columns import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("story", sa.Column("happened_at", UtcDateTime(), nullable=True))
    op.add_column("story", sa.Column("reached", sa.JSON(), nullable=True))
    op.add_column("story", sa.Column("lately", sa.JSON(), nullable=True))
    # What stands as reported has been so since its first report, as far as is known.
    op.execute("UPDATE story SET happened_at = opened_at WHERE status = 'reported'")
