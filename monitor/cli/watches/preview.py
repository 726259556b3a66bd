"""What a watch would have sent of the news that is stored, for whoever is about to add it.

The backtest's rehearsal plays the last 30 days to it: the daemon's own transaction, on a database that is gone afterwards.
The events are taken as they were read then; what other patterns would make of the texts is `relmon backtest`'s work.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

from monitor.cli.backtest.sides import Side, side
from monitor.cli.feeds.own import count
from monitor.cli.listing import local
from monitor.cli.progress import progress_bar
from monitor.cli.reading import stored
from monitor.cli.watches.saying import listed
from monitor.cli.wiring import utc_now
from monitor.delivery.wording import printable
from monitor.domain.delivery import Message, MessageKind
from monitor.domain.errors import ConfigurationError, DatabaseError
from monitor.domain.feeds import FeedSource
from monitor.domain.routing import ANYONE, SilenceReason, Watch
from monitor.domain.stories import StoredEvent
from monitor.settings.files import Loaded
from monitor.storage import schema, silences
from monitor.storage.engine import throwaway_database
from monitor.storage.events import recent_events
from monitor.stories.sameness import STANDING_FOR
from monitor.worker.polled import ReadItem
from monitor.worker.rehearsal import Arrival, Rehearsal

_LOOKS_BACK = dt.timedelta(days=30)
_MOST_REPORTS = 200_000
_SHOWN = 10
_REASONS = 3
# Of a feed that is no longer configured, nothing but its items is known.
_EVERY = dt.timedelta(days=1)
_KINDS = {MessageKind.SUMMARY: "summary", MessageKind.DIGEST: "digest"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Played:
    """The messages that would have gone out, and the commonest reasons why other reports sent none."""

    reports: int
    messages: tuple[Message, ...]
    reasons: tuple[tuple[SilenceReason, int], ...]


def preview(watch: Watch, loaded: Loaded, database: str | None) -> Iterator[str]:
    """Lines for a person: how much it would have sent in 30 days, and the last of it; else why nothing."""
    since = utc_now() - _LOOKS_BACK
    try:
        whole = side(loaded.location.folder)
        with stored(database or whole.loaded.settings.database.url) as connection:
            found = recent_events(connection, limit=_MOST_REPORTS, since=since - STANDING_FOR)
    except ConfigurationError:
        yield "What it would have sent can't be shown, since the configuration holds mistakes: `relmon check` names them."
        return
    except DatabaseError as error:
        yield f"What it would have sent can't be shown: {error}"
        return
    # What was published long before it was read would have the clock begin in that year.
    told = [one.stored for one in found if one.withdrawn_at is None and not one.stored.item.sample]
    told = [one for one in told if one.item.published_at >= since - STANDING_FOR]
    if not any(one.item.published_at >= since for one in told):
        yield "No news of the last 30 days is stored, so there is nothing to show."
        return
    yield from _account(_play([one for one in told if _concerns(watch, one)], watch, whole, since))


def _concerns(watch: Watch, report: StoredEvent) -> bool:
    """Whether the report may belong to a story that the watch follows; one side that isn't known may be any."""
    sides = [actor.code if actor else None for actor in (report.event.source, report.event.target)]
    if None in sides or not watch.between:
        return True
    return all(any(code in codes for code in sides) or ANYONE in codes for codes in watch.between)


def _play(reports: Sequence[StoredEvent], watch: Watch, whole: Side, since: dt.datetime) -> _Played:
    feeds = whole.feeds
    messages: list[Message] = []
    with TemporaryDirectory(prefix="relmon-watch-") as folder:
        database = throwaway_database(Path(folder))
        try:
            schema.upgrade(database)
            rehearsal = Rehearsal(database, replace(whole.desk, watches=(watch,)))
            with progress_bar("Playing the last 30 days", len(reports)) as tell:
                for minute, together in groupby(sorted(reports, key=_minute), key=_minute):
                    told = tuple(together)
                    messages += rehearsal.play(tuple(_arrivals(told, feeds)), minute)
                    tell(len(told))
            messages += rehearsal.wait(utc_now())
            with database.read() as connection:
                reasons = silences.commonest(connection, _REASONS)
        finally:
            database.close()
    return _Played(
        reports=sum(one.item.published_at >= since for one in reports),
        messages=tuple(one for one in messages if one.created_at >= since),
        reasons=reasons,
    )


def _minute(report: StoredEvent) -> dt.datetime:
    """The end of the minute in which it was published: what came within one is played in one transaction."""
    return report.item.published_at.replace(second=0, microsecond=0) + dt.timedelta(minutes=1)


def _arrivals(reports: Sequence[StoredEvent], feeds: Mapping[str, FeedSource]) -> Iterator[Arrival]:
    """The items of these reports with their events, as if each had been read as soon as it was published."""
    by_item: dict[bytes, list[StoredEvent]] = {}
    for one in reports:
        by_item.setdefault(one.item.key, []).append(one)
    for told in by_item.values():
        item = replace(told[0].item, seen_at=told[0].item.published_at)
        feed = feeds.get(item.feed_id) or FeedSource(id=item.feed_id, url="", title=item.feed_id, poll_every=_EVERY)
        yield Arrival(source=feed, read=ReadItem(item=item, events=tuple(one.event for one in told)))


def _account(played: _Played) -> Iterator[str]:
    kinds = Counter(_KINDS.get(message.kind, "alert") for message in played.messages)
    sent = listed([count(number, kind) for kind, number in kinds.items()], "and") if kinds else "nothing"
    yield f"Of the last 30 days' news between these, {count(played.reports, 'report')}, it would have sent {sent}."
    if len(played.messages) > _SHOWN:
        yield f"The last {_SHOWN}:"
    for message in played.messages[-_SHOWN:]:
        yield f"  {local(message.created_at)}  {message.channel_id}  {printable(message.title)}"
    if not played.messages:
        for reason, number in played.reasons:
            yield f"  {number} times: {reason}"
