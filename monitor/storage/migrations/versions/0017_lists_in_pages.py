"""Gives long lists of events and items in pages, whatever they are narrowed to, without sorting all that fits."""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_event_type_seen_at", "event", ["type", "seen_at"])
    op.create_index("ix_event_source_code_seen_at", "event", ["source_code", "seen_at"])
    op.create_index("ix_event_target_code_seen_at", "event", ["target_code", "seen_at"])
    op.create_index("ix_event_source_code_target_code_seen_at", "event", ["source_code", "target_code", "seen_at"])
    # These begin the new ones.
    op.drop_index("ix_event_source_code", "event")
    op.drop_index("ix_event_target_code", "event")
    op.create_index("ix_item_feed_id_seen_at", "item", ["feed_id", "seen_at"])
