"""Who says what an event tells, or denies it."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for part in ("code", "name", "role", "part"):
        op.add_column("event", sa.Column(f"speaker_{part}", sa.String(), nullable=True))
