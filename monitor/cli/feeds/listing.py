"""`relmon feeds list`: which feeds are configured; with --failing, those whose last poll failed, and why."""

import datetime as dt
import json
import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from monitor.cli.common import config_option, database_option, json_option, locate, tells_errors
from monitor.cli.feeds.own import all_feeds, count, rhythm, shown
from monitor.cli.listing import local
from monitor.cli.reading import configuration_of, remembered_feeds
from monitor.delivery.wording import printable
from monitor.domain.errors import ConfigurationError
from monitor.domain.feeds import FeedSource, FeedState
from monitor.settings.files import Loaded, examine


@click.command("list")
@click.option(
    "--failing", is_flag=True, help="Only feeds whose last poll failed, and why. Exit code 1 if there are any."
)
@config_option
@database_option
@json_option
@tells_errors
def list_feeds(*, failing: bool, config_folder: Path | None, database: str | None, as_json: bool) -> None:
    """List the configured feeds."""
    if failing:
        _list_failing(configuration_of(config_folder, database), as_json=as_json)
        return
    loaded = examine(locate(config_folder), overrides={}, environ=os.environ)
    now = dt.datetime.now(dt.UTC)
    paused = {feed.id for feed in loaded.paused}
    everything = sorted(all_feeds(loaded), key=lambda feed: feed.group or "")
    if as_json:
        rows = [_row(feed, paused=feed.id in paused or feed.is_paused(now)) for feed in everything]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        for feed in everything:
            when = "paused" if feed.id in paused else _when(feed, now)
            click.echo(
                f"{feed.id:<32}  {feed.group or '-':<12}  {feed.language or '-':<2}  {when:<10}  {shown(feed.url)}"
            )
    if loaded.errors:
        raise ConfigurationError(loaded.errors)


def _when(feed: FeedSource, now: dt.datetime) -> str:
    if feed.paused_until is not None and feed.is_paused(now):
        return f"paused until {local(feed.paused_until)}"
    return rhythm(feed)


def _list_failing(loaded: Loaded, *, as_json: bool) -> None:
    """What the database knows of the feeds that fail, the longest first."""
    states = remembered_feeds(loaded.settings.database.url)
    found = sorted((state for state in states if state.failures), key=lambda state: (-state.failures, state.feed_id))
    by_id = {feed.id: feed for feed in all_feeds(loaded)}
    if as_json:
        click.echo(
            json.dumps([_failing_row(state, by_id.get(state.feed_id)) for state in found], ensure_ascii=False, indent=2)
        )
    else:
        for line in _failing_lines(found, by_id, polled=len(states)):
            click.echo(line)
    sys.exit(1 if found else 0)


def _failing_lines(found: Sequence[FeedState], by_id: dict[str, FeedSource], *, polled: int) -> Iterable[str]:
    for state in found:
        feed = by_id.get(state.feed_id)
        well = f"well until {local(state.last_ok_at)}" if state.last_ok_at else "never well"
        again = f"; next try {local(state.next_poll_at)}" if state.next_poll_at else ""
        yield f"{state.feed_id}  {shown(feed.url) if feed else ''}"
        yield f"    {printable(state.last_error or 'failed')}"
        yield f"    failed {'once' if state.failures == 1 else f'{state.failures} times in a row'}; {well}{again}"
    if found:
        yield f"{len(found)} of {count(polled)} failing. `relmon feeds fix` proposes what to do."
    else:
        yield f"No feed fails, of {polled}." if polled else "No feed was polled yet."


def _failing_row(state: FeedState, feed: FeedSource | None) -> dict[str, object]:
    times = {"last_ok_at": state.last_ok_at, "last_polled_at": state.last_polled_at, "next_poll_at": state.next_poll_at}
    return {
        "id": state.feed_id,
        "url": shown(feed.url) if feed else None,
        "failures": state.failures,
        "error": state.last_error,
        **{name: time.isoformat() if time else None for name, time in times.items()},
    }


def _row(feed: FeedSource, *, paused: bool) -> dict[str, object]:
    return {
        "id": feed.id,
        "title": feed.title,
        "url": shown(feed.url),
        "publisher": feed.publisher,
        "language": feed.language,
        "home": feed.home,
        "group": feed.group,
        "tags": sorted(feed.tags),
        "every_seconds": feed.poll_every.total_seconds(),
        "first_poll": feed.first_poll,
        "paused": paused,
        "paused_until": feed.paused_until.isoformat() if feed.paused_until else None,
    }
