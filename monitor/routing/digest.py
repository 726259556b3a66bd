"""The digest of a watch: when it is due, which news waits for it, and what stands in it.

Pure. A digest is named by its watch and its local date and time, so that a time which comes twice, on the day when clocks are
set back, is sent once, and one that is left out in spring is sent as well (R8). Comes after watches.py; storage keeps
what waits, worker/digests.py gathers and sends, delivery/bulletins.py words it.
"""

import dataclasses
import datetime as dt
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from monitor.domain.digests import (
    Digest,
    DigestCause,
    DigestLine,
    DigestNote,
    DigestSituation,
    IndexChange,
    RoutineCount,
)
from monitor.domain.feeds import FeedSource, FirstPoll
from monitor.domain.routing import STATUS_STAGES, SilenceReason, Watch
from monitor.domain.stories import Stage, StoredEvent, Story, StoryChange
from monitor.domain.taxonomy import RelationType, Severity, Status
from monitor.routing.quiet import local_moment
from monitor.routing.watches import adds_voices, follows, news_of, objections

MOST_LINES = 25
"""So many lines a digest has below its title, headings and counts included."""
AHEAD = dt.timedelta(days=14)
"""How far ahead a planned event may lie to be named."""

_DAY = dt.timedelta(days=1)
_MOST_WITHDRAWN = 6
_MOST_AHEAD = 5
_MOST_SITUATIONS = 3
_MOST_INDEX = 3
_BY_THE_CLOCK = frozenset({DigestCause.SCHEDULED, DigestCause.FIRST_POLL})
_WITHDRAWN = frozenset({Stage.DENIED, Stage.CALLED_OFF, Stage.CONTRADICTED})


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class DueTime:
    """A time of a digest. `name` is the local date and time, which orders them and names each for ever."""

    name: str
    at: dt.datetime


def last_due(watch: Watch, now: dt.datetime) -> DueTime | None:
    """The latest time of the watch's digest that has come; None for a watch without a digest."""
    return max((due for due in _around(watch, now) if due.at <= now), default=None)


def next_due(watch: Watch, now: dt.datetime) -> DueTime | None:
    """The next time of the watch's digest; None for a watch without a digest."""
    return min((due for due in _around(watch, now) if due.at > now), default=None)


def _around(watch: Watch, now: dt.datetime) -> list[DueTime]:
    today = now.astimezone(ZoneInfo(watch.time_zone)).date()
    return [
        DueTime(name=f"{day}T{time:%H:%M}", at=local_moment(day, time, watch.time_zone))
        for day in (today - _DAY, today, today + _DAY)
        for time in watch.digest
    ]


def notes_of(
    change: StoryChange,
    watches: Sequence[Watch],
    kind: RelationType,
    source: FeedSource,
    *,
    alerted: Collection[str],
    now: dt.datetime,
    max_age: dt.timedelta,
    baseline: bool,
) -> tuple[DigestNote, ...]:
    """What of a change waits for the digests of which watches. `baseline`: the report came with a feed's first poll.

    `alerted` are the ids of the watches that hear of the change at once, or once what holds it back is over. They find in
    their digest what changes the case, and what is routine as a count. News that is older than `max_age` waits here
    alone; what a first poll brings waits only where its feed says so, if it is of the last day. What an operator
    silenced for a time waits here, too.
    """
    news, report = news_of(change), change.report
    age = now - report.item.published_at
    if news is None or news[0].sample or news[0].retracted_at is not None:
        return ()
    if baseline and (source.first_poll is not FirstPoll.DIGEST or age > _DAY):
        return ()
    if adds_voices(change) and now - change.story.opened_at > max_age:
        return ()
    return tuple(
        DigestNote(
            watch_id=watch.id,
            story_id=news[0].id,
            stage=told_as,
            event_id=report.id,
            at=now,
            late=age > max_age,
        )
        for watch in watches
        if watch.digest or baseline
        for told_as in _stages_for(
            watch, news[1], objections(watch, news[0], report, kind, source), alerted=watch.id in alerted
        )
    )


def _stages_for(watch: Watch, stage: Stage, against: tuple[SilenceReason, ...], *, alerted: bool) -> tuple[Stage, ...]:
    """As what a digest notes the change. A first report is noted with every further one: it is kept once."""
    if against == (SilenceReason.SEVERITY,):
        return (Stage.FIRST,)
    if against:
        return ()
    first = () if alerted else (Stage.FIRST,)
    if stage is Stage.FIRST or stage not in watch.follow_ups or (alerted and stage not in STATUS_STAGES):
        return first
    return (*first, stage)


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """A story with all that waits of it for one digest, in the order in which it came."""

    story: Story
    report: StoredEvent
    """The last of the reports that were noted."""
    stages: tuple[Stage, ...]
    late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """What a digest is made of. `told` are the ids of the stories that the channel has had in an alert or a situation."""

    noted: tuple[Noted, ...]
    told: Collection[str] = frozenset()
    planned: tuple[Story, ...] = ()
    situations: tuple[DigestSituation, ...] = ()
    index: tuple[IndexChange, ...] = ()


