"""What a text would do if it came now: which stories its events join, who would be told and why not.

Nothing is written. The stages are those of a poll: gather, route. Reading the text comes before (classify/explain.py; in the
daemon, a child does it). What is done with what is stored is explain.py's; `relmon explain` and the page Try it show what comes
out.
"""

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from monitor.domain.events import RelationEvent
from monitor.domain.explanation import Rehearsed, TextRead, TextSeen
from monitor.domain.feeds import FeedSource, NewsItem
from monitor.domain.routing import Watch
from monitor.domain.stories import StoredEvent, Story, relation_of, step_of
from monitor.domain.taxonomy import Taxonomy
from monitor.routing.watches import route
from monitor.storage.connection import Connection
from monitor.storage.stories import standing_stories
from monitor.storage.told import channels_told
from monitor.stories.gather import Gatherer
from monitor.stories.ids import event_id
from monitor.stories.sameness import STANDING_FOR
from monitor.worker.mutings import Mutings
from monitor.worker.standing import StandingStories, sides_of

_NOBODY = FeedSource(id="", url="", title="", poll_every=dt.timedelta(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """Takes texts as of `now`, as if a feed without a name had brought them."""

    taxonomy: Taxonomy
    gatherer: Gatherer
    watches: tuple[Watch, ...]
    channel_kinds: Mapping[str, str]
    max_age: dt.timedelta
    now: dt.datetime

    def of(self, read: TextRead, connection: Connection | None) -> TextSeen:
        """The text on the way that it would take; without a connection, no story stands that it could join."""
        stage = _Stage(self, _item(read.text, read.language, self.now), connection)
        return TextSeen(
            text=read.text,
            language=read.language,
            sentences=read.sentences,
            events=tuple(stage.play(event) for event in read.events),
        )


@dataclass(slots=True)
class _Stage:
    """One rehearsal: what an event does holds for the next one of the same text."""

    given: WhatIf
    item: NewsItem
    connection: Connection | None
    standing: StandingStories = field(default_factory=StandingStories)

    def play(self, event: RelationEvent) -> Rehearsed:
        given = self.given
        report = StoredEvent(id=event_id(self.item, event), item=self.item, event=event)
        told, mutings = self._look_up(report)
        change = given.gatherer.gather(report, self.standing.near(report))
        story_id = change.story.id if change.story else ""
        routed = route(
            change,
            given.watches,
            given.taxonomy[event.type],
            given.channel_kinds,
            now=given.now,
            max_age=given.max_age,
            source=_NOBODY,
            told=told.get(story_id, set()),
            baseline=False,
            edited=False,
            mutes=mutings.standing,
            silenced=mutings.of(story_id),
        )
        if change.story is not None:
            self.standing.keep(change.story)
        return Rehearsed(
            event=event,
            step=step_of(change),
            story=change.story,
            alerts=routed.alerts,
            silences=routed.silences,
        )

    def _look_up(self, report: StoredEvent) -> tuple[dict[str, set[str]], Mutings]:
        if self.connection is None:
            return {}, Mutings()
        found: tuple[Story, ...] = standing_stories(
            self.connection, [relation_of(*sides_of(report))], self.given.now - STANDING_FOR
        )
        for story in found:
            if self.standing.get(story.id) is None:
                self.standing.keep(story)
        ids = self.standing.ids
        return channels_told(self.connection, ids), Mutings.look_up(self.connection, ids, self.given.now)


def _item(text: str, language: str | None, now: dt.datetime) -> NewsItem:
    title, _, summary = text.partition("\n\n")
    digest = hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).digest()
    return NewsItem(
        key=digest,
        digest=digest,
        feed_id=_NOBODY.id,
        guid=None,
        link=None,
        title=title,
        summary=summary,
        outlet="you",
        language=language,
        published_at=now,
        seen_at=now,
    )
