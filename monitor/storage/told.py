"""Which channels have been told of which stories: routing asks, so that a later report tells only the others.

Read in the poll's transaction, before `route`; the outbox keeps what is enqueued then.
"""

from collections.abc import Collection

from sqlalchemy import Connection, select

from monitor.domain.delivery import MessageKind
from monitor.storage.held import channels_of_released
from monitor.storage.situations import channels_of_entries
from monitor.storage.tables import digest_note, held_alert, message, situation_entry
from monitor.storage.upsert import chunks


def channels_told(connection: Connection, story_ids: Collection[str]) -> dict[str, set[str]]:
    """The ids of the channels that have each story in an alert or a situation, sent or waiting, or had it after quiet hours.

    Stories without any are left out. What a digest told does not count: an alert says more.
    """
    told: dict[str, set[str]] = {}
    for part in chunks(sorted(story_ids)):
        # Not asked for by kind: SQLite would walk all alerts there are, by the index of kinds, to find those of a few stories.
        rows = connection.execute(
            select(message.c.story_id, message.c.channel_id, message.c.kind)
            .where(message.c.story_id.in_(part))
            .distinct()
        )
        for story_id, channel_id, kind in rows:
            if kind == MessageKind.ALERT.value:
                told.setdefault(story_id, set()).add(channel_id)
    for others in (channels_of_entries(connection, story_ids), channels_of_released(connection, story_ids)):
        for story_id, channels in others.items():
            told.setdefault(story_id, set()).update(channels)
    return told


def watches_told(connection: Connection, story_id: str) -> set[str]:
    """The ids of the watches that were told of a story in any way, or for which it waits to be told."""
    told = set(connection.scalars(select(digest_note.c.watch_id).where(digest_note.c.story_id == story_id)))
    for table in (message, situation_entry, held_alert):
        for watches in connection.scalars(select(table.c.watches).where(table.c.story_id == story_id)):
            told.update(watches)
    return told


def channels_of_digests(connection: Connection, story_id: str) -> set[str]:
    """The channels that had a digest with this story in it: whoever corrects it tells them, too."""
    digests = connection.scalars(
        select(digest_note.c.told_in).where(digest_note.c.story_id == story_id, digest_note.c.told_in.is_not(None))
    ).all()
    # The key of a digest is "digest:WATCH:TIME:CHANNEL"; what a note names lacks the kind and the channel.
    found: set[str] = set()
    for name in set(digests):
        key = f"{MessageKind.DIGEST}:{name}:"
        found.update(
            connection.scalars(select(message.c.channel_id).where(message.c.dedup_key.startswith(key, autoescape=True)))
        )
    return found
