"""Walks back the whole way of an entry, a story or an alert, from what is stored (P21). Reads only.

What was decided at the time is stored: events, steps of stories, reasons for silence, messages with their answers. What can
be found out again is found out again: the words that set a status, the nearest patterns where nothing was read, what a watch
would say as it is configured now. A text that isn't stored is what_if.py's. `relmon explain` prints what comes out.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from monitor.classify.explain import explain
from monitor.classify.matcher import Classifier
from monitor.delivery.situations import message_key
from monitor.domain.delivery import MessageKind, message_id
from monitor.domain.digests import DigestCause
from monitor.domain.explanation import (
    AlertSeen,
    Answer,
    Explained,
    FeedSeen,
    ForgottenItem,
    HeldBack,
    HoldCause,
    ItemSeen,
    ReportSeen,
    StorySeen,
    Told,
    WatchAnswer,
)
from monitor.domain.feeds import FeedSource, NewsItem
from monitor.domain.routing import Silence, Watch
from monitor.domain.stories import Story
from monitor.domain.taxonomy import Taxonomy
from monitor.feeds.identity import names_of_link, names_of_title
from monitor.routing.watches import objections
from monitor.storage import digests, events, held, items, memory, outbox, polls, silences, stories
from monitor.storage.channels import channel_states
from monitor.storage.connection import Connection
from monitor.storage.events import ArchivedEvent
from monitor.storage.outbox import StoredMessage
from monitor.storage.situations import situations_of_story
from monitor.stories.ids import event_id
from monitor.stories.sameness import STANDING_FOR
from monitor.worker.classifying import passage_of

_OTHERS_SHOWN = 5
_ALL = 1000
"""No pair has so many stories within the days of one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Archivist:
    """Finds in one reading transaction what became of things. `feeds` are those of the configuration, by id.

    `watches` are the ones that are asked about. The classifier is asked for where an entry is read again, and only there: to compile
    one takes a second.
    """

    connection: Connection
    taxonomy: Taxonomy
    watches: tuple[Watch, ...]
    classifier: Callable[[], Classifier]
    feeds: Mapping[str, FeedSource]

    def items_at(self, address: str) -> tuple[ItemSeen | ForgottenItem, ...]:
        """The entries with this link, or with one that leads to the same article, in any feed."""
        names = [
            name
            for feed_id, habits in memory.habits_of_all(self.connection).items()
            for name in names_of_link(feed_id, address, habits)
        ]
        return self._known_by(names)

    def items_titled(self, title: str) -> tuple[ItemSeen | ForgottenItem, ...]:
        """The entries with this title, in any feed; case doesn't count, nor does what a feed's titles end in."""
        names = [
            name
            for feed_id, habits in memory.habits_of_all(self.connection).items()
            for name in names_of_title(feed_id, title, habits)
        ]
        return self._known_by(names)

    def item(self, item: NewsItem) -> ItemSeen:
        """The whole way of one entry."""
        feed = self._feed(item.feed_id)
        passage = passage_of(self._source(item.feed_id), item)
        classifier = self.classifier()
        sentences = tuple(explain(classifier, passage))
        archived = events.events_of_item(self.connection, item.key)
        read_now = {event_id(item, event) for event in classifier.classify(passage)}
        concerned = dict.fromkeys(one.story_id for one in archived if one.story_id is not None)
        seen = {story_id: self._story(story_id) for story_id in concerned}
        reports = self._reports(archived, seen, sentences)
        return ItemSeen(
            item=item,
            feed=feed,
            known_by=self._names_of(item),
            sentences=sentences,
            reports=reports,
            stories=tuple(replace(one, reports=()) for one in seen.values()),
            reads_the_same=read_now == {one.stored.id for one in archived if one.withdrawn_at is None},
        )

    def story(self, story: Story, *, limit: int | None = None) -> StorySeen:
        """A story with its reports and messages: all, or the first `limit` reports and the last `limit` messages."""
        return self._story(story.id, limit)

    def alert(self, message: StoredMessage) -> AlertSeen:
        """A message, and what it tells of."""
        told = self._told(message)
        report = events.events_with_id(self.connection, told.event_id) if told.event_id else ()
        if report:
            return AlertSeen(told=told, about=self.item(report[0].stored.item))
        found = stories.stories_with_id(self.connection, told.story_id) if told.story_id else ()
        return AlertSeen(told=told, about=self.story(found[0]) if found else None)

    def _known_by(self, names: Sequence[bytes]) -> tuple[ItemSeen | ForgottenItem, ...]:
        known = {one.key: one for one in memory.known_items(self.connection, names).values()}
        return tuple(self._stored_or_forgotten(key) for key in sorted(known))

    def _stored_or_forgotten(self, key: bytes) -> ItemSeen | ForgottenItem:
        if stored := items.items_with_key(self.connection, key.hex()):
            return self.item(stored[0])
        feed_id, first_seen_at = items.first_sight(self.connection, key)
        return ForgottenItem(key=key, feed=self._feed(feed_id), first_seen_at=first_seen_at)

    def _feed(self, feed_id: str) -> FeedSeen:
        source = self.feeds.get(feed_id)
        return FeedSeen(
            feed_id=feed_id,
            title=source.title if source else feed_id,
            url=source.shown_url if source else None,
            state=polls.feed_state(self.connection, feed_id),
        )

    def _source(self, feed_id: str) -> FeedSource:
        """The feed as configured; of one that isn't any more, neither home nor tags are known."""
        return self.feeds.get(feed_id) or FeedSource(id=feed_id, url="", title=feed_id, poll_every=dt.timedelta(0))

    def _names_of(self, item: NewsItem) -> tuple[str, ...]:
        """By which of its names the entry is known. A guid can't be told from the key that was made of it."""
        habits = memory.habits_of_all(self.connection)[item.feed_id]
        by_link = names_of_link(item.feed_id, item.link, habits) if item.link else ()
        by_title = names_of_title(item.feed_id, item.headline, habits)
        known = memory.known_items(self.connection, [*by_link, *by_title])
        mine = {name for name, one in known.items() if one.key == item.key}
        kinds = (
            ("guid", item.guid is not None and item.key not in (*by_link, *by_title)),
            ("link", not mine.isdisjoint(by_link)),
            ("title", not mine.isdisjoint(by_title)),
        )
        return tuple(kind for kind, holds in kinds if holds)

    def _story(self, story_id: str, limit: int | None = None) -> StorySeen:
        (story,) = stories.stories_with_id(self.connection, story_id)
        sent = outbox.messages(self.connection, story_id=story_id, limit=limit or _ALL)
        seen = StorySeen(
            story=story,
            reports=(),
            told=tuple(self._told(one) for one in reversed(sent)),
            held=self._held(story),
            others=self._others(story),
        )
        archived = events.events_of_story(self.connection, story_id, limit)
        return replace(seen, reports=self._reports(archived, {story_id: seen}, ()))

    def _held(self, story: Story) -> tuple[HeldBack, ...]:
        """What of the story was not told at once: the one place for every way of holding news back."""
        found = (*self._in_situations(story), *self._held_alerts(story), *self._in_digests(story))
        return tuple(sorted(found, key=lambda one: one.at))

    def _in_situations(self, story: Story) -> Iterator[HeldBack]:
        for situation in situations_of_story(self.connection, story.id):
            for entry in situation.entries:
                yield HeldBack(
                    cause=HoldCause.SITUATION,
                    channel_id=situation.channel_id,
                    watches=entry.watches,
                    at=entry.at,
                    told_in=(message_id(message_key(situation, entry.summary)),) if entry.summary is not None else (),
                    is_over=entry.summary is not None,
                )

    def _held_alerts(self, story: Story) -> Iterator[HeldBack]:
        for one, key in held.held_of_stories(self.connection, [story.id]):
            yield HeldBack(
                cause=HoldCause.QUIET if one.cause is DigestCause.QUIET else HoldCause.LIMIT,
                channel_id=one.channel_id,
                watches=one.watches,
                at=one.held_at,
                told_in=(message_id(key),) if key not in (None, held.NOBODY) else (),
                is_over=key is not None,
                until=one.until,
                event_id=one.event_id,
            )

    def _in_digests(self, story: Story) -> Iterator[HeldBack]:
        channels = [state.channel_id for state in channel_states(self.connection)]
        for note, key in digests.notes_of_stories(self.connection, [story.id]):
            keys = [f"{MessageKind.DIGEST}:{key}:{channel_id}" for channel_id in channels] if key else []
            told_in = outbox.messages(self.connection, keys=keys) if keys else ()
            yield HeldBack(
                cause=HoldCause.DIGEST,
                channel_id=None,
                watches=(note.watch_id,),
                at=note.at,
                told_in=tuple(one.message.id for one in told_in),
                is_over=key is not None,
                event_id=note.event_id,
            )

    def _others(self, story: Story) -> tuple[Story, ...]:
        """The pair's stories of the same days, which the reports might have joined instead."""
        around = stories.stories_between(
            self.connection,
            limit=_ALL,
            relation_name=story.relation,
            since=story.opened_at - STANDING_FOR,
            opened_by=story.last_report_at + STANDING_FOR,
        )
        near = [one for one in around if one.id != story.id]
        return tuple(sorted(near, key=lambda one: abs(one.opened_at - story.opened_at))[:_OTHERS_SHOWN])

    def _told(self, stored: StoredMessage) -> Told:
        message = stored.message
        return Told(
            message_id=message.id,
            channel_id=message.channel_id,
            kind=message.kind,
            title=message.title,
            made_at=message.created_at,
            state=stored.state.value,
            watches=message.watches,
            answers=tuple(
                Answer(attempt=one.number, at=one.at, verdict=one.verdict.value, text=one.answer)
                for one in outbox.attempts_of(self.connection, message.id)
            ),
            story_id=message.story_id,
            event_id=message.event_id,
            next_attempt_at=stored.next_attempt_at if stored.settled_at is None else None,
            remark=stored.remark,
        )

    def _reports(
        self, archived: Sequence[ArchivedEvent], stories_seen: Mapping[str, StorySeen], sentences: Sequence[Explained]
    ) -> tuple[ReportSeen, ...]:
        kept: dict[str, list[Silence]] = {}
        for silence in silences.silences_of(self.connection, [one.stored.id for one in archived]):
            kept.setdefault(silence.event_id, []).append(silence)
        return tuple(
            self._report(one, stories_seen.get(one.story_id or ""), sentences, kept.get(one.stored.id, ()))
            for one in archived
        )

    def _report(
        self,
        one: ArchivedEvent,
        story: StorySeen | None,
        sentences: Sequence[Explained],
        kept: Sequence[Silence],
    ) -> ReportSeen:
        evidence, published_at = one.stored.event.evidence, one.stored.item.published_at
        return ReportSeen(
            report=one.stored,
            read_at=one.read_at,
            step=one.step,
            story_id=one.story_id,
            signs=next((said.status_signs for said in sentences if said.sentence == evidence.sentence), ()),
            for_all=tuple(silence for silence in kept if silence.watch_id is None),
            answers=tuple(self._answer(watch, one, story, kept) for watch in self.watches),
            before_at=max(
                (
                    other.report.item.published_at
                    for other in (story.reports if story else ())
                    if other.report.item.published_at < published_at
                ),
                default=None,
            ),
            withdrawn_at=one.withdrawn_at,
            withdrawn_by=one.withdrawn_by,
        )

    def _answer(
        self, watch: Watch, one: ArchivedEvent, story: StorySeen | None, kept: Sequence[Silence]
    ) -> WatchAnswer:
        report = one.stored
        told = story.told if story else ()
        against = (
            objections(watch, story.story, report, self.taxonomy[report.event.type], self._source(report.item.feed_id))
            if story and report.event.type in self.taxonomy
            else ()
        )
        return WatchAnswer(
            watch_id=watch.id,
            told=tuple(sent.message_id for sent in told if sent.event_id == report.id and watch.id in sent.watches),
            silences=tuple(silence for silence in kept if silence.watch_id == watch.id),
            objections=against,
        )
