"""The command `relmon reclassify`: shows what changed patterns read otherwise in stored items, or writes it."""

import asyncio
import datetime as dt
import json
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click

from monitor.cli.common import config_option, database_option, json_option, tells_errors
from monitor.cli.progress import progress_bar
from monitor.cli.reading import configuration_of, opened
from monitor.cli.reclassify import showing
from monitor.cli.reclassify.account import Account
from monitor.cli.wiring import classifier_source, desk_of, utc_now
from monitor.domain.errors import ConfigurationError
from monitor.settings.files import Loaded
from monitor.settings.fingerprint import mark_of_reading
from monitor.settings.spelling import did_you_mean
from monitor.storage.engine import Database
from monitor.worker.jobs import Jobs
from monitor.worker.reclassify import Progress, Reclassification, Scope, begin, count
from monitor.worker.rereading import Ledger, Reread

_DAY = dt.timedelta(days=1)
_STOPPED = 130
"""128 and the number of SIGINT, as shells have it."""
# What is wrong there changes nothing of what is read in an item.
_NOT_READ = ("channels", "watches")
_day = click.DateTime(formats=["%Y-%m-%d"])


@click.command()
@click.option("--write", "writes", is_flag=True, help="Write what differs. Else it is shown, and nothing is written.")
@click.option("--from", "first", metavar="DATE", type=_day, help="Only items published on this day (UTC) or later.")
@click.option("--to", "last", metavar="DATE", type=_day, help="Only items published on this day (UTC) or before.")
@click.option("--feed", "feed_id", metavar="FEED", help="Only items of this feed.")
@click.option("--type", "type_name", metavar="TYPE", help="Only events of this type or family, read before or now.")
@click.option(
    "--examples", default=3, show_default=True, type=click.IntRange(min=0), help="Show so many of each kind and type."
)
@config_option
@database_option
@json_option
@tells_errors
def reclassify(
    *,
    writes: bool,
    first: dt.datetime | None,
    last: dt.datetime | None,
    feed_id: str | None,
    type_name: str | None,
    examples: int,
    config_folder: Path | None,
    database: str | None,
    as_json: bool,
) -> None:
    """Read the stored items again with the patterns as they are now, and show what differs.

    With --write it is written, a few items at a time, and a daemon may run beside it. Nobody is told of anything. If it is
    stopped, the next --write goes on from there, unless the patterns have changed since.
    """
    loaded = configuration_of(config_folder, database)
    if errors := tuple(one for one in loaded.errors if not _is_about_telling(Path(one.file))):
        raise ConfigurationError(errors)
    scope = Scope(
        mark=mark_of_reading(loaded),
        published_from=None if first is None else first.replace(tzinfo=dt.UTC),
        published_before=None if last is None else last.replace(tzinfo=dt.UTC) + _DAY,
        feed_id=feed_id,
        types=None if type_name is None else _types(loaded, type_name),
    )
    account = Account(most_examples=examples)
    with opened(loaded.settings.database.url) as storage:
        begun = begin(storage, scope, utc_now()) if writes else None
        if begun is not None and begun.place is not None:
            account.go_on(begun.items, begun.counts)
            click.echo(f"Going on behind {begun.items:,} items that were read before.", err=True)
        with progress_bar("Reading", count(storage, scope, _until(begun))) as tell:
            tell(account.items)
            run = _Run(loaded=loaded, database=storage, scope=scope, begun=begun, account=account, tell=tell)
            is_done = run.to_its_end()
    _show(account, as_json=as_json, writes=writes)
    if not is_done:
        again = "; the same command goes on from there" if writes else ""
        click.echo(f"Stopped after {account.items:,} items{again}.", err=True)
        sys.exit(_STOPPED)


def _show(account: Account, *, as_json: bool, writes: bool) -> None:
    if as_json:
        click.echo(json.dumps(showing.report(account, written=writes), ensure_ascii=False, indent=2))
        return
    written = "All of this is written." if writes else "Nothing is written; `relmon reclassify --write` writes it."
    for line in showing.lines(account, written=written):
        click.echo(line)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """One run. `begun` is where a writing one begins; None only looks."""

    loaded: Loaded
    database: Database
    scope: Scope
    begun: Progress | None
    account: Account
    tell: Callable[[int], None]

    def to_its_end(self) -> bool:
        """Whether it came to the last item; False where it was stopped (Ctrl-C, SIGTERM)."""
        try:
            asyncio.run(self._perform())
        except (KeyboardInterrupt, asyncio.CancelledError):
            return False
        return True

    async def _perform(self) -> None:
        task = asyncio.current_task()
        if task is not None:
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        children = os.cpu_count() or 1
        limit = self.loaded.settings.poll.parse_limit
        jobs = Jobs(classifier_source(self.loaded.documents), children=children, parse_limit=limit)
        try:
            await jobs.ready()
            run = Reclassification(
                database=self.database,
                jobs=jobs,
                desk=desk_of(self.loaded, {}),
                feeds={feed.id: feed for feed in (*self.loaded.feeds, *self.loaded.paused)},
                scope=self.scope,
                children=children,
                clock=utc_now,
                hear=self._hear,
            )
            if self.begun is None:
                self.account.add_stories(await run.preview())
            else:
                await run.write(self.begun, lambda: self.account.counts)
        finally:
            await jobs.close()

    def _hear(self, items: int, reread: Reread, ledger: Ledger) -> None:
        self.account.add(items, reread, ledger)
        self.tell(items)


def _until(begun: Progress | None) -> dt.datetime:
    return utc_now() if begun is None else dt.datetime.fromisoformat(begun.began_at)


def _is_about_telling(file: Path) -> bool:
    return file.stem in _NOT_READ or file.parent.name in {f"{name}.d" for name in _NOT_READ}


def _types(loaded: Loaded, name: str) -> frozenset[str]:
    """The types that a name stands for: itself, or those of a family."""
    found = frozenset(kind.id for kind in loaded.taxonomy if name in kind.names)
    if not found:
        known = sorted({one for kind in loaded.taxonomy for one in kind.names})
        raise click.BadParameter(
            f"'{name}' is no type of relation events{did_you_mean(name, known)}.", param_hint="--type"
        )
    return found
