"""The pages Deliveries and Delivery: what went where, what the destinations said to it, and what nobody took.

Channels are shown by their names, since the address of a webhook is a secret; bodies are not shown. What is to be done about a
dead letter is done with `relmon deliveries`: pages change nothing.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from monitor.domain.browsing import Cursor, Page
from monitor.domain.delivery import MessageKind
from monitor.storage.browse.deliveries import (
    ListedChannel,
    ListedMessage,
    MessageFilter,
    list_channels,
    list_messages,
    one_message,
)
from monitor.storage.connection import Connection
from monitor.storage.outbox import UNDELIVERED, MessageState, attempts_of
from monitor.web.cursors import cursor_text, read_cursor
from monitor.web.filters import BadQuery
from monitor.web.lines import story_link
from monitor.web.render import page
from monitor.web.site import Site, site_of

_A_PAGE = 50
_DEAD_SHOWN = 10
_LONGEST_NAME = 100
_Choice = TypeVar("_Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelLine:
    """A channel as a row. `condition` is the name of a text and of a colour; `kind` is None for one no longer configured."""

    id: str
    kind: str | None
    condition: str
    paused_until: dt.datetime | None
    reason: str | None
    waiting: int
    oldest_at: dt.datetime | None
    dead: int
    delivered_at: dt.datetime | None
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageLine:
    """A message as a row. `said` is the last answer, or why it was dropped; `is_left_over`: its channel is gone."""

    id: str
    link: str
    title: str
    channel: str
    kind: str
    state: str
    created_at: dt.datetime
    next_at: dt.datetime | None
    attempts: int
    said: str | None
    is_left_over: bool
    story: str | None
    watches: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceLink:
    """A part of the filter to choose. `value` is empty for all."""

    value: str
    link: str
    is_chosen: bool


def routes() -> list[Route]:
    """/deliveries, and a page for each message."""
    return [
        Route("/deliveries", _deliveries, methods=["GET"]),
        Route("/deliveries/{message_id}", _delivery, methods=["GET"]),
    ]


def _deliveries(request: Request) -> Response:
    site, query = site_of(request), request.query_params
    wanted = MessageFilter(
        channel_id=query.get("channel", "")[:_LONGEST_NAME] or None,
        state=_one_of(MessageState, "state", query.get("state", "")),
        kind=_one_of(MessageKind, "kind", query.get("kind", "")),
    )
    after = _place(query.get("after", ""))
    is_head = wanted == MessageFilter() and after is None
    with site.database.read() as connection:
        channels = list_channels(connection, site.channels)
        found = _listed(connection, wanted, after)
        dead = list_messages(connection, MessageFilter(state=MessageState.DEAD), limit=_DEAD_SHOWN) if is_head else None
    now = site.clock()
    asked = {"state": wanted.state or "", "channel": wanted.channel_id or "", "kind": wanted.kind or ""}
    return page(
        request,
        "deliveries.html",
        channels=[_channel_line(one, site, now) for one in channels],
        dead=[_line(one, site) for one in dead.rows] if dead else [],
        dead_number=sum(one.dead for one in channels),
        lines=[_line(one, site) for one in found.rows],
        states=_choices("state", MessageState, asked),
        kinds=_choices("kind", MessageKind, asked),
        channel_choices=_choices("channel", [one.state.channel_id for one in channels], asked),
        is_head=is_head,
        older=_link(asked | {"after": cursor_text(found.next)}) if found.next else None,
    )


def _delivery(request: Request) -> Response:
    site = site_of(request)
    with site.database.read() as connection:
        found = one_message(connection, request.path_params["message_id"])
        if found is None:
            raise HTTPException(404)
        attempts = attempts_of(connection, found.id)
    return page(request, "delivery.html", line=_line(found, site), settled_at=found.settled_at, attempts=attempts)


def _one_of(choices: type[_Choice], name: str, text: str) -> _Choice | None:
    try:
        return choices(text) if text else None
    except ValueError:
        raise BadQuery(f"deliveries.bad_{name}", value=text, choices=", ".join(choices)) from None


def _place(text: str) -> Cursor | None:
    try:
        return read_cursor(text) if text else None
    except ValueError:
        raise BadQuery("errors.bad_cursor") from None


def _listed(connection: Connection, wanted: MessageFilter, after: Cursor | None) -> Page[ListedMessage]:
    try:
        return list_messages(connection, wanted, limit=_A_PAGE, after=after)
    except ValueError:
        raise BadQuery("errors.bad_cursor") from None


def _choices(name: str, values: Iterable[str], asked: Mapping[str, str]) -> list[ChoiceLink]:
    return [
        ChoiceLink(value=value, link=_link({**asked, name: value}), is_chosen=asked[name] == value)
        for value in ("", *values)
    ]


def _link(parts: Mapping[str, str]) -> str:
    query = urlencode({name: value for name, value in parts.items() if value})
    return f"/deliveries?{query}" if query else "/deliveries"


def _channel_line(one: ListedChannel, site: Site, now: dt.datetime) -> ChannelLine:
    state = one.state
    is_paused = state.paused_until is not None and state.paused_until > now
    known = state.channel_id in site.channels
    return ChannelLine(
        id=state.channel_id,
        kind=site.channels.get(state.channel_id),
        condition="removed" if not known else "broken" if state.broken_at else "paused" if is_paused else "open",
        paused_until=state.paused_until if is_paused else None,
        reason=state.broken_reason,
        waiting=one.waiting,
        oldest_at=one.oldest_at,
        dead=one.dead,
        delivered_at=one.delivered_at,
        link=_link({"channel": state.channel_id}),
    )


def _line(one: ListedMessage, site: Site) -> MessageLine:
    return MessageLine(
        id=one.id,
        link=f"/deliveries/{one.id}",
        title=one.title,
        channel=one.channel_id,
        kind=one.kind.value,
        state=one.state.value,
        created_at=one.created_at,
        next_at=one.next_attempt_at if one.state is MessageState.PENDING else None,
        attempts=one.attempts,
        said=one.remark if one.state is MessageState.DROPPED else one.answer,
        is_left_over=one.state in UNDELIVERED and one.channel_id not in site.channels,
        story=story_link(one.story_id) if one.story_id else None,
        watches=one.watches,
    )
