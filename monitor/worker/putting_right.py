"""Stories put right by a person: taken back, amended, merged, split; whoever was told hears of it (P23).

Each function is one step of the caller's transaction and returns how many corrections it enqueued, on the channels that
are configured. Corrections stand below what they correct. Comes after `relmon stories`, which finds the stories meant.
"""

import dataclasses
import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace

from monitor.delivery.channel import Channel
from monitor.delivery.corrections import put_right, says_otherwise, taken_back
from monitor.delivery.phrasebook import Phrasebook
from monitor.domain.delivery import Message, Notice
from monitor.domain.stories import Story
from monitor.storage import events, mutes, outbox, stories
from monitor.storage.connection import Connection
from monitor.storage.feedback import move_messages
from monitor.storage.told import channels_of_digests, channels_told
from monitor.stories.gather import Gatherer
from monitor.worker.notices import message_of

Channels = Mapping[str, Channel]


def retract(connection: Connection, story: Story, reason: str, channels: Channels, now: dt.datetime) -> int:
    """Takes a story back: it did not happen, or not so. Its further reports tell nobody."""
    _lock(connection, story)
    stories.save_stories(connection, [dataclasses.replace(story, retracted_at=now, put_right_at=now)])
    return _tell(connection, story, lambda book: taken_back(story, reason, now, book), channels)


def amend(connection: Connection, story: Story, amended: Story, channels: Channels, now: dt.datetime) -> int:
    """Writes the story as it should stand; one that was taken back stands again."""
    _lock(connection, story, amended)
    stories.save_stories(connection, [dataclasses.replace(amended, retracted_at=None, put_right_at=now)])
    if not says_otherwise(story, amended):
        return 0
    return _tell(connection, story, lambda book: put_right(story, amended, now, book), channels)


def merge(connection: Connection, story: Story, into: Story, gatherer: Gatherer, now: dt.datetime) -> Story:
    """Moves the reports of one story into another, which it returns; what was told of the first counts for both."""
    _lock(connection, story, into)
    moved, staying = (events.events_of_story(connection, one.id) for one in (story, into))
    whole = gatherer.retell([one.stored for one in (*staying, *moved) if one.withdrawn_at is None], like=into)
    whole = dataclasses.replace(whole, put_right_at=now)
    stories.save_stories(connection, [whole, dataclasses.replace(story, merged_into=into.id)])
    events.move_events(connection, [one.stored.id for one in moved], into.id)
    move_messages(connection, story.id, into.id)
    mutes.move(connection, story.id, into.id)
    return whole


def split(
    connection: Connection, story: Story, event_ids: Collection[str], gatherer: Gatherer, now: dt.datetime
) -> Story:
    """Takes some reports out of a story into one of their own, which it returns.

    Raises:
        ValueError: a story would be left without a report of its own.
    """
    _lock(connection, story)
    reports = [one.stored for one in events.events_of_story(connection, story.id) if one.withdrawn_at is None]
    staying = [one for one in reports if one.id not in event_ids]
    own = gatherer.retell([one for one in reports if one.id in event_ids])
    if own.id == story.id:
        # The story was named after the very report that leaves it.
        own = dataclasses.replace(own, id=own.id[::-1])
    own = dataclasses.replace(own, put_right_at=now)
    left = dataclasses.replace(gatherer.retell(staying, like=story), put_right_at=now)
    stories.save_stories(connection, [left, own])
    events.move_events(connection, event_ids, own.id)
    return own


def _lock(connection: Connection, *concerned: Story) -> None:
    stories.lock_relations(connection, {story.relation for story in concerned})


def corrections(
    story: Story,
    said: Callable[[Phrasebook], Notice],
    receivers: Iterable[Channel],
    *,
    event_id: str | None = None,
) -> list[Message]:
    """What is `said` of a story, in each receiver's language, to stand below what it was told. `event_id` is the report that did it."""
    return [
        replace(message_of(channel, said(channel.book)), story_id=story.id, event_id=event_id) for channel in receivers
    ]


def _tell(connection: Connection, story: Story, said: Callable[[Phrasebook], Notice], channels: Channels) -> int:
    """Enqueues what is `said` for those that were told of the story."""
    told = channels_told(connection, {story.id}).get(story.id, set()) | channels_of_digests(connection, story.id)
    receivers = [channels[name] for name in sorted(told) if name in channels]
    return outbox.enqueue(connection, corrections(story, said, receivers))
