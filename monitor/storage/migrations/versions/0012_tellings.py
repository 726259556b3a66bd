"""By what words a text tells an event, from which gathering knows whether it may be one that is known."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("event", sa.Column("told", sa.String(), nullable=True))
