"""What follows from a publisher's correction, in the poll's transaction: stories put right, and whoever was told hears of it.

Which report corrects which is decided in stories/corrections.py; what an operator puts right is putting_right.py's. Where a
story rests on the wrong report alone, it says what the new one says from now on; where others still report it, only this
report leaves it. Either is told once, below what it corrects.
"""

import dataclasses
import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from monitor.delivery.channel import Channel
from monitor.delivery.corrections import corrected_by_publisher, says_otherwise, taken_back_by_publisher
from monitor.domain.delivery import Message
from monitor.domain.feeds import NewsItem
from monitor.domain.stories import StoredEvent, Story
from monitor.storage import digests, events, held, stories
from monitor.storage.connection import Connection
from monitor.storage.events import ArchivedEvent
from monitor.stories.corrections import Corrections
from monitor.stories.gather import Gatherer
from monitor.stories.sameness import STANDING_FOR
from monitor.worker.putting_right import corrections


@dataclass(frozen=True, slots=True, kw_only=True)
class Amended:
    """The story rested on the report that was corrected alone, and says what the new one says now."""

    story: Story
    messages: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """Others still report the story; the one who corrected itself does no more, and its new report goes its own way."""

    story: Story
    messages: tuple[Message, ...] = ()


@dataclass(slots=True)
class Correcting:
    """What the publishers of one transaction had reported before, in entries that they have edited or correct by new ones.

    `story_ids` are the stories of that, `relations` theirs, to be locked before any of it is put right.
    """

    finder: Corrections = field(default_factory=Corrections)
    relations: frozenset[str] = frozenset()
    story_ids: frozenset[str] = frozenset()
    _of_item: Mapping[bytes, Sequence[ArchivedEvent]] = field(default_factory=dict)
    _of_feed: Mapping[str, Sequence[ArchivedEvent]] = field(default_factory=dict)
    _withdrawn: set[str] = field(default_factory=set)
    _made_again: set[str] = field(default_factory=set)
    _instead: dict[str, str] = field(default_factory=dict)
    _joined: defaultdict[str, list[StoredEvent]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def look_up(
        cls, connection: Connection, finder: Corrections, *, edited: Iterable[NewsItem], fresh: Iterable[NewsItem]
    ) -> "Correcting":
        """What was read in the `edited` items before, and lately in the feeds whose `fresh` ones say that they correct it."""
        of_item: defaultdict[bytes, list[ArchivedEvent]] = defaultdict(list)
        for one in events.events_of_items(connection, [item.key for item in edited]):
            of_item[one.stored.item.key].append(one)
        of_feed: dict[str, Sequence[ArchivedEvent]] = {}
        for item in (one for one in fresh if finder.says_so(one)):
            since = item.published_at - STANDING_FOR
            of_feed[item.feed_id] = events.events_of_feed(connection, item.feed_id, since)
        found = [one for group in (*of_item.values(), *of_feed.values()) for one in group]
        concerned = stories.stories_by_id(connection, [one.story_id for one in found if one.story_id is not None])
        return cls(
            finder=finder,
            relations=frozenset(story.relation for story in concerned.values()),
            story_ids=frozenset(concerned),
            _of_item=of_item,
            _of_feed=of_feed,
        )

    def known(self, key: bytes) -> frozenset[str]:
        """The ids of the reports that stand in an edited item's archive, those that were corrected left out."""
        return frozenset(one.stored.id for one in self._of_item.get(key, ()) if one.withdrawn_at is None)

    def corrected(self, read: Sequence[StoredEvent], new: Sequence[StoredEvent]) -> dict[str, ArchivedEvent]:
        """Which `new` reports correct which earlier ones, by their ids. `read` is all that is read in these items now."""
        still_said = {report.id for report in read}
        found: dict[str, ArchivedEvent] = {}
        for key, item in {report.item.key: report.item for report in new}.items():
            before = [*self._of_item.get(key, ())]
            if self.finder.says_so(item):
                before += [one for one in self._of_feed.get(item.feed_id, ()) if one.stored.item.key != key]
            standing = {
                one.stored.id: one
                for one in before
                if one.withdrawn_at is None and one.stored.id not in still_said | self._withdrawn
            }
            self._made_again |= {one.stored.id for one in before if one.withdrawn_at is not None} & {
                one.id for one in new
            }
            pairs = self.finder.find(
                [one.stored for one in standing.values()], [report for report in new if report.item.key == key]
            )
            found |= {report_id: standing[earlier.id] for report_id, earlier in pairs.items()}
        return found

    def note(self, story: Story, report: StoredEvent) -> None:
        """Remembers a report that has joined a story in this transaction, and is in no table yet."""
        self._joined[story.id].append(report)

    def put_right(
        self,
        connection: Connection,
        story: Story,
        earlier: ArchivedEvent,
        report: StoredEvent,
        *,
        gatherer: Gatherer,
        told: Iterable[Channel],
        now: dt.datetime,
    ) -> Amended | Left:
        """Takes an earlier report out of its story for the sake of `report`. `told` are the channels that heard of the story."""
        events.withdraw_events(connection, [earlier.stored.id], now)
        self._withdrawn.add(earlier.stored.id)
        stored = events.events_of_story(connection, story.id)
        others = [one.stored for one in stored if one.withdrawn_at is None and one.stored.id not in self._withdrawn]
        others = [one for one in (*others, *self._joined[story.id]) if one.is_news]
        # What waits for the morning or a digest must not tell what its publisher has taken back.
        self._instead[earlier.stored.id] = others[0].id if others else report.id
        after = gatherer.retell(others or [report], like=story)
        after = dataclasses.replace(after, retracted_at=story.retracted_at, merged_into=story.merged_into)
        key = f"{earlier.stored.id}:{report.id}"
        if story.retracted_at is not None:
            return Left(story=after) if others else Amended(story=after)
        if others:
            left = corrections(
                story,
                lambda book: taken_back_by_publisher(story, after, report, book, key=key, now=now),
                told,
                event_id=report.id,
            )
            return Left(story=after, messages=tuple(left))
        if not says_otherwise(story, after):
            return Amended(story=after)
        amended = corrections(
            story,
            lambda book: corrected_by_publisher(story, after, report, book, key=key, now=now),
            told,
            event_id=report.id,
        )
        return Amended(story=after, messages=tuple(amended))

    def save(self, connection: Connection) -> None:
        """Writes what waits for the reports themselves, which must be stored by now.

        Reports count again that were corrected once and are made again, and what waits to be told tells what holds.
        """
        events.restore_events(connection, self._made_again)
        held.tell_instead(connection, self._instead)
        digests.tell_instead(connection, self._instead)
