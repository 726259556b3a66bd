"""Stories put right by a person: taken back, amended, merged, split; whoever was told hears of it (P23).

Each function is one step of the caller's transaction and returns how many corrections it enqueued, on the channels that
are configured. Corrections stand below what they correct. Comes after `relmon stories`, which finds the stories meant.
"""

import dataclasses
import datetime as dt
from collections.abc import Collection, Mapping

from monitor.delivery.channel import Channel
from monitor.delivery.corrections import changes, correction
from monitor.domain.delivery import Message, Notice, message_id
from monitor.domain.stories import Story
from monitor.storage import events, outbox, stories
from monitor.storage.connection import Connection
from monitor.storage.feedback import move_messages
from monitor.storage.told import channels_told
from monitor.stories.gather import Gatherer

Channels = Mapping[str, Channel]


def retract(connection: Connection, story: Story, reason: str, channels: Channels, now: dt.datetime) -> int:
    """Takes a story back: it did not happen, or not so. Its further reports tell nobody."""
    _lock(connection, story)
    stories.save_stories(connection, [dataclasses.replace(story, retracted_at=now)])
    said = f"This is taken back: {reason}" if reason else "This is taken back."
    return _tell(connection, story, correction(story, said, now), channels, now)


def amend(connection: Connection, story: Story, amended: Story, channels: Channels, now: dt.datetime) -> int:
    """Writes the story as it should stand; one that was taken back stands again."""
    _lock(connection, story, amended)
    stories.save_stories(connection, [dataclasses.replace(amended, retracted_at=None)])
    said = changes(story, amended)
    return _tell(connection, story, correction(story, said, now), channels, now) if said else 0


def merge(connection: Connection, story: Story, into: Story, gatherer: Gatherer) -> Story:
    """Moves the reports of one story into another, which it returns; what was told of the first counts for both."""
    _lock(connection, story, into)
    moved = [one.stored for one in events.events_of_story(connection, story.id)]
    staying = [one.stored for one in events.events_of_story(connection, into.id)]
    whole = gatherer.retell([*staying, *moved], like=into)
    stories.save_stories(connection, [whole, dataclasses.replace(story, merged_into=into.id)])
    events.move_events(connection, [one.id for one in moved], into.id)
    move_messages(connection, story.id, into.id)
    return whole


def split(connection: Connection, story: Story, event_ids: Collection[str], gatherer: Gatherer) -> Story:
    """Takes some reports out of a story into one of their own, which it returns.

    Raises:
        ValueError: a story would be left without a report of its own.
    """
    _lock(connection, story)
    reports = [one.stored for one in events.events_of_story(connection, story.id)]
    staying = [one for one in reports if one.id not in event_ids]
    own = gatherer.retell([one for one in reports if one.id in event_ids])
    if own.id == story.id:
        # The story was named after the very report that leaves it.
        own = dataclasses.replace(own, id=own.id[::-1])
    stories.save_stories(connection, [gatherer.retell(staying, like=story), own])
    events.move_events(connection, event_ids, own.id)
    return own


def _lock(connection: Connection, *concerned: Story) -> None:
    stories.lock_relations(connection, {story.relation for story in concerned})


def _tell(connection: Connection, story: Story, notice: Notice, channels: Channels, now: dt.datetime) -> int:
    told = channels_told(connection, {story.id}).get(story.id, set())
    return outbox.enqueue(
        connection,
        [_message(channels[name], story, notice, now) for name in sorted(told) if name in channels],
    )


def _message(channel: Channel, story: Story, notice: Notice, now: dt.datetime) -> Message:
    key = notice.key_for(channel.id)
    return Message(
        id=message_id(key),
        dedup_key=key,
        channel_id=channel.id,
        kind=notice.kind,
        rendered=channel.render_notice(notice),
        created_at=now,
        story_id=story.id,
        title=notice.title,
    )
