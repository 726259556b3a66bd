"""`relmon feeds`: see the feeds, and take in those of another reader."""

import json
import os
import urllib.parse
from collections.abc import Iterable
from pathlib import Path

import click

from monitor.cli.common import config_option, json_option, locate, tells_errors
from monitor.domain.documents import Finding
from monitor.domain.errors import ConfigurationError, MonitorError
from monitor.domain.feeds import FeedSource
from monitor.feeds.addresses import FoundFeed, read_addresses
from monitor.settings.feeds import feed_address
from monitor.settings.files import Loaded, examine
from monitor.settings.secrets import hidden
from monitor.settings.units import format_duration
from monitor.settings.write import NewFeed, append_feeds, feed_id


class NotImported(MonitorError):
    """Nothing can be taken from this file, or written to this configuration."""


@click.group()
def feeds() -> None:
    """See the configured feeds, and add more."""


@feeds.command("list")
@config_option
@json_option
@tells_errors
def list_feeds(config_folder: Path | None, *, as_json: bool) -> None:
    """List the configured feeds."""
    loaded = examine(locate(config_folder), overrides={}, environ=os.environ)
    paused = {feed.id for feed in loaded.paused}
    everything = sorted((*loaded.feeds, *loaded.paused), key=lambda feed: (feed.group or "", feed.id))
    if as_json:
        rows = [_row(feed, paused=feed.id in paused) for feed in everything]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        for feed in everything:
            rhythm = "paused" if feed.id in paused else f"every {format_duration(feed.poll_every)}"
            click.echo(
                f"{feed.id:<32}  {feed.group or '-':<12}  {feed.language or '-':<2}  {rhythm:<10}  {hidden('url', feed.url)}"
            )
    if loaded.errors:
        raise ConfigurationError(loaded.errors)


@feeds.command("import")
@click.argument("source", metavar="FILE", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@config_option
@json_option
@tells_errors
def import_feeds(source: Path, config_folder: Path | None, *, as_json: bool) -> None:
    """Add the feeds of FILE to feeds.toml: an OPML file, or one address a line.

    Feeds that are configured already are left out; what stands in feeds.toml stays as it is.
    """
    loaded = _own_configuration(config_folder)
    try:
        text = source.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise NotImported(f"{source} can't be read: {error}") from error
    found = read_addresses(text)
    new, known, unusable = _sorted_out(found.feeds, loaded)
    target = loaded.location.folder / "feeds.toml"
    if new:
        try:
            append_feeds(target, new)
        except OSError as error:
            raise NotImported(f"{target} can't be written: {error.strerror}") from error
    problems = (*found.problems, *unusable)
    if as_json:
        report = {"added": [feed.id for feed in new], "known": known, "problems": problems, "file": str(target)}
        click.echo(json.dumps(report, ensure_ascii=False, indent=2))
    else:
        for problem in problems:
            click.echo(f"{source}: {problem}", err=True)
        click.echo(f"{_feeds(len(new))} added to {target}; {len(known)} known already, {len(problems)} not usable.")
    if not found.feeds:
        raise NotImported(f"{source} holds no feed: it must be OPML, or have one address a line")


def _own_configuration(config_folder: Path | None) -> Loaded:
    """The configuration to add to: the operator's own, and whole, so that no feed is added twice by mistake."""
    location = locate(config_folder)
    if location.packaged:
        raise NotImported(
            "the starter configuration belongs to the program and is not changed. "
            "Make one of your own with `relmon init DIR`, then name it: --config DIR"
        )
    loaded = examine(location, overrides={}, environ=os.environ)
    own = tuple(finding for finding in loaded.errors if _is_about_feeds(finding, location.folder))
    if own:
        raise ConfigurationError(own)
    return loaded


def _is_about_feeds(finding: Finding, folder: Path) -> bool:
    path = Path(finding.file)
    return path in (folder, folder / "feeds.toml") or path.parent == folder / "feeds.d"


def _sorted_out(found: Iterable[FoundFeed], loaded: Loaded) -> tuple[list[NewFeed], list[str], list[str]]:
    """New feeds with their ids, the addresses that are known, and sentences about those that can't be used."""
    configured = (*loaded.feeds, *loaded.paused)
    addresses = {_comparable(feed.url) for feed in configured}
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
        if _comparable(url) in addresses:
            known.append(url)
            continue
        chosen = feed_id(feed.title, url, ids)
        addresses.add(_comparable(url))
        ids.add(chosen)
        new.append(NewFeed(id=chosen, url=url, title=feed.title, group=feed.group))
    return new, known, unusable


def _comparable(url: str) -> str:
    """Scheme and host don't tell capitals apart, and "/" at the end of an address changes nothing in practice."""
    parts = urllib.parse.urlsplit(url)
    return parts._replace(scheme="", netloc=parts.netloc.lower(), path=parts.path.rstrip("/"), fragment="").geturl()


def _feeds(number: int) -> str:
    return "1 feed" if number == 1 else f"{number} feeds"


def _row(feed: FeedSource, *, paused: bool) -> dict[str, object]:
    return {
        "id": feed.id,
        "title": feed.title,
        "url": hidden("url", feed.url),
        "publisher": feed.publisher,
        "language": feed.language,
        "home": feed.home,
        "group": feed.group,
        "tags": sorted(feed.tags),
        "every_seconds": feed.poll_every.total_seconds(),
        "first_poll": feed.first_poll,
        "paused": paused,
    }