def compose(
    gathered: Gathered,
    watches: Sequence[Watch],
    *,
    key: str,
    cause: DigestCause,
    at: dt.datetime,
    since: dt.datetime | None = None,
) -> Digest:
    """The digest, within `MOST_LINES`. Nothing that was alerted stands in it, but for what has changed since."""
    lines, routine = _lines_and_counts(gathered, watches) if cause in _BY_THE_CLOCK else (gathered.noted, Counter())
    ordered = sorted((_line(one) for one in lines), key=_gravest_first)
    withdrawn = [line for line in ordered if _is_withdrawn(line)]
    named = {line.story.id for line in ordered}
    digest = Digest(
        key=key,
        cause=cause,
        watches=tuple(watches),
        time_zone=watches[0].time_zone,
        at=at,
        since=since,
        withdrawn=tuple(withdrawn[:_MOST_WITHDRAWN]),
        ahead=tuple(story for story in sorted(gathered.planned, key=_soonest_first) if story.id not in named)[
            :_MOST_AHEAD
        ],
        situations=gathered.situations[-_MOST_SITUATIONS:],
        routine=tuple(RoutineCount(relation=relation, stories=count) for relation, count in routine.most_common()),
        index=tuple(sorted(gathered.index, key=_widest_first)[:_MOST_INDEX]),
        no_room=max(len(withdrawn) - _MOST_WITHDRAWN, 0),
    )
    return _with_new(digest, [line for line in ordered if not _is_withdrawn(line)])


def _lines_and_counts(gathered: Gathered, watches: Sequence[Watch]) -> tuple[Sequence[Noted], Counter[str]]:
    """What is named, and of what is routine, or below the watch's severity, the number of stories of each pair."""
    named: list[Noted] = []
    counted: Counter[str] = Counter()
    for one in gathered.noted:
        told = one.story.id in gathered.told
        if not any(names(watch, one.story) for watch in watches):
            counted.update([] if told else [one.story.relation])
        elif not told or set(one.stages) != {Stage.FIRST}:
            named.append(one)
    return named, counted


def names(watch: Watch, story: Story) -> bool:
    """Whether the digest of a watch names the story; else it counts it."""
    return story.severity is not Severity.ROUTINE and story.severity.rank >= watch.min_severity.rank


def _with_new(digest: Digest, new: Sequence[DigestLine]) -> Digest:
    """The digest with as much of the news as finds room beside the other sections, each of which has a heading."""
    sections = (digest.withdrawn, digest.ahead, digest.situations, digest.index)
    used = sum(len(section) + 1 for section in sections if section) + bool(digest.routine)
    room = MOST_LINES - used - 1
    if len(new) > room or digest.no_room:
        room -= 1  # the line that says how many more there are
    return dataclasses.replace(digest, new=tuple(new[:room]), no_room=digest.no_room + max(len(new) - room, 0))


def lies_ahead(story: Story, watch: Watch, kind: RelationType, now: dt.datetime) -> bool:
    """Whether the event of a story is planned for one of the next days, and of the kind that the watch asks for."""
    if story.status is not Status.PLANNED or story.date is None or story.sample or story.retracted_at is not None:
        return False
    today = now.astimezone(ZoneInfo(watch.time_zone)).date()
    return (
        story.date.last >= today
        and story.date.first <= today + AHEAD
        and follows(watch, story)
        and (not watch.types or not watch.types.isdisjoint(kind.names))
        and story.severity.rank >= watch.min_severity.rank
    )


def _line(noted: Noted) -> DigestLine:
    changes = [stage for stage in noted.stages if stage in STATUS_STAGES]
    return DigestLine(
        story=noted.story,
        report=noted.report,
        stage=changes[-1] if changes else noted.stages[-1],
        late=noted.late,
    )


def _is_withdrawn(line: DigestLine) -> bool:
    return line.stage in _WITHDRAWN or line.story.status is Status.DENIED


def _gravest_first(line: DigestLine) -> tuple[int, bool, dt.datetime, str]:
    return -line.story.severity.rank, line.late, line.story.opened_at, line.story.id


def _soonest_first(story: Story) -> tuple[dt.date, str]:
    return (story.date.first if story.date else dt.date.max), story.id


def _widest_first(change: IndexChange) -> float:
    return -abs(change.index - change.before)
