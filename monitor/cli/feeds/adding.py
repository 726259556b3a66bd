"""`relmon feeds add`: looks at an address, finds the feed behind it, and writes it to feeds.toml."""

import asyncio
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import click

from monitor.cli.common import config_option, json_option, tells_errors
from monitor.cli.feeds.own import FEEDS_FILE, NotDone, all_feeds, configuration, count, shown
from monitor.cli.feeds.scouting import address, allow_option, scouting, stranger
from monitor.cli.feeds.seen import feed_facts
from monitor.delivery.wording import printable
from monitor.domain.feeds import FeedOffer, FetchFailed
from monitor.feeds.addresses import MAX_LIST_BYTES, read_list
from monitor.feeds.found import FoundFeed
from monitor.feeds.links import canonical
from monitor.settings.entries import stable_id
from monitor.settings.feeds import actor_code, language_code
from monitor.settings.files import Loaded
from monitor.settings.ids import feed_id
from monitor.settings.spelling import did_you_mean
from monitor.settings.write import NewFeed, append_feeds, feed_toml
from monitor.worker.scout import Scout, SeenFeed

_STDIN = "-"
_LOOKS_AT_ONCE = 8
_OFFERS_SHOWN = 10


@dataclass(slots=True, kw_only=True)
class _Account:
    """What came of the wishes. `template` holds what the command line says about every new feed."""

    loaded: Loaded
    template: NewFeed
    new: list[NewFeed] = field(default_factory=list)
    seen: dict[str, SeenFeed] = field(default_factory=dict)
    """What was seen of each new feed, by its id."""
    known: dict[str, str] = field(default_factory=dict)
    """The ids of feeds that are configured already, by the address that was asked for."""
    failed: dict[str, str] = field(default_factory=dict)
    """Why nothing could be added, by the address that was asked for."""
    ids: dict[str, str] = field(default_factory=dict)
    """The id of each feed that is configured or about to be, by its address in a form to be compared."""

    def __post_init__(self) -> None:
        self.ids = {canonical(feed.url): feed.id for feed in all_feeds(self.loaded)}

    def is_known(self, asked: str, url: str) -> bool:
        """Whether a feed of this address is configured or about to be; if so, it is accounted for."""
        known = self.ids.get(canonical(url))
        if known is not None:
            self.known[asked] = known
        return known is not None

    def take(self, wish: FoundFeed, url: str) -> NewFeed | None:
        """The new feed for a wish; None where it is known already."""
        if self.is_known(wish.url, url):
            return None
        title = self.template.title or wish.title
        taken = {*self.loaded.feed_entries, *(feed.id for feed in self.new)}
        new = replace(
            self.template,
            id=self.template.id or feed_id(title, url, taken),
            url=url,
            title=title,
            group=self.template.group or wish.group,
        )
        self.new.append(new)
        self.ids[canonical(url)] = new.id
        return new


