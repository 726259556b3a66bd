"""The one transaction of a poll (R1): items, events, stories, outbox rows and the feed's state, all or nothing.

`poll.py` brings what was fetched, parsed and classified, `settling.py` gathers several polls for one transaction, and
dispatch sends what is enqueued here. Runs in a thread, and does no network I/O. A poll is written only while its lease is
still ours.
"""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from monitor import metrics
from monitor.domain.delivery import Message
from monitor.domain.routing import Alert, Silence, SilenceReason, Watch
from monitor.domain.stories import (
    Stage,
    Step,
    StoredEvent,
    Story,
    StoryChange,
    StoryMentioned,
    StoryOpened,
    StoryReported,
    relation_of,
    stage_of,
    step_of,
)
from monitor.domain.taxonomy import RelationType
from monitor.routing.watches import Routed, route, route_corroborated
from monitor.storage import events, items, memory, outbox, polls, silences, stories
from monitor.storage.connection import Connection
from monitor.storage.engine import Database
from monitor.storage.events import ArchivedEvent
from monitor.storage.told import channels_of_digests, channels_told
from monitor.stories.ids import event_id
from monitor.stories.sameness import STANDING_FOR
from monitor.worker.alerts import Writer
from monitor.worker.corrections import Amended, Correcting
from monitor.worker.corroboration import Corroboration
from monitor.worker.desk import Desk
from monitor.worker.firsts import Firsts
from monitor.worker.holding import Holding
from monitor.worker.mutings import Mutings
from monitor.worker.notes import Notes
from monitor.worker.notices import broken_channels, operator_channels, post
from monitor.worker.polled import Committed, PolledFeed, ReadItem
from monitor.worker.situations import Situations
from monitor.worker.standing import StandingStories, sides_of


def commit_all(
    database: Database, polled: Sequence[PolledFeed], desk: Desk, now: dt.datetime
) -> tuple[Committed | None, ...]:
    """Writes polls of different feeds, all or nothing, and says what of each.

    None where its lease was lost: nothing of that poll is written, since another worker polls the feed now.

    Raises:
        DatabaseUnavailable: nothing is written; the leases end by themselves, and the feeds are polled again.
    """
    with database.write() as connection:
        ours = polls.held(connection, [one.claim for one in polled])
        kept = [one for one in polled if one.source.id in ours]
        written = dict(zip((one.source.id for one in kept), _write(connection, kept, desk, now), strict=True))
        polls.finish_held(connection, [one.state for one in kept])
    return tuple(written.get(one.source.id) for one in polled)


def commit_articles(database: Database, polled: PolledFeed, desk: Desk, now: dt.datetime) -> Committed:
    """Writes what articles add to items that are stored already: `polled.extended` holds these, with the new events alone.

    There is no lease to ask for: the poll that brought the items is written and done, and what two workers would read
    here twice is told once, as every repeated commit.

    Raises:
        DatabaseUnavailable: nothing is written.
    """
    with database.write() as connection:
        (written,) = _write(connection, [polled], desk, now)
    return written


def _write(connection: Connection, polled: Sequence[PolledFeed], desk: Desk, now: dt.datetime) -> tuple[Committed, ...]:
    """What was written of each poll. Most bring nothing, and cost nothing here."""
    found = [one for one in polled if not one.is_empty]
    archive = _lock_and_look_up(connection, found, desk, now)
    committed = iter(_Transaction(connection, desk, now, archive).write(found) if found else ())
    return tuple(Committed() if one.is_empty else next(committed) for one in polled)


@dataclass(slots=True)
class _Archive:
    """The stories that reports may join, and which channels were told of each: looked up once for all polls."""

    standing: StandingStories = field(default_factory=StandingStories)
    told: dict[str, set[str]] = field(default_factory=dict)
    mutings: Mutings = field(default_factory=Mutings)
    correcting: Correcting = field(default_factory=Correcting)


