"""`relmon status`: how much is stored, what waits to be sent, and which feeds and channels need a look.

As lines or JSON once, or as a screen that keeps up with what happens (live_status.py).
"""

import datetime as dt
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from monitor.cli.common import config_option, database_option, json_option, tells_errors
from monitor.cli.listing import local
from monitor.cli.look import Look, Looker, duties, points, span, states, title
from monitor.cli.reading import configuration_of, opened
from monitor.cli.wiring import utc_now
from monitor.storage.wellbeing import Verdict

_LATEST_SHOWN = 5


@click.command()
@config_option
@database_option
@json_option
@click.option("--watch", is_flag=True, help="Keep it on the screen, and up to date, until Ctrl-C.")
@tells_errors
def status(config_folder: Path | None, database: str | None, *, as_json: bool, watch: bool) -> None:
    """Show how much is stored, what waits to be sent, and what needs a look.

    Where there is no terminal, --watch shows it once.
    """
    loaded = configuration_of(config_folder, database)
    with opened(loaded.settings.database.url) as found:
        looker = Looker(found, loaded)
        if watch and not as_json and sys.stdout.isatty():
            from monitor.cli.live_status import show_live  # noqa: PLC0415 - its drawing costs a start that others needn't pay

            show_live(looker, utc_now)
            return
        look = looker.look(utc_now())
    if as_json:
        click.echo(json.dumps(_report(look), ensure_ascii=False, indent=2))
        return
    for line in _lines(look):
        click.echo(line)


def _report(look: Look) -> dict[str, object]:
    counted, now = look.overview, look.vitals
    return {
        "at": look.at.isoformat(),
        "verdict": look.verdict.value,
        "concerns": [concern.value for concern in look.concerns],
        "database": look.database,
        "database_bytes": now.size_bytes,
        "version": look.version,
        "schema": look.schema,
        "configuration": look.configuration,
        "items": counted.items,
        "events": counted.events,
        "stories": counted.stories,
        "alerts": {state.value: count for state, count in counted.alerts.items()},
        "notices": {state.value: count for state, count in counted.notices.items()},
        "oldest_undelivered_s": _seconds(now.oldest_due),
        "feeds": {health.value: count for health, count in now.feeds.items()},
        "overdue": now.overdue,
        "longest_overdue_s": _seconds(now.longest_overdue),
        "next_poll_at": _moment(look.next_due_at),
        "failing": [
            {
                "feed": feed.feed_id,
                "failures": feed.failures,
                "since": _moment(feed.failing_since),
                "error": feed.last_error,
            }
            for feed in look.failing
        ],
        "channels": [
            {
                "channel": channel.channel_id,
                "paused_until": _moment(channel.paused_until),
                "broken": channel.broken_reason,
            }
            for channel in look.channels
        ],
        "latest": [
            {
                "id": one.message.id,
                "at": _moment(one.message.created_at),
                "channel": one.message.channel_id,
                "state": one.state.value,
                "title": title(one),
            }
            for one in look.latest
        ],
        "dead": [
            {"id": one.message.id, "channel": one.message.channel_id, "title": title(one), "answer": one.answer}
            for one in look.dead
        ],
        "followed": [
            {
                "daemon": one.owner,
                "taken_up_at": _moment(one.taken_up_at),
                "refused_at": _moment(one.refused_at),
                "mistakes": list(one.mistakes),
                "restart_needed": list(one.restart),
            }
            for one in look.followed
        ],
        "silent": [{"id": mute.id, "until": mute.ends_at.isoformat(), "reason": mute.reason} for mute in look.silent],
        "daemons": [
            {
                "daemon": worker.owner,
                "duties": list(worker.duties),
                "configuration": worker.configuration,
                "version": worker.version,
            }
            for worker in look.workers
        ],
    }


def _lines(look: Look) -> Iterator[str]:
    counted, now = look.overview, look.vitals
    yield f"Verdict    {'all is well' if look.verdict is Verdict.WELL else look.verdict.value}"
    yield f"Database   {look.database}, {now.size_bytes / 1e6:.1f} MB, tables {look.schema}"
    yield f"Version    {look.version}, configuration {look.configuration or 'with mistakes: see `relmon check`'}"
    yield f"Stored     {counted.items} items, {counted.events} events, {counted.stories} stories"
    yield f"Alerts     {states(counted.alerts)}"
    yield f"Notices    {states(counted.notices)}"
    yield f"Feeds      {states(now.feeds)}{f'; next due {local(look.next_due_at)}' if look.next_due_at else ''}"
    if now.overdue:
        yield f"Overdue    {now.overdue} feeds; the longest was due {span(now.longest_overdue)} ago"
    if now.oldest_due is not None:
        yield f"Waiting    the oldest message has waited for {span(now.oldest_due)}"
    for worker in look.workers:
        yield f"Daemon     {worker.owner}: {duties(worker)}, configuration {worker.configuration}"
    for point in points(look):
        yield f"{point.kind:<10} {point.said}"
    for message in look.latest[:_LATEST_SHOWN]:
        at = local(message.message.created_at)
        yield f"Latest     {at}  {message.state.value:<9}  {message.message.channel_id}: {title(message)}"


def _moment(moment: dt.datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _seconds(duration: dt.timedelta | None) -> float | None:
    return None if duration is None else duration.total_seconds()
