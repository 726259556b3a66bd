"""What is remembered of a feed's documents, further names of its entries, and how a title ends."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "feed_memory",
        sa.Column("feed_id", sa.String(), nullable=False),
        sa.Column("segments", sa.LargeBinary(), nullable=False),
        sa.Column("habits", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["feed_id"], ["feed.id"], name="fk_feed_memory_feed_id_feed"),
        sa.PrimaryKeyConstraint("feed_id", name="pk_feed_memory"),
    )
    op.create_table(
        "seen_name",
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["key"], ["seen_key.key"], name="fk_seen_name_key_seen_key"),
        sa.PrimaryKeyConstraint("name", name="pk_seen_name"),
        sqlite_with_rowid=False,
    )
    op.add_column("item", sa.Column("ending", sa.String(), nullable=True))
