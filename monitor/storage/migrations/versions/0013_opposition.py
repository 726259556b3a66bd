"""For which sides of a story the opposition acts, so that the government's deeds are another story."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("story", sa.Column("opposition", sa.JSON(), nullable=True))
