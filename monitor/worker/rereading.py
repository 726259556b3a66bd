"""What follows where changed patterns read stored items otherwise: reports withdrawn and joined, stories told anew.

One transaction for each batch of items that read otherwise; whoever only wants to see keeps a `Ledger` over all of them and
writes nothing. Nobody is ever told (docs/decisions/0027-new-patterns-tell-nobody.md), and what an operator has put right stays.
`stories/rereading.py` says what differs, `reclassify.py` goes through the items.
"""

import dataclasses
import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import assert_never

from monitor.domain.rereading import Changed, Difference, Gained, Lost, Refined
from monitor.domain.routing import Silence, SilenceReason
from monitor.domain.stories import (
    Stage,
    Step,
    StoredEvent,
    Story,
    StoryMentioned,
    StoryOpened,
    Withdrawal,
    relation_of,
    stage_of,
    step_of,
)
from monitor.storage import digests, events, feedback, held, items, mutes, notes, silences, stories, told
from monitor.storage.connection import Connection
from monitor.storage.events import ArchivedEvent
from monitor.stories.ids import event_id
from monitor.stories.rereading import differences
from monitor.stories.sameness import STANDING_FOR
from monitor.worker.desk import Desk
from monitor.worker.firsts import Firsts
from monitor.worker.mutings import RECLASSIFIED_AT
from monitor.worker.polled import ReadItem
from monitor.worker.standing import StandingStories, sides_of


@dataclass(slots=True)
class Ledger:
    """What a run has come to so far. Beside the stories that it touched, it holds their ids by what became of them."""

    standing: StandingStories = field(default_factory=StandingStories)
    opened: set[str] = field(default_factory=set)
    changed: set[str] = field(default_factory=set)
    emptied: set[str] = field(default_factory=set)
    withdrawn: set[str] = field(default_factory=set)
    joined: defaultdict[str, dict[str, StoredEvent]] = field(default_factory=lambda: defaultdict(dict))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reread:
    """What came of a batch: what is read otherwise, and of that what stays as an operator, or a reader's verdict, has put it.

    `outdated` are the keys of items that have been edited since they were read: they are to be read once more.
    """

    found: tuple[Difference, ...] = ()
    kept: tuple[Difference, ...] = ()
    outdated: tuple[bytes, ...] = ()


def reading_otherwise(
    connection: Connection, read: Sequence[ReadItem], types: Collection[str] | None
) -> tuple[ReadItem, ...]:
    """Those items in which something is read otherwise. `types`: only differences of these types count; None: all."""
    archive = _Archive.of(connection, read)
    return tuple(one for one in read if archive.differences(one, types))


def look(
    connection: Connection,
    read: Sequence[ReadItem],
    desk: Desk,
    now: dt.datetime,
    *,
    types: Collection[str] | None = None,
    ledger: Ledger,
) -> Reread:
    """What `write` would do, with `ledger` as the memory of what earlier batches would have done."""
    return _Transaction(connection, desk, now, ledger).take(read, types)


def write(
    connection: Connection,
    read: Sequence[ReadItem],
    desk: Desk,
    now: dt.datetime,
    *,
    types: Collection[str] | None = None,
    ledger: Ledger,
) -> Reread:
    """Writes what is read otherwise in these items, as part of the caller's transaction. `ledger` is a new one.

    It is harmless to repeat: what was written reads as before.
    """
    archive = _Archive.of(connection, read)
    known = [one for group in archive.known.values() for one in group]
    concerned = stories.stories_by_id(connection, [one.story_id for one in known if one.story_id is not None])
    reported = {relation_of(*sides_of(report)) for one in read for report in reports_of(one)}
    stories.lock_relations(connection, {story.relation for story in concerned.values()} | reported)
    # What is locked may have changed while we waited for it: `take` looks again.
    transaction = _Transaction(connection, desk, now, ledger)
    reread = transaction.take(read, types)
    transaction.save()
    return reread


