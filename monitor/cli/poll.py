"""`relmon poll`: every feed once, one round of sending, and an account of both."""

import asyncio
import datetime as dt
import hashlib
import json
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import nullcontext, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from monitor.cli.common import config_option, database_option, json_option, load_or_exit, tells_errors
from monitor.cli.wiring import Crew, crew, owned_database, retention_of, utc_now
from monitor.domain.errors import MonitorError
from monitor.domain.feeds import FeedSource
from monitor.feeds.addresses import read_list
from monitor.feeds.found import FoundFeed
from monitor.outbound.policy import problems
from monitor.settings.ids import feed_id
from monitor.storage import polls
from monitor.storage.polls import PollClaim
from monitor.storage.schema import SchemaState
from monitor.worker.dispatch import Round
from monitor.worker.due import tell_due
from monitor.worker.poll import PollOutcome, PollReport
from monitor.worker.upkeep import shed

# Claims are made for so many feeds at a time; the lease outlasts them all, since this process alone owns the database.
_FEEDS_A_CLAIM = 200
_LEASE = dt.timedelta(hours=1)
# For each feed that is fetched, so many wait for their host's turn or for the database; they hold no place.
_IN_LINE = 8
_FAILURES_SHOWN = 20
_COUNTS = ("entries", "new_items", "edited_items", "events", "stories", "messages")


@dataclass(slots=True)
class _Account:
    """What all polls came to."""

    outcomes: Counter[PollOutcome] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)
    failed: list[PollReport] = field(default_factory=list)

    def add(self, report: PollReport) -> None:
        self.outcomes[report.outcome] += 1
        self.counts["entries"] += report.entries
        self.counts["new_items"] += report.written.fresh
        self.counts["edited_items"] += report.written.edited
        self.counts["events"] += report.written.events
        self.counts["stories"] += report.written.opened
        self.counts["messages"] += report.written.messages
        if report.outcome is PollOutcome.FAILED:
            self.failed.append(report)


@click.command()
@config_option
@database_option
@json_option
@click.option(
    "--feeds",
    "feeds_file",
    metavar="FILE",
    type=click.Path(path_type=Path, exists=True, dir_okay=False, allow_dash=True),
    help="Poll the feeds of this OPML file or list of addresses, instead of the configuration's.",
)
@click.option(
    "--allow",
    metavar="CIDR|HOST:PORT",
    multiple=True,
    help="Feeds may be fetched there, too, though the address is not public. Can be repeated.",
)
@click.option(
    "--spacing", metavar="SECONDS", type=click.FloatRange(min=0), help="Pause between requests to one host and port."
)
@click.option("--workers", metavar="N", type=click.IntRange(min=1), help="Feeds that are polled at the same time.")
@click.option("--no-send", is_flag=True, help="Leave what is found in the outbox, for the next round.")
@tells_errors
def poll(
    *,
    config_folder: Path | None,
    database: str | None,
    feeds_file: Path | None,
    allow: tuple[str, ...],
    spacing: float | None,
    workers: int | None,
    as_json: bool,
    no_send: bool,
) -> None:
    """Poll every feed once, due or not, send what is waiting, and end.

    The exit code is 0 even where feeds failed: they are named, and tried again by the next poll. 75: a daemon owns the
    database, or it can't be used just now.
    """
    if wrong := problems(allow):
        raise click.BadParameter(" ".join(wrong), param_hint="--allow")
    loaded = load_or_exit(config_folder, overrides={"database.url": database})
    concurrency = workers or loaded.settings.poll.concurrency
    feeds = loaded.feeds if feeds_file is None else _feeds_of(feeds_file, loaded.settings.poll.every)
    with owned_database(loaded.settings.database.url, upgrade=SchemaState.EMPTY) as opened:

        async def work() -> tuple[_Account, Round | None]:
            async with crew(
                loaded,
                opened,
                feeds=feeds,
                spacing=loaded.settings.poll.host_spacing if spacing is None else dt.timedelta(seconds=spacing),
                concurrency=concurrency,
                allow_feeds=(*loaded.settings.outbound.allow_feeds, *allow),
            ) as ours:
                due = [feed for feed in feeds if not feed.is_paused(utc_now())]
                account = await _poll_all(ours, due, concurrency * _IN_LINE)
                if no_send:
                    return account, None
                # Programs read one JSON document from standard output; alerts for people go beside it.
                # Where no daemon runs, nobody else tells what is due by the clock; all feeds have been polled.
                await asyncio.to_thread(tell_due, ours.database, ours.desk, utc_now(), patience=dt.timedelta(0))
                await asyncio.to_thread(shed, ours.database, retention_of(loaded), utc_now())
                with redirect_stdout(sys.stderr) if as_json else nullcontext():
                    return account, await ours.dispatcher.round()

        account, sent = asyncio.run(work())
    if as_json:
        click.echo(json.dumps(_report(account, sent), ensure_ascii=False, indent=2))
    else:
        for line in _summary(account, sent):
            click.echo(line)