def _lock_and_look_up(connection: Connection, polled: Sequence[PolledFeed], desk: Desk, now: dt.datetime) -> _Archive:
    """Locks whatever the polls may report, all in one order, so that no two workers wait for each other."""
    archive = _Archive()
    reports = [report for one in polled for report in _reports([*one.fresh, *one.edited, *one.extended])]
    if not reports:
        return archive
    archive.correcting = Correcting.look_up(
        connection,
        desk.corrections,
        edited=[read.item for one in polled for read in (*one.edited, *one.extended)],
        fresh=[read.item for one in polled for read in one.fresh],
    )
    relations = {relation_of(*sides_of(report)) for report in reports} | archive.correcting.relations
    stories.lock_relations(connection, relations)
    for corrected in stories.stories_by_id(connection, archive.correcting.story_ids).values():
        archive.standing.keep(corrected)
    since = min(report.item.published_at for report in reports) - STANDING_FOR
    for standing in stories.standing_stories(connection, relations, since):
        archive.standing.keep(standing)
    if _may_tell(polled, desk):
        archive.told = channels_told(connection, archive.standing.ids)
        archive.mutings = Mutings.look_up(connection, archive.standing.ids, now)
    return archive


def _may_tell(polled: Sequence[PolledFeed], desk: Desk) -> bool:
    """Whether anybody may be told: a baseline alerts nobody, but may corroborate what another feed reported."""
    return not all(one.baseline for one in polled) or any(watch.min_publishers > 1 for watch in desk.watches)


@dataclass(slots=True)
class _Gathered:
    """What came of one poll's reports: those that are news, those of them that opened stories, whom to tell."""

    fresh: int
    reports: tuple[StoredEvent, ...] = ()
    opened: int = 0
    messages: list[Message] = field(default_factory=list)


