"""Routes a change of a story to those who watch: which channels are told, and why the others are not (P21).

Pure: every yes is an `Alert`, every no a `Silence` with its reason. Several watches that meet on one channel make one
alert. Leaves wording to delivery, and "once" to the outbox, whose keys admit one alert for each story, stage and
channel. Comes after stories, before delivery.
"""

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeGuard, assert_never

from monitor.domain.feeds import FeedSource
from monitor.domain.routing import STATUS_STAGES, USUAL_FOLLOW_UPS, Alert, Mute, Silence, SilenceReason, Watch
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
from monitor.routing.mute import mute_for
from monitor.routing.sides import is_between

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
    mutes: Sequence[Mute] = (),
    silenced: Collection[str] = (),
) -> Routed:
    """Alerts and silences for one change. `kind` is the type of the report, `source` the feed that brought it.

    `told`: ids of the channels that have had any alert of this story. One more report of a young story goes to those
    that have not, since what kept them silent may have been the first report (its language, its feed, a side it did
    not know) rather than the event; so does a step that only says more of what they have not heard of. `baseline`: this
    is the first poll of a feed that only stores it. `edited`: the item is an edit, and this event stood in it before.
    `mutes` are what operators silenced for a time, `silenced` the ids of the watches for which that held this story back
    before: what came then is not sent afterwards.
    """
    report, news = change.report, news_of(change)
    grounds = (
        (baseline, SilenceReason.BASELINE),
        (edited, SilenceReason.EDITED),
        (news is None, SilenceReason.MENTION),
        (news is not None and news[0].retracted_at is not None, SilenceReason.RETRACTED),
        (now - report.item.published_at > max_age, SilenceReason.TOO_OLD),
        # The event itself is old news by now, however fresh this report: nobody hears of it for the first time.
        (adds_voices(change) and now - change.story.opened_at > max_age, SilenceReason.KNOWN),
    )
    reason = next((reason for holds, reason in grounds if holds), None)
    if news is None or reason is not None:
        return _nobody(report, reason or SilenceReason.MENTION)
    story, stage = news
    news_desk = _NewsDesk(
        story=story, stage=stage, report=report, kind=kind, told=told, silenced=silenced, mutes=mutes, now=now
    )
    return news_desk.ask(
        watches, kinds_of_channels, lambda watch: next(iter(objections(watch, story, report, kind, source)), None)
    )


def route_corroborated(
    story: Story,
    report: StoredEvent,
    watches: Sequence[Watch],
    kind: RelationType,
    kinds_of_channels: Mapping[str, str],
    *,
    now: dt.datetime,
    max_age: dt.timedelta,
    told: Collection[str],
    mutes: Sequence[Mute] = (),
    silenced: Collection[str] = (),
) -> Routed:
    """Asks watches again that wanted this earlier report, had there been more publishers: by now there may be.

    Without this, a watch for one language would never hear of what a paper in another one corroborates.
    """
    if story.retracted_at is not None or now - report.item.published_at > max_age:
        return Routed()
    news_desk = _NewsDesk(
        story=story, stage=Stage.FIRST, report=report, kind=kind, told=told, silenced=silenced, mutes=mutes, now=now
    )
    return news_desk.ask([watch for watch in watches if is_corroborated(watch, story)], kinds_of_channels)


