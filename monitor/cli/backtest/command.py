"""The command `relmon backtest`: brings the news, has them played, tells what came of it."""

import asyncio
import datetime as dt
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import click

from monitor.cli.backtest import showing
from monitor.cli.backtest.account import Account, Promise, broken, compare
from monitor.cli.backtest.archive import stored_items, stored_keys
from monitor.cli.backtest.given import Outlets, given_items, size_of
from monitor.cli.backtest.sides import Side, side
from monitor.cli.backtest.stage import perform
from monitor.cli.common import config_option, database_option, json_option, tells_errors
from monitor.cli.progress import progress_bar
from monitor.cli.reading import opened
from monitor.domain.delivery import Message
from monitor.domain.feeds import FeedSource, NewsItem
from monitor.settings.spelling import did_you_mean
from monitor.stories.sameness import STANDING_FOR

_News = Iterator[tuple[FeedSource, NewsItem]]
_DAY = dt.timedelta(days=1)
_day = click.DateTime(formats=["%Y-%m-%d"])


class _PromiseType(click.ParamType[Promise]):
    """`20`, or `desk=20`."""

    name = "[WATCH=]N"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Promise:
        """Reads what stands on the command line."""
        watch, _, number = str(value).rpartition("=")
        if not number.isdecimal():
            self.fail(f"{value!r}: write a number, or a watch and a number, such as desk=20.", param, ctx)
        return Promise(at_most=int(number), watch=watch or None)


@click.command()
@click.argument(
    "files",
    metavar="[FILE]...",
    nargs=-1,
    type=click.Path(path_type=Path, exists=True, dir_okay=False, allow_dash=True),
)
@click.option("--watch", "watches", metavar="NAME", multiple=True, help="Look at this watch alone. Can be repeated.")
@click.option("--from", "first", metavar="DATE", type=_day, help="The first day (UTC) that counts.")
@click.option("--to", "last", metavar="DATE", type=_day, help="The last day (UTC).")
@click.option(
    "--against",
    metavar="DIR",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Another configuration: list the messages that are gained and lost, compared with it.",
)
@click.option("--titles", is_flag=True, help="Show each message in one line.")
@click.option("--messages", "texts", is_flag=True, help="Show each message in full, as the console tells it.")
@click.option(
    "--expect-at-most",
    "promises",
    type=_PromiseType(),
    multiple=True,
    help="Exit code 1 where a watch (or this one) has more than N messages on a day, digests left out. Can be repeated.",
)
@click.option("--expect-no-change", is_flag=True, help="Exit code 1 where --against shows a difference.")
@config_option
@database_option
@json_option
@tells_errors
def backtest(
    *,
    files: tuple[Path, ...],
    watches: tuple[str, ...],
    first: dt.datetime | None,
    last: dt.datetime | None,
    against: Path | None,
    titles: bool,
    texts: bool,
    promises: tuple[Promise, ...],
    expect_no_change: bool,
    config_folder: Path | None,
    database: str | None,
    as_json: bool,
) -> None:
    """Play past news, and show day by day what each watch would have got.

    Each FILE holds JSON lines {"seen", "outlet", "text", "lang"}, the oldest first, gzipped or not; - is standard input.
    Without any, the stored items are played. The news go the way of the daemon, on a clock that follows their own dates;
    nothing is sent, and nothing is written to the installation.
    """
    if expect_no_change and against is None:
        raise click.UsageError("--expect-no-change needs --against DIR to compare with.")
    if files and database is not None:
        raise click.UsageError("Give either FILEs or --database.")
    new = side(config_folder)
    old = None if against is None else side(against)
    account = Account(_chosen(new, watches, promises))
    before = None if old is None else Account(_known_to(old, watches))
    period = _period(first, last)
    program = _Program(account=account, before=before, titles=titles, texts=texts, quiet=as_json)
    with _news(files, new, database, period) as news:
        sides = (new,) if old is None else (new, old)
        played = asyncio.run(perform(sides, news, counted_from=period[0], hear=program.hear))
    program.day_over()
    compared = None if before is None else compare(account, before)
    exceeded = tuple(broken(account, promises))
    if as_json:
        told = showing.report(account, played, messages=program.kept, compared=compared, broken=exceeded)
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        for line in showing.sum_lines(account, played):
            click.echo(line)
        for line in () if compared is None else showing.difference_lines(compared):
            click.echo(line)
        for one in exceeded:
            click.echo(showing.broken_line(one), err=True)
    changed = compared is not None and bool(compared.gained or compared.lost)
    sys.exit(1 if exceeded or (expect_no_change and changed) else 0)


