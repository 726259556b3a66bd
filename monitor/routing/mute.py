"""Which mute, if any, keeps a watch from hearing of a story just now (`relmon silence`). Pure.

Comes last among the reasons of a watch, so that what is counted as silenced is what would have been sent.
"""

import datetime as dt
from collections.abc import Sequence

from monitor.domain.routing import Mute, Watch
from monitor.domain.stories import Story
from monitor.domain.taxonomy import RelationType
from monitor.routing.sides import are_between, is_between


def mute_for(mutes: Sequence[Mute], watch: Watch, story: Story, kind: RelationType, *, now: dt.datetime) -> Mute | None:
    """The first mute in force that covers all of these; None where there is none. `kind` is the type of the report."""
    return next((mute for mute in mutes if mute.holds_at(now) and _covers(mute, watch, story, kind)), None)


def is_pair_muted(mutes: Sequence[Mute], watch: Watch, source: str, target: str, *, now: dt.datetime) -> bool:
    """Whether a mute in force covers all that the watch may hear of a pair, and not just one type or one story."""
    return any(
        mute.type is None
        and mute.story_id is None
        and _names_watch(mute, watch)
        and are_between(mute.between, source, target)
        for mute in mutes
        if mute.holds_at(now)
    )


def _covers(mute: Mute, watch: Watch, story: Story, kind: RelationType) -> bool:
    return (
        _names_watch(mute, watch)
        and mute.story_id in (None, story.id)
        and (mute.type is None or mute.type in kind.names)
        and is_between(mute.between, story)
    )


def _names_watch(mute: Mute, watch: Watch) -> bool:
    return mute.watch_id in (None, watch.id)