def reports_of(one: ReadItem) -> tuple[StoredEvent, ...]:
    """What is read in an item; what it says twice counts once."""
    found: dict[str, StoredEvent] = {}
    for event in one.events:
        report = StoredEvent(id=event_id(one.item, event), item=one.item, event=event)
        found.setdefault(report.id, report)
    return tuple(found.values())


@dataclass(frozen=True, slots=True)
class _Archive:
    """What was read in the items of a batch before."""

    known: Mapping[bytes, Sequence[ArchivedEvent]]

    @classmethod
    def of(cls, connection: Connection, read: Sequence[ReadItem]) -> "_Archive":
        known: defaultdict[bytes, list[ArchivedEvent]] = defaultdict(list)
        for one in events.events_of_items(connection, [one.item.key for one in read]):
            known[one.stored.item.key].append(one)
        return cls(known)

    def differences(self, one: ReadItem, types: Collection[str] | None) -> tuple[Difference, ...]:
        known = self.known.get(one.item.key, ())
        corrected = {a.stored.id for a in known if a.withdrawn_by is Withdrawal.PUBLISHER}
        found = differences(
            [a.stored for a in known if a.withdrawn_at is None],
            # What its publisher has corrected stays withdrawn, though another of its entries still says it.
            [report for report in reports_of(one) if report.id not in corrected],
        )
        return tuple(one for one in found if types is None or not types_of(one).isdisjoint(types))


def types_of(one: Difference) -> set[str]:
    """The types that a difference is about, at most two."""
    match one:
        case Gained(after=report) | Lost(before=report):
            return {report.event.type}
        case Changed(before=before, after=after) | Refined(before=before, after=after):
            return {before.event.type, after.event.type}
        case _:
            assert_never(one)


