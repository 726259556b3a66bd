"""`relmon feeds poll`: some feeds now, due or not: by this process, or by the daemon that owns the database."""

import asyncio
import datetime as dt
import json
import sys
from collections.abc import Sequence
from contextlib import nullcontext, redirect_stdout
from pathlib import Path
from typing import assert_never

import click

from monitor.cli.common import config_option, database_option, json_option, load_or_exit, tells_errors
from monitor.cli.feeds.own import FeedId, NotDone, chosen, count
from monitor.cli.feeds.scouting import allow_option
from monitor.cli.reading import opened
from monitor.cli.wiring import crew, owned_database, utc_now
from monitor.delivery.wording import printable
from monitor.domain.errors import DatabaseInUse
from monitor.domain.feeds import FeedSource
from monitor.settings.files import Loaded
from monitor.storage import polls
from monitor.storage.engine import Database
from monitor.storage.schema import SchemaState
from monitor.worker.dispatch import Round
from monitor.worker.poll import PollOutcome, PollReport

# This process alone owns the database, so nobody waits for the lease to end.
_LEASE = dt.timedelta(hours=1)


@click.command()
@click.argument("ids", metavar="ID...", nargs=-1, required=True, type=FeedId())
@click.option("--no-send", is_flag=True, help="Leave what is found in the outbox, for the next round.")
@allow_option
@config_option
@database_option
@json_option
@tells_errors
def poll(
    *,
    ids: tuple[str, ...],
    no_send: bool,
    allow: tuple[str, ...],
    config_folder: Path | None,
    database: str | None,
    as_json: bool,
) -> None:
    """Poll some feeds now, due or not, and send what is waiting.

    Where a daemon runs on this database, it is told that they are due, and polls them within a second or two. Exit code 1
    where a feed could not be polled.
    """
    loaded = load_or_exit(config_folder, overrides={"database.url": database})
    feeds = chosen(loaded, ids)
    resting = [feed.id for feed in feeds if feed not in loaded.feeds]
    if resting:
        raise NotDone(f"paused, so not polled: {', '.join(resting)}. `relmon feeds resume` wakes them up")
    try:
        with owned_database(loaded.settings.database.url, upgrade=SchemaState.EMPTY) as ours:
            reports, sent = asyncio.run(_poll(loaded, ours, feeds, allow, no_send=no_send, as_json=as_json))
    except DatabaseInUse:
        _tell_daemon(loaded, feeds, as_json=as_json)
        return
    if as_json:
        click.echo(json.dumps([_row(report) for report in reports], ensure_ascii=False, indent=2))
    else:
        for report in reports:
            click.echo(f"{report.feed_id}: {_line(report)}")
        if sent is not None:
            click.echo(f"Sent {count(sent.delivered, 'message')}; {sent.postponed} will be tried again.")
    sys.exit(1 if any(report.outcome is PollOutcome.FAILED for report in reports) else 0)


async def _poll(
    loaded: Loaded,
    database: Database,
    feeds: Sequence[FeedSource],
    allow: Sequence[str],
    *,
    no_send: bool,
    as_json: bool,
) -> tuple[list[PollReport], Round | None]:
    async with crew(
        loaded,
        database,
        feeds=loaded.feeds,
        spacing=loaded.settings.poll.host_spacing,
        concurrency=loaded.settings.poll.concurrency,
        allow_feeds=(*loaded.settings.outbound.allow_feeds, *allow),
    ) as ours:
        reports = []
        for feed in feeds:
            with database.write() as connection:
                (claim,) = polls.claim_due(
                    connection, owner=ours.owner, limit=1, lease=_LEASE, due_by=None, only=[feed.id]
                )
            reports.append(await ours.poller.poll(feed, claim))
        if no_send:
            return reports, None
        # Programs read one JSON document from standard output; alerts for people go beside it.
        with redirect_stdout(sys.stderr) if as_json else nullcontext():
            return reports, await ours.dispatcher.round()


def _tell_daemon(loaded: Loaded, feeds: Sequence[FeedSource], *, as_json: bool) -> None:
    now = utc_now()
    if resting := [feed.id for feed in feeds if feed.is_paused(now)]:
        raise NotDone(f"paused for a while yet, so the daemon leaves them alone: {', '.join(resting)}")
    with opened(loaded.settings.database.url) as database, database.write() as connection:
        known = polls.make_due(connection, [feed.id for feed in feeds], now)
    if unknown := [feed.id for feed in feeds if feed.id not in known]:
        raise NotDone(
            f"the daemon does not know {', '.join(unknown)} yet: it takes up edited files within seconds, or at SIGHUP; "
            "where it has refused them, `relmon status` says why"
        )
    if as_json:
        click.echo(json.dumps([{"id": feed.id, "outcome": "due"} for feed in feeds], indent=2))
    else:
        names = ", ".join(feed.id for feed in feeds)
        click.echo(f"A daemon runs on this database, and polls {names} within a second or two; its log says what came.")


def _line(report: PollReport) -> str:
    written = report.written
    match report.outcome:
        case PollOutcome.READ:
            news = f"{written.fresh} new, {written.edited} edited"
            articles = f", {count(written.articles, 'article')} read" if written.articles else ""
            found = f"{count(written.events, 'event')}, {count(written.messages, 'message')} to send"
            return f"{count(report.entries, 'entry')}: {news}{articles}; {found}"
        case PollOutcome.UNCHANGED:
            return "nothing new"
        case PollOutcome.FAILED:
            return printable(report.trouble or "failed")
        case PollOutcome.LOST:
            return "somebody else polls it now"
        case PollOutcome.PUT_OFF:
            return "not asked: too many feeds of its host stand in line before it; try again in a while"
        case _:
            assert_never(report.outcome)


def _row(report: PollReport) -> dict[str, object]:
    written = report.written
    return {
        "id": report.feed_id,
        "outcome": report.outcome.value,
        "entries": report.entries,
        "new_items": written.fresh,
        "edited_items": written.edited,
        "articles": written.articles,
        "events": written.events,
        "messages": written.messages,
        "error": report.trouble,
    }