def _nothing_against(_: Watch) -> None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class _NewsDesk:
    """One report of a story, and what was told of that story before."""

    story: Story
    stage: Stage
    report: StoredEvent
    kind: RelationType
    told: Collection[str]
    silenced: Collection[str]
    mutes: Sequence[Mute]
    now: dt.datetime

    def ask(
        self,
        watches: Sequence[Watch],
        kinds_of_channels: Mapping[str, str],
        objection: Callable[[Watch], SilenceReason | None] = _nothing_against,
    ) -> Routed:
        """Asks each watch whether it wants the news, and gathers what they say by channel."""
        matched: dict[tuple[str, Stage], list[Watch]] = {}
        silences: list[Silence] = []
        for watch in watches:
            permitted = [name for name in watch.channels if _permits(kinds_of_channels[name], self.story)]
            wanted = [(name, stage) for name in permitted if (stage := self._stage_for(watch, name)) is not None]
            mute = mute_for(self.mutes, watch, self.story, self.kind, now=self.now)
            reasons = (
                objection(watch),
                None if permitted else SilenceReason.SAMPLE,
                None if is_told_at_once(watch, self.story) else SilenceReason.DIGEST,
                None if wanted else SilenceReason.KNOWN if self.stage is Stage.FIRST else SilenceReason.FOLLOW_UP,
                SilenceReason.SILENCED if mute is not None else None,
            )
            reason = next((reason for reason in reasons if reason is not None), None)
            if reason is not None:
                detail = _detail(reason, watch, self.story, mute)
                silences.append(Silence(event_id=self.report.id, watch_id=watch.id, reason=reason, detail=detail))
                continue
            for one in wanted:
                matched.setdefault(one, []).append(watch)
        alerts = tuple(
            Alert(
                story=self.story,
                stage=told_as,
                report=self.report,
                kind=self.kind,
                channel_id=channel,
                watches=tuple(watch.id for watch in asking),
                matched=tuple(asking),
            )
            for (channel, told_as), asking in matched.items()
        )
        return Routed(alerts=alerts, silences=tuple(silences))

    def _stage_for(self, watch: Watch, channel_id: str) -> Stage | None:
        return _stage_for(watch, self.stage, heard=channel_id in self.told or watch.id in self.silenced)


def _detail(reason: SilenceReason, watch: Watch, story: Story, mute: Mute | None) -> str:
    """What the reason leaves open; see domain.routing.Silence."""
    match reason:
        case SilenceReason.UNCORROBORATED:
            return f"{len(story.publishers)} of {watch.min_publishers}"
        case SilenceReason.SEVERITY:
            return story.severity_explained
        case SilenceReason.SILENCED if mute is not None:
            return mute.id
        case _:
            return ""


def _stage_for(watch: Watch, stage: Stage, *, heard: bool) -> Stage | None:
    """As what a channel is told of a stage: as news of its own, as the first it hears of the story, or not at all."""
    if not heard and stage not in STATUS_STAGES & watch.follow_ups:
        return Stage.FIRST
    return stage if stage in watch.follow_ups else None


def adds_voices(change: StoryChange) -> TypeGuard[StoryReported | StoryAdvanced]:
    """Whether the change tells what is known from further sources, which is news only while the story is young."""
    match change:
        case StoryAdvanced(stage=stage):
            return stage not in USUAL_FOLLOW_UPS
        case _:
            return isinstance(change, StoryReported)


def _nobody(report: StoredEvent, reason: SilenceReason) -> Routed:
    return Routed(silences=(Silence(event_id=report.id, watch_id=None, reason=reason),))


def news_of(change: StoryChange) -> tuple[Story, Stage] | None:
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
        (story.severity.rank >= watch.min_severity.rank, SilenceReason.SEVERITY),
        (event.confidence >= watch.min_confidence, SilenceReason.CONFIDENCE),
        (not watch.feeds or source.id in watch.feeds, SilenceReason.FEED),
        (not watch.tags or not watch.tags.isdisjoint(source.tags), SilenceReason.FEED),
        (not watch.languages or _base(language) in watch.languages, SilenceReason.LANGUAGE),
        (is_corroborated(watch, story), SilenceReason.UNCORROBORATED),
    )
    return tuple(reason for wanted, reason in reasons if not wanted)


def follows(watch: Watch, story: Story) -> bool:
    """Whether a watch follows the pair of the story. A side that is not known never counts as a named one."""
    return is_between(watch.between, story)


def is_corroborated(watch: Watch, story: Story) -> bool:
    """Whether as many stand behind the story as the watch asks for; a state concerned that says it itself is enough."""
    return story.official or len(story.publishers) >= watch.min_publishers


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
