"""What the API says of things that have no shape elsewhere: feeds, messages, pairs, types. Stories, events and items are domain/shapes.py's.

models.py describes all of them to programs.
"""

from collections.abc import Collection
from typing import Any

from monitor.delivery.sentences import story_sentence
from monitor.domain.feeds import FeedSource, FeedState, FeedTrouble
from monitor.domain.shapes import moment, reading_json, report_json, story_json
from monitor.domain.stories import Story
from monitor.domain.taxonomy import RelationType
from monitor.settings.secrets import hidden
from monitor.storage.browse.deliveries import ListedMessage
from monitor.storage.browse.feeds import ListedFeed
from monitor.storage.events import ArchivedEvent
from monitor.storage.outbox import MessageState
from monitor.stories.index import Reading
from monitor.stories.standings import Standing
from monitor.web.api.models import Health
from monitor.web.lines import story_link
from monitor.web.render import Reader

_Json = dict[str, Any]
_DIGITS = 2


def listed_story(story: Story, reader: Reader, base: str) -> _Json:
    """A story with its sentence, and with its page below `base`."""
    return {
        **story_json(story),
        "url": base + story_link(story.id),
        "sentence": story_sentence(story, reader.book),
    }


def report(one: ArchivedEvent) -> _Json:
    """An event as it stands in the archive."""
    return {
        **report_json(one.stored, story_id=one.story_id, withdrawn_by=one.withdrawn_by, withdrawn_at=one.withdrawn_at),
        "read_at": one.read_at.isoformat(),
        "step": one.step.value if one.step else None,
    }


def standing(pair: Standing) -> _Json:
    """How a pair stands."""
    return {
        "relation": pair.relation,
        "index": round(pair.index, _DIGITS),
        "band": pair.band.value,
        "over_week": round(pair.over_week, _DIGITS),
        "over_month": round(pair.over_month, _DIGITS),
        "stories": pair.stories,
    }


def reading(one: Reading) -> _Json:
    """How a pair stood on a day."""
    return reading_json(one.day, one.index, one.band, one.stories)


def feed(listed: ListedFeed, source: FeedSource | None, paused: Collection[str]) -> _Json:
    """A feed; `source` is what the configuration in force says of it, `paused` the ids of those that an operator paused."""
    state = listed.state
    shown = hidden("url", listed.url)
    return {
        "id": state.feed_id,
        "title": listed.title,
        "url": shown if shown.startswith(("http://", "https://", "sample:")) else None,
        "health": _health(state, paused).value,
        "poll_every_seconds": listed.poll_every.total_seconds(),
        "language": source.language if source else None,
        "publisher": source.publisher if source else None,
        "group": source.group if source else None,
        "tags": sorted(source.tags) if source else [],
        "failures": state.failures,
        "error": state.last_error,
        "first_polled_at": moment(state.first_polled_at),
        "last_polled_at": moment(state.last_polled_at),
        "last_ok_at": moment(state.last_ok_at),
        "next_poll_at": moment(state.next_poll_at),
        "newest_at": moment(state.newest_at),
    }


def _health(state: FeedState, paused: Collection[str]) -> Health:
    if state.feed_id in paused:
        return Health.PAUSED
    if state.failures:
        return Health.FAILING
    if state.last_polled_at is None:
        return Health.NEW
    return Health.SILENT if state.told in (FeedTrouble.SILENT, FeedTrouble.EMPTY) else Health.OK


def delivery(one: ListedMessage, *, configured: bool) -> _Json:
    """A message, without what stands in it."""
    return {
        "id": one.id,
        "created_at": one.created_at.isoformat(),
        "state": one.state.value,
        "channel": one.channel_id,
        "channel_configured": configured,
        "kind": one.kind.value,
        "title": one.title,
        "story": one.story_id,
        "watches": list(one.watches),
        "attempts": one.attempts,
        "next_attempt_at": moment(one.next_attempt_at) if one.state is MessageState.PENDING else None,
        "settled_at": moment(one.settled_at),
        "answer": one.answer,
        "remark": one.remark,
    }


def relation_type(kind: RelationType) -> _Json:
    """A type of event."""
    return {
        "id": kind.id,
        "family": kind.family,
        "means": kind.means,
        "plover": kind.plover,
        "scale": kind.scale,
        "severity": kind.severity.value,
        "mutual": kind.mutual,
        "recurs": kind.recurs,
        "parent": kind.parent,
    }