def _feeds_of(path: Path, every: dt.timedelta) -> tuple[FeedSource, ...]:
    """The feeds of a list; what can't be used in it is said on standard error."""
    found = read_list(sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes())
    for problem in found.problems:
        click.echo(f"{path}: {problem}", err=True)
    return tuple(
        FeedSource(id=name, url=feed.url, title=feed.title or name, poll_every=every, group=feed.group)
        for feed in found.feeds
        for name in [_stable_id(feed)]
    )


def _stable_id(feed: FoundFeed) -> str:
    """An id that the feed keeps wherever it stands in the list, so that its items are known again."""
    digest = hashlib.blake2b(feed.url.encode(), digest_size=6).hexdigest()
    return f"{feed_id(feed.title, feed.url, ())}-{digest}"


async def _poll_all(ours: Crew, feeds: Sequence[FeedSource], in_line: int) -> _Account:
    """Polls each feed once, with `in_line` of them begun at a time."""
    sources = {source.id: source for source in feeds}
    account = _Account()
    claims = _claims(ours, tuple(sources))
    turn = asyncio.Lock()

    async def work(progress: Progress, task: TaskID) -> None:
        while True:
            async with turn:
                claim = await anext(claims, None)
            if claim is None:
                return
            account.add(await ours.poller.poll(sources[claim.state.feed_id], claim))
            progress.advance(task)

    try:
        with _progress() as progress:
            task = progress.add_task("Polling", total=len(sources))
            async with asyncio.TaskGroup() as group:
                for _ in range(min(in_line, len(sources))):
                    group.create_task(work(progress, task))
    except* MonitorError as troubles:
        # All workers meet the same trouble; one sentence of it is enough.
        raise troubles.exceptions[0] from None
    return account


def _progress() -> Progress:
    """A bar on standard error, where somebody watches it."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
        disable=not sys.stderr.isatty(),
    )


async def _claims(ours: Crew, feed_ids: Sequence[str]) -> AsyncIterator[PollClaim]:
    for start in range(0, len(feed_ids), _FEEDS_A_CLAIM):
        for claim in await asyncio.to_thread(_claim, ours, feed_ids[start : start + _FEEDS_A_CLAIM]):
            yield claim


def _claim(ours: Crew, feed_ids: Sequence[str]) -> tuple[PollClaim, ...]:
    with ours.database.write() as connection:
        return polls.claim_due(
            connection, owner=ours.owner, limit=len(feed_ids), lease=_LEASE, due_by=None, only=feed_ids
        )


def _report(account: _Account, sent: Round | None) -> dict[str, object]:
    return {
        "feeds": {outcome.value: account.outcomes[outcome] for outcome in PollOutcome},
        **{name: account.counts[name] for name in _COUNTS},
        "failed": [{"feed": report.feed_id, "error": report.trouble} for report in account.failed],
        "sent": None if sent is None else {"delivered": sent.delivered, "postponed": sent.postponed, "dead": sent.dead},
    }


def _summary(account: _Account, sent: Round | None) -> Iterator[str]:
    outcomes, counts = account.outcomes, account.counts
    yield (
        f"Polled {outcomes.total()} feeds: {outcomes[PollOutcome.READ]} read, "
        f"{outcomes[PollOutcome.UNCHANGED]} unchanged, {outcomes[PollOutcome.FAILED]} failed."
    )
    yield (
        f"{counts['new_items']} new items ({counts['edited_items']} edited), {counts['events']} events, "
        f"{counts['stories']} new stories, {counts['messages']} messages put into the outbox."
    )
    if sent is not None:
        yield f"Sent {sent.delivered} messages; {sent.postponed} will be tried again, {sent.dead} were given up."
    for report in account.failed[:_FAILURES_SHOWN]:
        yield f"failed: {report.feed_id}: {report.trouble}"
    if len(account.failed) > _FAILURES_SHOWN:
        yield f"... and {len(account.failed) - _FAILURES_SHOWN} more; `--json` names them all."