@click.command(short_help="Find the feed at an address or behind a page, and add it.")
@click.argument("addresses", metavar="URL...", nargs=-1, required=True)
@click.option("--id", "wanted_id", metavar="ID", help="How it is called for ever; made from its title where left out.")
@click.option("--title", metavar="TEXT", help="As it is shown; the feed's own where left out.")
@click.option("--publisher", metavar="NAME", help="Who stands behind it: feeds of one publisher confirm nothing.")
@click.option("--language", metavar="CODE", help="Two letters; recognised where left out.")
@click.option("--home", metavar="STATE", help='The state whose "government" it means, such as VEN.')
@click.option("--group", metavar="NAME", help="For your own order.")
@click.option("--tag", "tags", metavar="NAME", multiple=True, help="A label that a watch can ask for. Can be repeated.")
@click.option("--no-fetch", is_flag=True, help="Don't look at it: write the address as it is.")
@click.option("--dry-run", is_flag=True, help="Write nothing; print what would be written.")
@allow_option
@config_option
@json_option
@tells_errors
def add(
    *,
    addresses: tuple[str, ...],
    wanted_id: str | None,
    title: str | None,
    publisher: str | None,
    language: str | None,
    home: str | None,
    group: str | None,
    tags: tuple[str, ...],
    no_fetch: bool,
    dry_run: bool,
    allow: tuple[str, ...],
    config_folder: Path | None,
    as_json: bool,
) -> None:
    """Add the feed at URL, or behind the page there, to feeds.toml; "-" reads a list from standard input.

    The feed is fetched once, and what it holds is shown. What stands in feeds.toml stays as it is. Without a
    configuration of your own, or where feeds.toml can't be written, the lines are printed for you to keep.

    Exit code 1 where an address could not be added.
    """
    loaded = configuration(config_folder)
    wishes, problems = _wishes(addresses)
    if len(wishes) > 1 and (wanted_id or title):
        raise click.UsageError("--id and --title are for one feed at a time.")
    template = NewFeed(
        id=_checked(stable_id, wanted_id, "--id") or "",
        url="",
        title=title,
        publisher=publisher,
        language=_checked(language_code, language, "--language"),
        home=_known_actor(home, loaded),
        group=group,
        tags=tags,
    )
    if wanted_id is not None and wanted_id in loaded.feed_entries:
        place = loaded.feed_entries[wanted_id].finding((), "").file
        raise click.BadParameter(f'"{wanted_id}" stands already in {place}; choose another.', param_hint="--id")
    account = _Account(loaded=loaded, template=template, failed=problems)
    if no_fetch:
        for wish in wishes:
            account.take(wish, wish.url)
    else:
        asyncio.run(_look_at_all(account, wishes, allow))
    target = None if dry_run else _write(account.new, loaded)
    if as_json:
        click.echo(json.dumps(_report(account, target), ensure_ascii=False, indent=2))
    else:
        _tell(account, target)
        if allow and account.new:
            click.echo(
                "The daemon needs the same exception: name it in outbound.allow_feeds of monitor.toml.", err=True
            )
    sys.exit(1 if account.failed else 0)


def _checked(check: Callable[[str], str], written: str | None, hint: str) -> str | None:
    """An option's value as a file of the configuration would take it."""
    try:
        return None if written is None else check(written)
    except ValueError as error:
        raise click.BadParameter(f"{error}.", param_hint=hint) from None


def _known_actor(written: str | None, loaded: Loaded) -> str | None:
    code = _checked(actor_code, written and written.upper(), "--home")
    known = loaded.documents.actor_codes
    if code is not None and known and code not in known:
        raise click.BadParameter(f'"{written}" is no known actor{did_you_mean(code, known)}.', param_hint="--home")
    return code


def _wishes(addresses: Iterable[str]) -> tuple[tuple[FoundFeed, ...], dict[str, str]]:
    """What is to be added, each address once, and why others can't be."""
    wishes: dict[str, FoundFeed] = {}
    problems: dict[str, str] = {}
    for written in addresses:
        if written == _STDIN:
            found = read_list(sys.stdin.buffer.read(MAX_LIST_BYTES + 1))
            problems |= {f"standard input, {problem.partition(':')[0]}": problem for problem in found.problems}
            named = found.feeds
        else:
            named = (FoundFeed(url=written),)
        for wish in named:
            try:
                url = address(wish.url)
            except ValueError as error:
                problems[shown(wish.url)] = str(error)
            else:
                wishes.setdefault(url, replace(wish, url=url))
    return tuple(wishes.values()), problems