@dataclass(slots=True)
class _Transaction:
    """One write, step by step; what it has gathered so far counts for what comes after.

    Polls are gathered one after the other, and each table is written once for all of them.
    """

    connection: Connection
    desk: Desk
    now: dt.datetime
    archive: _Archive
    changed: dict[str, Story] = field(default_factory=dict)
    story_of: dict[str, str] = field(default_factory=dict)
    steps: dict[str, Step] = field(default_factory=dict)
    stages: dict[str, Stage] = field(default_factory=dict)
    silences: list[Silence] = field(default_factory=list)
    situations: Situations = field(init=False)
    holding: Holding = field(init=False)
    notes: Notes = field(init=False)
    firsts: Firsts = field(init=False)
    corroboration: Corroboration = field(init=False)
    writer: Writer = field(init=False)

    def __post_init__(self) -> None:
        self.firsts = Firsts(self.connection, self.desk.severities)
        self.corroboration = Corroboration(self.connection, self.desk.watches)
        self.writer = Writer(self.connection, self.desk, self.now, self.archive.standing)
        self.situations = Situations(self.connection, self.desk.channels, self.desk.burst, self.now)
        self.holding = Holding(self.connection, self.desk.watches, self.now)
        self.notes = Notes(self.connection, self.desk, self.now)

    def write(self, polled: Sequence[PolledFeed]) -> tuple[Committed, ...]:
        inserted = items.insert_items(self.connection, [read.item for one in polled for read in one.fresh])
        items.update_items(
            self.connection,
            [item for one in polled for item in (*(read.item for read in (*one.edited, *one.extended)), *one.renewed)],
        )
        self._remember(polled)
        gathered = [self._gather_poll(one, inserted) for one in polled]
        stories.save_stories(self.connection, tuple(self.changed.values()))
        reports = [report for one in gathered for report in one.reports]
        events.insert_events(self.connection, reports, self.story_of, self.steps, self.stages)
        self.archive.correcting.save(self.connection)
        self.situations.save()
        self.holding.save()
        self.notes.save()
        enqueued = [outbox.enqueue(self.connection, one.messages) for one in gathered]
        given = [*self.silences, *self.situations.silences, *self.holding.silences, *self.notes.silences]
        silences.record(self.connection, given, self.now)
        return tuple(
            Committed(
                fresh=found.fresh,
                edited=len(one.edited),
                events=len(found.reports),
                opened=found.opened,
                messages=messages,
            )
            for one, found, messages in zip(polled, gathered, enqueued, strict=True)
        )

    def _remember(self, polled: Sequence[PolledFeed]) -> None:
        memory.add_names(self.connection, {name: key for one in polled for name, key in one.lesson.names.items()})
        memory.remember_all(
            self.connection, {one.source.id: one.lesson.memory for one in polled if one.lesson.memory is not None}
        )
        for notice in [notice for one in polled for notice in one.lesson.notices]:
            receivers = operator_channels(
                self.desk.channels, self.desk.operator, without=broken_channels(self.connection)
            )
            post(self.connection, receivers, notice)

    def _gather_poll(self, polled: PolledFeed, inserted: set[bytes]) -> _Gathered:
        """Takes a poll's reports into stories, in the order in which they were published.

        `inserted` are the keys of items that were not there before; where two polls bring one, the first has it.
        """
        fresh = [read for read in polled.fresh if read.item.key in inserted]
        inserted.difference_update(read.item.key for read in fresh)
        reports = self._unknown(polled, _reports([*fresh, *polled.edited, *polled.extended]))
        corrected = self._corrected(polled, fresh, reports)
        gathered = _Gathered(fresh=len(fresh), reports=reports)
        for report in reports:
            earlier = corrected.get(report.id)
            amended = None if earlier is None else self._put_right(earlier, report, gathered)
            change = amended or self.desk.gatherer.gather(report, self.archive.standing.near(report))
            self._take(polled, change, gathered)
            if change.story is not None:
                self.story_of[report.id] = change.story.id
            self.steps[report.id] = Step.CORRECTED if amended else step_of(change)
            if (stage := stage_of(change)) is not None:
                self.stages[report.id] = stage
            gathered.opened += isinstance(change, StoryOpened)
        gathered.messages += self.situations.take_messages()
        return gathered

    def _unknown(self, polled: PolledFeed, reports: Sequence[StoredEvent]) -> tuple[StoredEvent, ...]:
        """The reports that are news to the archive: an edit that says the same again stays silent (P5)."""
        items_read = (read.item for read in (*polled.edited, *polled.extended))
        known = {report_id for item in items_read for report_id in self.archive.correcting.known(item.key)}
        self.silences += [
            Silence(event_id=report.id, watch_id=None, reason=SilenceReason.EDITED)
            for report in reports
            if report.id in known
        ]
        return tuple(report for report in reports if report.id not in known)

    def _corrected(
        self, polled: PolledFeed, fresh: Sequence[ReadItem], new: Sequence[StoredEvent]
    ) -> dict[str, ArchivedEvent]:
        """Which new reports correct earlier ones of their publisher; a replay corrects nothing."""
        read = [one for one in (*fresh, *polled.edited) if one.item.key not in polled.lesson.replayed]
        keys = {one.item.key for one in read}
        return self.archive.correcting.corrected(_reports(read), [one for one in new if one.item.key in keys])

    def _put_right(self, earlier: ArchivedEvent, report: StoredEvent, gathered: _Gathered) -> StoryReported | None:
        """Puts the story of a corrected report right; the change where `report` stands for it there, else None."""
        story = self.archive.standing.get(earlier.story_id or "")
        if story is None:
            return None
        told = self.archive.told.get(story.id, set()) | channels_of_digests(self.connection, story.id)
        righted = self.archive.correcting.put_right(
            self.connection,
            story,
            earlier,
            report,
            gatherer=self.desk.gatherer,
            told=[self.desk.channels[name] for name in sorted(told) if name in self.desk.channels],
            now=self.now,
        )
        gathered.messages += righted.messages
        self.archive.standing.keep(righted.story)
        self.changed[righted.story.id] = righted.story
        return StoryReported(story=righted.story, report=report) if isinstance(righted, Amended) else None

    def _take(self, polled: PolledFeed, change: StoryChange, gathered: _Gathered) -> None:
        """Keeps what a report did to the stories, and tells whoever is to be told."""
        report = change.report
        kind = self.desk.taxonomy[report.event.type]
        metrics.EVENTS.labels(family=kind.family).inc()
        former = self.archive.standing.get(change.story.id) if change.story is not None else None
        change = self.firsts.weigh(change, former, self.archive.standing)
        if change.story is not None and change.story != former:
            self.archive.standing.keep(change.story)
            self.changed[change.story.id] = change.story
        if change.story is not None and not isinstance(change, StoryMentioned):
            self.writer.note(change.story, report)
            self.archive.correcting.note(change.story, report)
        told = self.archive.told.setdefault(change.story.id, set()) if change.story is not None else set[str]()
        routed = self._route(polled, change, kind, told)
        gathered.messages += self._tell(change.story, routed, told)
        if report.item.key not in polled.lesson.replayed:
            self.notes.take(change, routed, polled.source, baseline=polled.baseline)
        if change.story is not None:
            self.corroboration.note(change.story, report, routed.silences)
            for waiting, watches in self.corroboration.released(former, change.story, routed):
                again = self._route_again(change.story, waiting, watches, told)
                gathered.messages += self._tell(change.story, again, told)
                self.notes.take_corroborated(change.story, waiting, again)

    def _tell(self, story: Story | None, routed: Routed, told: set[str]) -> list[Message]:
        """Keeps the silences, and makes messages of the alerts. `told` are the channels that have heard of the story."""
        going = [alert for alert in routed.alerts if self.holding.lets_go(alert)]
        told.update(alert.channel_id for alert in going)
        if story is not None:
            self.archive.mutings.note(story.id, routed.silences)
        self.silences += routed.silences
        return [self._message(alert) for alert in going if self.situations.passes(alert)]

    def _route(self, polled: PolledFeed, change: StoryChange, kind: RelationType, told: Collection[str]) -> Routed:
        report = change.report
        if report.item.key in polled.lesson.replayed:
            silence = Silence(event_id=report.id, watch_id=None, reason=SilenceReason.REPLAYED)
            return Routed(silences=(silence,))
        return route(
            change,
            self.desk.watches,
            kind,
            self.desk.channel_kinds,
            now=self.now,
            max_age=self.desk.max_age,
            source=polled.source,
            told=told,
            baseline=polled.baseline,
            edited=False,
            mutes=self.archive.mutings.standing,
            silenced=self.archive.mutings.of(change.story.id) if change.story is not None else (),
        )

    def _route_again(
        self, story: Story, report: StoredEvent, watches: Sequence[Watch], told: Collection[str]
    ) -> Routed:
        """Routes an earlier report to watches that wanted more publishers than the story had then."""
        return route_corroborated(
            story,
            report,
            watches,
            self.desk.taxonomy[report.event.type],
            self.desk.channel_kinds,
            now=self.now,
            max_age=self.desk.max_age,
            told=told,
            mutes=self.archive.mutings.standing,
            silenced=self.archive.mutings.of(story.id),
        )

    def _message(self, alert: Alert) -> Message:
        self.holding.sent(alert)
        return self.writer.message(alert)


def _reports(read: Sequence[ReadItem]) -> tuple[StoredEvent, ...]:
    """The events of all items, oldest item first; what one item says twice counts once."""
    reports: dict[str, StoredEvent] = {}
    for one in sorted(read, key=lambda one: (one.item.published_at, one.item.key)):
        for event in one.events:
            report = StoredEvent(id=event_id(one.item, event), item=one.item, event=event)
            reports.setdefault(report.id, report)
    return tuple(reports.values())