@dataclass(slots=True)
class _Transaction:
    """One batch, step by step. Nothing is written before `save`."""

    connection: Connection
    desk: Desk
    now: dt.datetime
    ledger: Ledger
    archived: dict[str, ArchivedEvent] = field(default_factory=dict)
    touched: dict[str, Story] = field(default_factory=dict)
    stored: dict[str, list[StoredEvent]] = field(default_factory=dict)
    inserted: dict[str, StoredEvent] = field(default_factory=dict)
    rewritten: dict[str, StoredEvent] = field(default_factory=dict)
    restored: set[str] = field(default_factory=set)
    withdrawn: set[str] = field(default_factory=set)
    story_of: dict[str, str] = field(default_factory=dict)
    steps: dict[str, Step] = field(default_factory=dict)
    stages: dict[str, Stage] = field(default_factory=dict)
    instead: dict[str, str] = field(default_factory=dict)
    merged: dict[str, str] = field(default_factory=dict)
    silences: list[Silence] = field(default_factory=list)
    firsts: Firsts = field(init=False)

    def __post_init__(self) -> None:
        self.firsts = Firsts(self.connection, self.desk.severities)

    def take(self, read: Sequence[ReadItem], types: Collection[str] | None) -> Reread:
        """Follows each difference through, the first published first."""
        present = {item.key: item for item in items.items_with(self.connection, [one.item.key for one in read])}
        current = [one for one in read if present.get(one.item.key) == one.item]
        outdated = tuple(one.item.key for one in read if one.item.key in present and one not in current)
        archive = _Archive.of(self.connection, current)
        self.archived = {one.stored.id: one for group in archive.known.values() for one in group}
        self._look_up(current)
        found: list[Difference] = []
        kept: list[Difference] = []
        doubted = feedback.called_wrong(self.connection, self.archived)
        for one in sorted(current, key=lambda one: (one.item.published_at, one.item.key)):
            for difference in archive.differences(one, types):
                if self._is_settled(difference, doubted):
                    kept.append(difference)
                else:
                    self._follow(difference)
                    found.append(difference)
        return Reread(found=tuple(found), kept=tuple(kept), outdated=outdated)

    def save(self) -> None:
        """Writes what has been followed through."""
        stories.save_stories(self.connection, tuple(self.touched.values()))
        events.insert_events(self.connection, tuple(self.inserted.values()), self.story_of, self.steps, self.stages)
        events.rewrite_events(self.connection, tuple(self.rewritten.values()))
        events.restore_events(self.connection, self.restored)
        for event in sorted(self.restored & self.story_of.keys()):
            events.move_events(self.connection, [event], self.story_of[event])
        events.withdraw_events(self.connection, self.withdrawn, self.now, Withdrawal.PATTERNS)
        for story_id, into in self.merged.items():
            archived = events.events_of_story(self.connection, story_id)
            events.move_events(self.connection, [one.stored.id for one in archived], into)
            feedback.move_messages(self.connection, story_id, into)
            mutes.move(self.connection, story_id, into)
        held.tell_instead(self.connection, self.instead)
        digests.tell_instead(self.connection, self.instead)
        silences.record(self.connection, self.silences, self.now)
        if any(one.watch_id is not None for one in self.silences):
            notes.write(self.connection, RECLASSIFIED_AT, self.now.isoformat())

    def _look_up(self, read: Sequence[ReadItem]) -> None:
        """The stories concerned, and those that a report may join; what the ledger holds of one is newer."""
        ids = [one.story_id for one in self.archived.values() if one.story_id is not None]
        found = [*stories.stories_by_id(self.connection, ids).values()]
        reports = [report for one in read for report in reports_of(one)]
        if reports:
            relations = {relation_of(*sides_of(report)) for report in reports}
            at = [report.item.published_at for report in reports]
            found += stories.standing_stories(
                self.connection, relations, min(at) - STANDING_FOR, max(at) + STANDING_FOR
            )
        for story in found:
            if self.ledger.standing.get(story.id) is None:
                self.ledger.standing.keep(story)

    def _is_settled(self, difference: Difference, doubted: Collection[str]) -> bool:
        """Whether a person has said how it is: nothing is read into, or out of, a story that an operator has put right."""
        match difference:
            case Gained(after=after):
                return after.id in doubted
            case Changed(before=before, after=after):
                return after.id in doubted or self._is_put_right(before)
            case Lost(before=before) | Refined(before=before):
                return self._is_put_right(before)
            case _:
                assert_never(difference)

    def _is_put_right(self, report: StoredEvent) -> bool:
        story = self._story_of(report)
        return story is not None and story.put_right_at is not None

    def _follow(self, difference: Difference) -> None:
        match difference:
            case Gained(after=after):
                self._gain(after, self._story_of(after))
            case Lost(before=before):
                self._lose(before)
            case Changed(before=before, after=after):
                self._lose(before, after)
            case Refined(before=before, after=after):
                self._refine(before, after)
            case _:
                assert_never(difference)

    def _gain(self, report: StoredEvent, former: Story | None) -> None:
        """Takes a new report in. `former` is the story that it, or what it was read as before, stood in.

        Where nothing else is left of that story, and none stands that the report would join, the story goes on with it,
        under its id: whoever was told of it is not told again.
        """
        is_alone = former is not None and former.put_right_at is None and not self._news_of(former)
        near = [
            one for one in self.ledger.standing.near(report) if self._stands(one) and not (is_alone and one == former)
        ]
        change = self.desk.gatherer.gather(report, near)
        if isinstance(change, StoryOpened) and is_alone and former is not None:
            story = self.desk.gatherer.retell([report], like=former)
            self._place(report, story, Step.OPENED)
            self._keep(story, self.ledger.changed)
            return
        if isinstance(change, StoryMentioned):
            self._place(report, change.story, Step.MENTIONED)
        else:
            standing = self.ledger.standing.get(change.story.id)
            change = self.firsts.weigh(change, standing, self.ledger.standing)
            if change.story is not None and (standing is None or standing.put_right_at is None):
                is_new = isinstance(change, StoryOpened)
                self._keep(change.story, self.ledger.opened if is_new else self.ledger.changed)
            self._place(report, change.story, step_of(change))
            if (stage := stage_of(change)) is not None:
                self.stages[report.id] = stage
        if former is not None:
            self._leave(former, change.story, report)

    def _leave(self, former: Story, other: Story | None, report: StoredEvent) -> None:
        """Who was told of the former story has been told of this report, whichever story it stands in now."""
        if former.put_right_at is not None or former.id == (other.id if other else None):
            return
        if other is not None and report.is_news and not self._news_of(former):
            self.merged[former.id] = other.id
            self._keep(dataclasses.replace(former, merged_into=other.id), self.ledger.emptied)
            return
        self.silences += [
            Silence(event_id=report.id, watch_id=watch, reason=SilenceReason.RECLASSIFIED)
            for watch in sorted(told.watches_told(self.connection, former.id))
        ]
        if not self._news_of(former):
            self._tell_anew(former)

    def _lose(self, before: StoredEvent, after: StoredEvent | None = None) -> None:
        """Takes a report out of its story, and what it reads as now in."""
        former = self._story_of(before)
        self.withdrawn.add(before.id)
        self.ledger.withdrawn.add(before.id)
        if after is not None:
            if former is not None and before.is_news and self._news_of(former):
                # What it joins must not hold what it said before.
                self._tell_anew(former)
                former = self.ledger.standing.get(former.id)
            self._gain(after, former if before.is_news else None)
            if former is not None and after.id in self.story_of:
                self.instead[before.id] = after.id
        elif former is not None and before.is_news:
            self._tell_anew(former)
            if left := self._news_of(former):
                self.instead[before.id] = left[0].id

    def _refine(self, before: StoredEvent, after: StoredEvent) -> None:
        former = self._story_of(before)
        self.rewritten[after.id] = after
        if former is None:
            return
        self.ledger.joined[former.id][after.id] = after
        if before.is_news or after.is_news:
            self._tell_anew(former)

    def _tell_anew(self, story: Story) -> None:
        """The story of the reports that are left; without any it is taken back, so that nothing joins it."""
        if left := self._news_of(story):
            self._keep(self.desk.gatherer.retell(left, like=story), self.ledger.changed)
        else:
            self._keep(dataclasses.replace(story, retracted_at=self.now), self.ledger.emptied)

    def _place(self, report: StoredEvent, story: Story | None, step: Step) -> None:
        if report.id in self.archived:
            self.restored.add(report.id)
            self.rewritten[report.id] = report
            self.ledger.withdrawn.discard(report.id)
        else:
            self.inserted[report.id] = report
        self.steps[report.id] = step
        if story is not None:
            self.story_of[report.id] = story.id
            self.ledger.joined[story.id][report.id] = report
        self.silences.append(Silence(event_id=report.id, watch_id=None, reason=SilenceReason.RECLASSIFIED))

    def _keep(self, story: Story, become: set[str]) -> None:
        if story == self.ledger.standing.get(story.id):
            return
        self.ledger.standing.keep(story)
        self.touched[story.id] = story
        if story.id in self.ledger.opened and become is self.ledger.changed:
            return
        for ids in (self.ledger.opened, self.ledger.changed, self.ledger.emptied):
            ids.discard(story.id)
        become.add(story.id)

    def _story_of(self, report: StoredEvent) -> Story | None:
        """The story that a report of the archive stands in now."""
        known = self.archived.get(report.id)
        story = None if known is None else self.ledger.standing.get(known.story_id or "")
        if story is not None and story.merged_into is not None:
            return self.ledger.standing.get(story.merged_into)
        return story

    def _news_of(self, story: Story) -> list[StoredEvent]:
        """The reports that carry a story now, the first published first."""
        if story.id not in self.stored:
            archived = events.events_of_story(self.connection, story.id)
            self.stored[story.id] = [one.stored for one in archived if one.withdrawn_at is None]
        reports = {one.id: one for one in self.stored[story.id]} | self.ledger.joined[story.id]
        standing = [
            one
            for one in reports.values()
            # A type may have gone with its patterns.
            if one.id not in self.ledger.withdrawn and one.is_news and one.event.type in self.desk.taxonomy
        ]
        return sorted(standing, key=lambda one: (one.item.published_at, one.id))

    def _stands(self, story: Story) -> bool:
        """Whether reports may join it: not what was merged, or left without a report."""
        if story.merged_into is not None or story.type not in self.desk.taxonomy:
            return False
        return story.retracted_at is None or story.put_right_at is not None
