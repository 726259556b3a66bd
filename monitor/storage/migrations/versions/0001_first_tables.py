"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "channel",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("broken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("broken_reason", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_channel"),
    )
    op.create_table(
        "feed",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("poll_every_seconds", sa.Float(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("etag", sa.String(), nullable=True),
        sa.Column("last_modified", sa.String(), nullable=True),
        sa.Column("body_digest", sa.LargeBinary(), nullable=True),
        sa.Column("first_polled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_polled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_ok_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_poll_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(), nullable=True),
        sa.Column("baseline_done", sa.Boolean(), nullable=False),
        sa.Column("lease_owner", sa.String(), nullable=True),
        sa.Column("lease_token", sa.Integer(), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_feed"),
    )
    with op.batch_alter_table("feed", schema=None) as batch_op:
        batch_op.create_index("ix_feed_active_next_poll_at", ["active", "next_poll_at"], unique=False)

    op.create_table(
        "note",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_note"),
    )
    op.create_table(
        "relation", sa.Column("name", sa.String(), nullable=False), sa.PrimaryKeyConstraint("name", name="pk_relation")
    )
    op.create_table(
        "story",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("relation", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=True),
        sa.Column("target", sa.String(), nullable=True),
        sa.Column("object", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("date_first", sa.Date(), nullable=True),
        sa.Column("date_last", sa.Date(), nullable=True),
        sa.Column("date_precision", sa.String(), nullable=True),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_report_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("publishers", sa.JSON(), nullable=False),
        sa.Column("headline", sa.String(), nullable=False),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_story"),
    )
    with op.batch_alter_table("story", schema=None) as batch_op:
        batch_op.create_index("ix_story_last_report_at", ["last_report_at"], unique=False)
        batch_op.create_index("ix_story_relation_last_report_at", ["relation", "last_report_at"], unique=False)
        batch_op.create_index("ix_story_source_last_report_at", ["source", "last_report_at"], unique=False)
        batch_op.create_index("ix_story_target_last_report_at", ["target", "last_report_at"], unique=False)

    op.create_table(
        "message",
        sa.Column("sequence", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("dedup_key", sa.String(), nullable=False),
        sa.Column("channel_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("content_type", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("story_id", sa.String(), nullable=True),
        sa.Column("watches", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("lease_owner", sa.String(), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["channel_id"], ["channel.id"], name="fk_message_channel_id_channel"),
        sa.ForeignKeyConstraint(["story_id"], ["story.id"], name="fk_message_story_id_story"),
        sa.PrimaryKeyConstraint("sequence", name="pk_message"),
        sa.UniqueConstraint("dedup_key", name="uq_message_dedup_key"),
        sa.UniqueConstraint("id", name="uq_message_id"),
    )
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.create_index("ix_message_story_id", ["story_id"], unique=False)
        batch_op.create_index("ix_message_state_channel_id_sequence", ["state", "channel_id", "sequence"], unique=False)

    op.create_table(
        "seen_key",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("feed_id", sa.String(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["feed_id"], ["feed.id"], name="fk_seen_key_feed_id_feed"),
        sa.PrimaryKeyConstraint("key", name="pk_seen_key"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "attempt",
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name="fk_attempt_message_id_message"),
        sa.PrimaryKeyConstraint("message_id", "attempt", name="pk_attempt"),
    )
    op.create_table(
        "item",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("feed_id", sa.String(), nullable=False),
        sa.Column("guid", sa.String(), nullable=True),
        sa.Column("link", sa.String(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("outlet", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["feed_id"], ["feed.id"], name="fk_item_feed_id_feed"),
        sa.ForeignKeyConstraint(["key"], ["seen_key.key"], name="fk_item_key_seen_key"),
        sa.PrimaryKeyConstraint("key", name="pk_item"),
    )
    with op.batch_alter_table("item", schema=None) as batch_op:
        batch_op.create_index("ix_item_seen_at", ["seen_at"], unique=False)

    op.create_table(
        "event",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("item_key", sa.LargeBinary(), nullable=False),
        sa.Column("story_id", sa.String(), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("plover", sa.String(), nullable=False),
        sa.Column("source_code", sa.String(), nullable=True),
        sa.Column("source_name", sa.String(), nullable=True),
        sa.Column("source_role", sa.String(), nullable=True),
        sa.Column("source_part", sa.String(), nullable=True),
        sa.Column("target_code", sa.String(), nullable=True),
        sa.Column("target_name", sa.String(), nullable=True),
        sa.Column("target_role", sa.String(), nullable=True),
        sa.Column("target_part", sa.String(), nullable=True),
        sa.Column("object", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("date_first", sa.Date(), nullable=True),
        sa.Column("date_last", sa.Date(), nullable=True),
        sa.Column("date_precision", sa.String(), nullable=True),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("mention", sa.Boolean(), nullable=False),
        sa.Column("evidence_sentence", sa.String(), nullable=False),
        sa.Column("evidence_start", sa.Integer(), nullable=False),
        sa.Column("evidence_end", sa.Integer(), nullable=False),
        sa.Column("evidence_pattern", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["item_key"], ["item.key"], name="fk_event_item_key_item"),
        sa.ForeignKeyConstraint(["story_id"], ["story.id"], name="fk_event_story_id_story"),
        sa.PrimaryKeyConstraint("id", name="pk_event"),
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.create_index("ix_event_item_key", ["item_key"], unique=False)
        batch_op.create_index("ix_event_seen_at", ["seen_at"], unique=False)
        batch_op.create_index("ix_event_story_id", ["story_id"], unique=False)

    op.create_table(
        "silence",
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("watch_id", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name="fk_silence_event_id_event"),
        sa.PrimaryKeyConstraint("event_id", "watch_id", "reason", name="pk_silence"),
    )