@dataclass(slots=True)
class _Program:
    """Hears the messages of all sides, and shows each day of the first one once it is over."""

    account: Account
    before: Account | None
    titles: bool
    texts: bool
    quiet: bool
    kept: list[Message] = field(default_factory=list)
    """Messages that are still to be shown: those of the day, or for JSON all."""
    _day: dt.date | None = None

    def hear(self, number: int, message: Message) -> None:
        """Counts a message of a side."""
        if number > 0:
            if self.before is not None:
                self.before.add(message)
            return
        if not self.account.add(message):
            return
        if self._day is not None and self._day != message.created_at.date():
            self.day_over()
        self._day = message.created_at.date()
        if self.titles or self.texts:
            self.kept.append(message)

    def day_over(self) -> None:
        """Shows the day that was heard last."""
        if self._day is None or self.quiet:
            return
        for line in showing.day_lines(self._day, self.account):
            click.echo(line)
        for message in self.kept:
            for line in showing.text_lines(message) if self.texts else (showing.title_line(message),):
                click.echo(line)
        click.echo()
        self.kept.clear()


def _chosen(new: Side, named: Sequence[str], promises: Sequence[Promise]) -> tuple[str, ...]:
    """The watches that are looked at."""
    known = [watch.id for watch in new.desk.watches]
    wanted = [*named, *(promise.watch for promise in promises if promise.watch is not None)]
    for name in wanted:
        if name not in known:
            raise click.BadParameter(
                f"there is no watch '{name}'{did_you_mean(name, known)}", param_hint="--watch or --expect-at-most"
            )
    if not known:
        raise click.ClickException("No watch is configured, so nobody would have got anything; add a [[watch]].")
    return tuple(dict.fromkeys(wanted)) if named else tuple(known)


def _known_to(old: Side, named: Sequence[str]) -> tuple[str, ...]:
    """The same watches in the configuration to compare with; one that it lacks has nothing there."""
    return tuple(watch.id for watch in old.desk.watches if not named or watch.id in named)


def _period(first: dt.datetime | None, last: dt.datetime | None) -> tuple[dt.datetime | None, dt.datetime | None]:
    """From the first moment that counts up to the first that doesn't."""
    since = None if first is None else first.replace(tzinfo=dt.UTC)
    until = None if last is None else last.replace(tzinfo=dt.UTC) + _DAY
    if since is not None and until is not None and since >= until:
        raise click.BadParameter("lies after --to.", param_hint="--from")
    return since, until


@contextmanager
def _news(
    files: Sequence[Path], new: Side, flag: str | None, period: tuple[dt.datetime | None, dt.datetime | None]
) -> Iterator[_News]:
    """The news to be played, with a bar on a terminal; a few days more than asked for, since their stories may stand."""
    since, until = period
    played_from = None if since is None else since - STANDING_FOR
    with ExitStack() as stack:
        if files:
            outlets = Outlets(tuple(new.feeds.values()))
            tell = stack.enter_context(progress_bar("Playing", size_of(files)))
            yield _between(given_items(files, outlets, tell), played_from, until)
            return
        url = new.loaded.settings.database.url if flag is None else flag
        stored = stack.enter_context(opened(url))
        keys = stored_keys(stored, since=played_from, until=until)
        tell = stack.enter_context(progress_bar("Playing", len(keys)))
        yield stored_items(stored, keys, new.feeds, tell)


def _between(news: _News, since: dt.datetime | None, until: dt.datetime | None) -> _News:
    for feed, item in news:
        if until is not None and item.published_at >= until:
            return
        if since is None or item.published_at >= since:
            yield feed, item
