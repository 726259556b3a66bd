"""Routes a change of a story to those who watch: which channels are told, and why the others are not (P21).

Pure: every yes is an `Alert`, every no a `Silence` with its reason. Several watches that meet on one channel make one
alert. Leaves wording to delivery, and "once" to the outbox, whose keys admit one alert for each story, stage and
channel. Comes after stories, before delivery.
"""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import TypeGuard, assert_never

from monitor.domain.feeds import FeedSource
from monitor.domain.routing import ANYONE, STATUS_STAGES, USUAL_FOLLOW_UPS, Alert, Silence, SilenceReason, Watch
from monitor.domain.stories import (
    Stage,
    StoredEvent,
    Story,
    StoryAdvanced,
    StoryChange,
    StoryMentioned,
    StoryOpened,
    StoryReported,
)
from monitor.domain.taxonomy import RelationType

SAMPLE_CHANNEL_KIND = "console"
"""The only kind of channel that sample news goes to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Routed:
    """Who is told, one alert for each channel, and why everyone else is not."""

    alerts: tuple[Alert, ...] = ()
    silences: tuple[Silence, ...] = ()


def route(
    change: StoryChange,
    watches: Sequence[Watch],
    kind: RelationType,
    kinds_of_channels: Mapping[str, str],
    *,
    now: dt.datetime,
    max_age: dt.timedelta,
    source: FeedSource,
    told: Collection[str],
    baseline: bool,
    edited: bool,
) -> Routed:
    """Alerts and silences for one change. `kind` is the type of the report, `source` the feed that brought it.

    `told`: ids of the channels that have had any alert of this story. One more report of a young story goes to those
    that have not, since what kept them silent may have been the first report (its language, its feed, a side it did
    not know) rather than the event; so does a step that only says more of what they have not heard of. `baseline`: this is the first poll of a feed that only stores it. `edited`: the
    item is an edit, and this event stood in it before.
    """
    report, news = change.report, _news(change)
    grounds = (
        (baseline, SilenceReason.BASELINE),
        (edited, SilenceReason.EDITED),
        (news is None, SilenceReason.MENTION),
        (news is not None and news[0].retracted_at is not None, SilenceReason.RETRACTED),
        (now - report.item.published_at > max_age, SilenceReason.TOO_OLD),
        # The event itself is old news by now, however fresh this report: nobody hears of it for the first time.
        (_adds_voices(change) and now - change.story.opened_at > max_age, SilenceReason.KNOWN),
    )
    reason = next((reason for holds, reason in grounds if holds), None)
    if news is None or reason is not None:
        return _nobody(report, reason or SilenceReason.MENTION)
    return _ask(
        watches, report, news, kind=kind, kinds_of_channels=kinds_of_channels, source=source, told=frozenset(told)
    )


def _ask(
    watches: Sequence[Watch],
    report: StoredEvent,
    news: tuple[Story, Stage],
    *,
    kind: RelationType,
    kinds_of_channels: Mapping[str, str],
    source: FeedSource,
    told: frozenset[str],
) -> Routed:
    """Asks each watch whether it wants the news, and gathers what they say by channel."""
    story, stage = news
    matched: dict[tuple[str, Stage], list[Watch]] = {}
    silences: list[Silence] = []
    for watch in watches:
        permitted = [channel for channel in watch.channels if _permits(kinds_of_channels[channel], story)]
        reason = next(iter(objections(watch, story, report, kind, source)), None)
        if reason is None and not permitted:
            reason = SilenceReason.SAMPLE
        if reason is None and not is_told_at_once(watch, story):
            reason = SilenceReason.DIGEST
        news_for = [(channel, _stage_for(watch, stage, heard=channel in told)) for channel in permitted]
        wanted = [(channel, told_as) for channel, told_as in news_for if told_as is not None]
        if reason is None and not wanted:
            reason = SilenceReason.KNOWN if stage is Stage.FIRST else SilenceReason.FOLLOW_UP
        if reason is not None:
            silences.append(Silence(event_id=report.id, watch_id=watch.id, reason=reason))
            continue
        for one in wanted:
            matched.setdefault(one, []).append(watch)
    alerts = tuple(
        Alert(
            story=story,
            stage=told_as,
            report=report,
            kind=kind,
            channel_id=channel,
            watches=tuple(watch.id for watch in asking),
            matched=tuple(asking),
        )
        for (channel, told_as), asking in matched.items()
    )
    return Routed(alerts=alerts, silences=tuple(silences))


def _stage_for(watch: Watch, stage: Stage, *, heard: bool) -> Stage | None:
    """As what a channel is told of a stage: as news of its own, as the first it hears of the story, or not at all."""
    if not heard and stage not in STATUS_STAGES & watch.follow_ups:
        return Stage.FIRST
    return stage if stage in watch.follow_ups else None


def _adds_voices(change: StoryChange) -> TypeGuard[StoryReported | StoryAdvanced]:
    """Whether the change tells what is known from further sources, which is news only while the story is young."""
    match change:
        case StoryAdvanced(stage=stage):
            return stage not in USUAL_FOLLOW_UPS
        case _:
            return isinstance(change, StoryReported)


def _nobody(report: StoredEvent, reason: SilenceReason) -> Routed:
    return Routed(silences=(Silence(event_id=report.id, watch_id=None, reason=reason),))


def _news(change: StoryChange) -> tuple[Story, Stage] | None:
    """The story and the stage that an alert on this change would tell of; None for a mention, which is no news."""
    match change:
        case StoryOpened(story=story) | StoryReported(story=story):
            return story, Stage.FIRST
        case StoryAdvanced(story=story, stage=stage):
            return story, stage
        case StoryMentioned():
            return None
        case _:
            assert_never(change)


def _permits(kind_of_channel: str, story: Story) -> bool:
    return not story.sample or kind_of_channel == SAMPLE_CHANNEL_KIND


def is_told_at_once(watch: Watch, story: Story) -> bool:
    """Whether a watch hears of the story when it comes; else its digest tells it."""
    return watch.at_once is not None and story.severity.rank >= watch.at_once.rank


def objections(
    watch: Watch, story: Story, report: StoredEvent, kind: RelationType, source: FeedSource
) -> tuple[SilenceReason, ...]:
    """Every reason for which this watch does not want this report, the one to be told first; none where it does."""
    event, item = report.event, report.item
    language = item.language or source.language
    reasons = (
        (follows(watch, story), SilenceReason.RELATION),
        (not watch.types or not watch.types.isdisjoint(kind.names), SilenceReason.TYPE),
        (event.status in watch.statuses, SilenceReason.STATUS),
        (_acts_for_it(watch, report, kind), SilenceReason.PART),
        (kind.severity.rank >= watch.min_severity.rank, SilenceReason.SEVERITY),
        (event.confidence >= watch.min_confidence, SilenceReason.CONFIDENCE),
        (not watch.feeds or source.id in watch.feeds, SilenceReason.FEED),
        (not watch.tags or not watch.tags.isdisjoint(source.tags), SilenceReason.FEED),
        (not watch.languages or _base(language) in watch.languages, SilenceReason.LANGUAGE),
    )
    return tuple(reason for wanted, reason in reasons if not wanted)


def follows(watch: Watch, story: Story) -> bool:
    """Whether a watch follows the pair of the story. A side that is not known never counts as a named one."""
    between, sides = watch.between, (story.source, story.target)
    if not between:
        return True
    if len(between) == 1:
        return any(_names(between[0], side) for side in sides)
    return any(_names(one, sides[0]) and _names(other, sides[1]) for one, other in permutations(between, 2))


def _names(codes: frozenset[str], side: str | None) -> bool:
    return ANYONE in codes or side in codes


def _acts_for_it(watch: Watch, report: StoredEvent, kind: RelationType) -> bool:
    """Whether those who act are of the parts that the watch asks for: the source, in a meeting both sides.

    Who is acted upon doesn't matter: sanctions on a state's company are news of that state.
    """
    event = report.event
    acting = (event.source, event.target) if kind.mutual else (event.source,)
    return all(actor is None or actor.part in watch.parts for actor in acting)


def _base(language: str | None) -> str | None:
    """The language without its variety ("es-VE" is "es"), as watches name it."""
    return language.partition("-")[0].casefold() if language else None
