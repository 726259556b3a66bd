"""`relmon status`: how much is stored, what waits to be sent, and which feeds and channels need a look."""

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

import click

from monitor.cli.common import config_option, database_option, json_option, tells_errors
from monitor.cli.listing import local
from monitor.cli.reading import database_of, stored
from monitor.delivery.wording import printable
from monitor.domain.feeds import FeedState
from monitor.domain.routing import Mute
from monitor.storage import mutes, outbox, polls
from monitor.storage.channels import ChannelState, channel_states
from monitor.storage.connection import Connection
from monitor.storage.overview import Overview, overview

_FAILING_SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class _Status:
    """Everything that the command tells, read in one transaction."""

    database: str
    overview: Overview
    feeds: tuple[FeedState, ...]
    channels: tuple[ChannelState, ...]
    oldest_undelivered_s: float | None
    silent: tuple[Mute, ...]
    """What operators have silenced just now."""

    @property
    def failing(self) -> tuple[FeedState, ...]:
        return tuple(feed for feed in self.feeds if feed.failures)

    @property
    def broken(self) -> tuple[ChannelState, ...]:
        return tuple(channel for channel in self.channels if channel.broken_at is not None)

    @property
    def next_due(self) -> str | None:
        due = min((feed.next_poll_at for feed in self.feeds if feed.next_poll_at is not None), default=None)
        return None if due is None else due.isoformat()


@click.command()
@config_option
@database_option
@json_option
@tells_errors
def status(config_folder: Path | None, database: str | None, *, as_json: bool) -> None:
    """Show how much is stored, what waits to be sent, and what needs a look."""
    url = database_of(config_folder, database)
    with stored(url) as connection:
        found = _read(connection, url)
    if as_json:
        click.echo(json.dumps(_report(found), ensure_ascii=False, indent=2))
        return
    for line in _lines(found):
        click.echo(line)


def _read(connection: Connection, url: str) -> _Status:
    oldest = outbox.oldest_undelivered_age(connection)
    return _Status(
        database=url,
        overview=overview(connection),
        feeds=polls.feed_states(connection),
        channels=channel_states(connection),
        oldest_undelivered_s=None if oldest is None else oldest.total_seconds(),
        silent=mutes.ended_after(connection, dt.datetime.now(dt.UTC)),
    )


def _report(found: _Status) -> dict[str, object]:
    counted = found.overview
    return {
        "database": found.database,
        "items": counted.items,
        "events": counted.events,
        "stories": counted.stories,
        "alerts": {state.value: count for state, count in counted.alerts.items()},
        "notices": {state.value: count for state, count in counted.notices.items()},
        "oldest_undelivered_s": found.oldest_undelivered_s,
        "feeds": {health.value: count for health, count in counted.feeds.items()},
        "next_poll_at": found.next_due,
        "failing": [
            {"feed": feed.feed_id, "failures": feed.failures, "error": feed.last_error} for feed in found.failing
        ],
        "channels": [
            {
                "channel": channel.channel_id,
                "paused_until": channel.paused_until.isoformat() if channel.paused_until else None,
                "broken": channel.broken_reason,
            }
            for channel in found.channels
        ],
        "silent": [{"id": mute.id, "until": mute.ends_at.isoformat(), "reason": mute.reason} for mute in found.silent],
    }


def _lines(found: _Status) -> Iterator[str]:
    counted = found.overview
    yield f"Database   {found.database}"
    yield f"Stored     {counted.items} items, {counted.events} events, {counted.stories} stories"
    yield f"Alerts     {_states(counted.alerts)}"
    yield f"Notices    {_states(counted.notices)}"
    due = min((feed.next_poll_at for feed in found.feeds if feed.next_poll_at is not None), default=None)
    yield f"Feeds      {_states(counted.feeds)}{f'; next due {local(due)}' if due else ''}"
    if found.oldest_undelivered_s is not None:
        yield f"Waiting    the oldest message has waited for {found.oldest_undelivered_s:.0f} s"
    for channel in found.broken:
        yield f"Broken     channel {channel.channel_id}: {printable(channel.broken_reason or '')}"
    for mute in found.silent:
        yield f"Silent     until {local(mute.ends_at)} by {mute.id}: {printable(mute.reason) or 'no reason given'}"
    for feed in found.failing[:_FAILING_SHOWN]:
        times = "once" if feed.failures == 1 else f"{feed.failures} times"
        yield f"Failing    {feed.feed_id} ({times}): {printable(feed.last_error or '')}"
    if len(found.failing) > _FAILING_SHOWN:
        yield f"           ... and {len(found.failing) - _FAILING_SHOWN} more; `--json` names them all"


_State = TypeVar("_State", bound=StrEnum)


def _states(counts: Mapping[_State, int]) -> str:
    """Such as "3 delivered, 1 pending"; "none" where all are zero."""
    return ", ".join(f"{count} {state.value}" for state, count in counts.items() if count) or "none"