async def _look_at_all(account: _Account, wishes: Sequence[FoundFeed], allow: Sequence[str]) -> None:
    """Finds the feed behind each address that isn't known, several at a time, and accounts for it in their order."""
    turns = asyncio.Semaphore(_LOOKS_AT_ONCE)
    every = account.loaded.settings.poll.every

    async def look(scout: Scout, wish: FoundFeed) -> SeenFeed | FetchFailed:
        async with turns:
            return await scout.find(stranger(wish.url, every))

    fresh = [wish for wish in wishes if not account.is_known(wish.url, wish.url)]
    if not fresh:
        return
    async with scouting(account.loaded, allow) as scout:
        all_seen = await asyncio.gather(*(look(scout, wish) for wish in fresh))
    for wish, seen in zip(fresh, all_seen, strict=True):
        if isinstance(seen, FetchFailed):
            account.failed[shown(wish.url)] = seen.detail
            continue
        new = account.take(replace(wish, title=wish.title or seen.parsed.title), seen.source.url)
        if new is not None:
            account.seen[new.id] = seen


def _write(new: Sequence[NewFeed], loaded: Loaded) -> Path | None:
    """Writes the feeds, and returns the file; None where there is nothing to write, or no file of one's own."""
    if not new or loaded.location.packaged:
        return None
    target = loaded.location.folder / FEEDS_FILE
    try:
        append_feeds(target, new)
    except OSError as error:
        click.echo("\n".join(feed_toml(feed) for feed in new), nl=False)
        raise NotDone(
            f"{target} can't be written: {error.strerror}. Put the lines above into it as a user who may, or into a file "
            "of feeds.d."
        ) from error
    return target


def _tell(account: _Account, target: Path | None) -> None:
    """What was found goes beside the lines for feeds.toml, so that these alone can be sent to a file."""
    for feed in account.new:
        for line in _described(feed, account.seen.get(feed.id)):
            click.echo(line, err=True)
    for asked, known in account.known.items():
        click.echo(f'{shown(asked)} is configured already, as "{known}".', err=True)
    for asked, why in account.failed.items():
        click.echo(f"{asked}: {why}", err=True)
    click.echo("\n".join(feed_toml(feed) for feed in account.new), nl=False)
    if target is not None:
        click.echo(
            f"{count(len(account.new))} added to {target}. The daemon reads it when it starts; `relmon feeds test ID` "
            "shows what a feed would bring.",
            err=True,
        )
    elif account.new and account.loaded.location.packaged:
        click.echo(
            "Nothing is written, since there is no configuration of your own yet. Make one with `relmon init DIR`, and "
            f"put these lines into DIR/{FEEDS_FILE}.",
            err=True,
        )


def _described(feed: NewFeed, seen: SeenFeed | None) -> Iterator[str]:
    yield f"{printable(feed.title or feed.id)}: {shown(feed.url)}"
    if seen is None:
        return
    if seen.page is not None:
        yield f"    found behind {shown(seen.page)}"
    for line in feed_facts(seen):
        yield f"    {line}"
    if seen.parsed.entries:
        yield f"    its first entry: {printable(seen.parsed.entries[0].title)}"
    if seen.others:
        yield "    the page offers more, which `relmon feeds add` takes, too:"
        yield from (_offered(offer) for offer in seen.others[:_OFFERS_SHOWN])


def _offered(offer: FeedOffer) -> str:
    return f"        {offer.url}" + (f"  ({printable(offer.title)})" if offer.title else "")


def _report(account: _Account, target: Path | None) -> dict[str, object]:
    return {
        "added": [_row(feed, account.seen.get(feed.id)) for feed in account.new],
        "known": [{"url": shown(asked), "id": known} for asked, known in account.known.items()],
        "failed": [{"url": asked, "error": why} for asked, why in account.failed.items()],
        "file": str(target) if target else None,
        "toml": "\n".join(feed_toml(feed) for feed in account.new),
    }


def _row(feed: NewFeed, seen: SeenFeed | None) -> dict[str, object]:
    row: dict[str, object] = {"id": feed.id, "url": shown(feed.url), "title": feed.title, "group": feed.group}
    if seen is not None:
        row["page"] = seen.page and shown(seen.page)
        row["entries"] = len(seen.parsed.entries)
        row["problems"] = seen.parsed.problems
        row["others"] = [{"url": offer.url, "title": offer.title} for offer in seen.others]
    return row
