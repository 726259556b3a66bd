"""An explanation as JSON. `about` names what it is of; the fields are those of domain.explanation, in short."""

import datetime as dt
from typing import Any, assert_never

from monitor.domain.explanation import (
    AlertSeen,
    Explained,
    FeedSeen,
    ForgottenItem,
    HeldBack,
    ItemSeen,
    Rehearsed,
    ReportSeen,
    Seen,
    StorySeen,
    TextSeen,
    Told,
)
from monitor.domain.routing import Silence
from monitor.domain.shapes import event_json, story_json

_Shape = dict[str, Any]


def shape_of(seen: Seen) -> _Shape:
    """Everything that was found out, for programs."""
    match seen:
        case ItemSeen():
            return {"about": "entry", **_item(seen)}
        case ForgottenItem():
            return {
                "about": "forgotten entry",
                "id": seen.key.hex(),
                "feed": _feed(seen.feed),
                "first_seen_at": seen.first_seen_at.isoformat(),
            }
        case StorySeen():
            return {"about": "story", **_story(seen)}
        case AlertSeen():
            about = None if seen.about is None else shape_of(seen.about)
            return {"about": "message", **_told(seen.told), "tells_of": about}
        case TextSeen():
            return {
                "about": "text",
                "text": seen.text,
                "sentences": [_sentence(one) for one in seen.sentences],
                "events": [_rehearsed(one) for one in seen.events],
            }
        case _:
            assert_never(seen)


def _item(seen: ItemSeen) -> _Shape:
    item = seen.item
    return {
        "id": item.key.hex(),
        "title": item.title,
        "link": item.link,
        "outlet": item.outlet,
        "sample": item.sample,
        "published_at": item.published_at.isoformat(),
        "seen_at": item.seen_at.isoformat(),
        "feed": _feed(seen.feed),
        "known_by": seen.known_by,
        "reads_the_same": seen.reads_the_same,
        "sentences": [_sentence(one) for one in seen.sentences],
        "reports": [_report(one) for one in seen.reports],
        "stories": [_story(one) for one in seen.stories],
    }


def _feed(feed: FeedSeen) -> _Shape:
    state = feed.state
    return {
        "id": feed.feed_id,
        "title": feed.title,
        "configured": feed.url is not None,
        "last_polled_at": _moment(state.last_polled_at if state else None),
        "last_ok_at": _moment(state.last_ok_at if state else None),
        "failures": state.failures if state else 0,
        "error": state.last_error if state else None,
    }


def _sentence(one: Explained) -> _Shape:
    return {
        "sentence": one.sentence,
        "actors": one.actors,
        "events": [event_json(event) for event in one.events],
        "status_signs": one.status_signs,
        "nearly": [{"type": miss.type, "pattern": miss.pattern, "lacks": miss.lacks} for miss in one.near],
        "silence": one.silence,
    }


def _report(seen: ReportSeen) -> _Shape:
    return {
        "id": seen.report.id,
        "entry": seen.report.item.key.hex(),
        **event_json(seen.report.event),
        "status_signs": seen.signs,
        "read_at": seen.read_at.isoformat(),
        "withdrawn_at": _moment(seen.withdrawn_at),
        "withdrawn_by": seen.withdrawn_by,
        "story": seen.story_id,
        "step": seen.step,
        "silences": [_silence(silence) for silence in seen.for_all],
        "watches": [
            {
                "watch": answer.watch_id,
                "messages": answer.told,
                "silences": [_silence(silence) for silence in answer.silences],
                "objections_now": answer.objections,
            }
            for answer in seen.answers
        ],
    }


def _silence(silence: Silence) -> _Shape:
    return {"watch": silence.watch_id, "reason": silence.reason.value, "detail": silence.detail or None}


def _story(seen: StorySeen) -> _Shape:
    return {
        **story_json(seen.story),
        "reports": [_report(one) for one in seen.reports],
        "messages": [_told(one) for one in seen.told],
        "held": [_held(one) for one in seen.held],
        "others": [story_json(one) for one in seen.others],
    }


def _told(told: Told) -> _Shape:
    return {
        "id": told.message_id,
        "channel": told.channel_id,
        "kind": told.kind.value,
        "title": told.title,
        "made_at": told.made_at.isoformat(),
        "state": told.state,
        "watches": told.watches,
        "story": told.story_id,
        "report": told.event_id,
        "next_attempt_at": _moment(told.next_attempt_at),
        "remark": told.remark,
        "attempts": [
            {"number": one.attempt, "at": one.at.isoformat(), "verdict": one.verdict, "answer": one.text}
            for one in told.answers
        ],
    }


def _held(held: HeldBack) -> _Shape:
    return {
        "cause": held.cause.value,
        "channel": held.channel_id,
        "watches": held.watches,
        "at": held.at.isoformat(),
        "told_in": held.told_in,
        "is_over": held.is_over,
        "until": _moment(held.until),
    }


def _rehearsed(seen: Rehearsed) -> _Shape:
    return {
        **event_json(seen.event),
        "step": seen.step,
        "story": story_json(seen.story) if seen.story else None,
        "alerts": [
            {"channel": alert.channel_id, "stage": alert.stage.value, "watches": alert.watches} for alert in seen.alerts
        ],
        "silences": [_silence(silence) for silence in seen.silences],
    }


def _moment(at: dt.datetime | None) -> str | None:
    return None if at is None else at.isoformat()
