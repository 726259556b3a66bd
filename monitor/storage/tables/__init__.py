"""All tables, as SQLModel classes, a module for each subject, and their Core tables for the statements of this package.

The classes stay inside storage: table models don't validate, so no value travels in one. Hot statements use the Core
tables, which are named here. A change to a table needs a migration; a test compares the two.
"""

from monitor.storage.tables.base import METADATA
from monitor.storage.tables.feeds import feed, feed_memory, item, seen_key, seen_name
from monitor.storage.tables.installation import host_turn, note, worker
from monitor.storage.tables.outbox import attempt, channel, feedback, message
from monitor.storage.tables.stories import event, relation, story
from monitor.storage.tables.telling import (
    digest_note,
    digest_time,
    held_alert,
    mute,
    silence,
    situation,
    situation_entry,
)

__all__ = [
    "METADATA",
    "attempt",
    "channel",
    "digest_note",
    "digest_time",
    "event",
    "feed",
    "feed_memory",
    "feedback",
    "held_alert",
    "host_turn",
    "item",
    "message",
    "mute",
    "note",
    "relation",
    "seen_key",
    "seen_name",
    "silence",
    "situation",
    "situation_entry",
    "story",
    "worker",
]
