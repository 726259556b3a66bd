"""`relmon feeds import` and `relmon feeds export`: feeds to and from other readers, as OPML or a list of addresses."""

import json
import re
import sys
from collections.abc import Iterable
from pathlib import Path

import click

from monitor.cli.common import config_option, json_option, tells_errors
from monitor.cli.feeds.own import FEEDS_FILE, NotDone, all_feeds, configuration, count, own_configuration
from monitor.feeds.addresses import MAX_LIST_BYTES, read_list
from monitor.feeds.found import FoundFeed
from monitor.feeds.links import canonical
from monitor.feeds.opml import write_opml
from monitor.settings.feeds import feed_address
from monitor.settings.files import Loaded
from monitor.settings.ids import feed_id
from monitor.settings.write import NewFeed, append_feeds, feed_toml

_STDIN = "-"
_USER_INFO = re.compile(r"(?<=://)[^/?#]*@")


@click.command("import", short_help="Take in feeds from another reader: OPML, or addresses.")
@click.argument("source", metavar="FILE", type=click.Path(path_type=Path, exists=True, dir_okay=False, allow_dash=True))
@click.option("--dry-run", is_flag=True, help="Write nothing; print what would be added.")
@config_option
@json_option
@tells_errors
def import_feeds(source: Path, config_folder: Path | None, *, dry_run: bool, as_json: bool) -> None:
    """Add the feeds of FILE to feeds.toml: an OPML file, or one address a line; "-" reads standard input.

    Feeds that are configured already are left out; what stands in feeds.toml stays as it is. Nothing is fetched:
    `relmon feeds add` looks at a feed before it adds it.
    """
    loaded = own_configuration(config_folder)
    found = read_list(_content(source))
    new, known, unusable = _sorted_out(found.feeds, loaded)
    target = loaded.location.folder / FEEDS_FILE
    if not dry_run:
        _add(target, new)
    problems = (*found.problems, *unusable)
    if as_json:
        report = {"added": [feed.id for feed in new], "known": known, "problems": problems, "file": str(target)}
        click.echo(json.dumps({**report, "dry_run": dry_run}, ensure_ascii=False, indent=2))
    else:
        if dry_run:
            click.echo("\n".join(feed_toml(feed) for feed in new), nl=False)
        for problem in problems:
            click.echo(f"{source}: {problem}", err=True)
        done = f"{'would be added' if dry_run else 'added'} to {target}"
        click.echo(f"{count(len(new))} {done}; {len(known)} known already, {len(problems)} not usable.", err=dry_run)
    if not found.feeds:
        raise NotDone(f"{source} holds no feed: it must be OPML, or have one address a line")


def _content(source: Path) -> bytes:
    """The list's bytes, no more of them than can be a list."""
    if str(source) == _STDIN:
        return sys.stdin.buffer.read(MAX_LIST_BYTES + 1)
    try:
        with source.open("rb") as file:
            return file.read(MAX_LIST_BYTES + 1)
    except OSError as error:
        raise NotDone(f"{source} can't be read: {error.strerror}") from error


def _add(target: Path, new: list[NewFeed]) -> None:
    if not new:
        return
    try:
        append_feeds(target, new)
    except OSError as error:
        raise NotDone(
            f"{target} can't be written: {error.strerror}. `--dry-run` prints what would be added, for you to keep."
        ) from error


def _sorted_out(found: Iterable[FoundFeed], loaded: Loaded) -> tuple[list[NewFeed], list[str], list[str]]:
    """New feeds with their ids, the addresses that are known, and sentences about those that can't be used."""
    configured = all_feeds(loaded)
    addresses = {canonical(feed.url) for feed in configured}
    ids = {feed.id for feed in configured}
    new: list[NewFeed] = []
    known: list[str] = []
    unusable: list[str] = []
    for feed in found:
        try:
            url = feed_address(feed.url)
        except ValueError as error:
            unusable.append(str(error))
            continue
        if canonical(url) in addresses:
            known.append(url)
            continue
        chosen = feed_id(feed.title, url, ids)
        addresses.add(canonical(url))
        ids.add(chosen)
        new.append(NewFeed(id=chosen, url=url, title=feed.title, group=feed.group))
    return new, known, unusable


@click.command(short_help="Write the feeds as OPML, for other readers.")
@click.option("-o", "--output", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False), help="Write to FILE.")
@config_option
@tells_errors
def export(*, output: Path | None, config_folder: Path | None) -> None:
    """Write the configured feeds as OPML, which other feed readers take in; paused ones, too.

    User names and passwords in addresses are left out. An existing FILE is not overwritten.
    """
    loaded = configuration(config_folder)
    feeds = [feed for feed in all_feeds(loaded) if not feed.is_sample]
    without_logins = [_USER_INFO.sub("", feed.url) for feed in feeds]
    document = write_opml(
        (
            FoundFeed(url=url, title=feed.title, group=feed.group)
            for feed, url in zip(feeds, without_logins, strict=True)
        ),
        title="Relation Monitor",
    )
    if output is None:
        click.echo(document, nl=False)
    else:
        _write_new(output, document)
    changed = sum(feed.url != url for feed, url in zip(feeds, without_logins, strict=True))
    place = "" if output is None else f" to {output}"
    logins = f"; {count(changed)} without the login in its address" if changed else ""
    click.echo(f"{count(len(feeds))} exported{place}{logins}.", err=True)


def _write_new(output: Path, document: str) -> None:
    try:
        with output.open("x", encoding="utf-8") as file:
            file.write(document)
    except FileExistsError:
        raise NotDone(f"{output} exists already, and nothing is overwritten; name another file") from None
    except OSError as error:
        raise NotDone(f"{output} can't be written: {error.strerror}") from error
