"""What the commands that add and change feeds share: the operator's own configuration, and how a feed in it is named.

A configuration whose feeds hold mistakes is not written to, so that none is added twice or changed by accident.
"""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from monitor.cli.common import locate
from monitor.domain.documents import Finding
from monitor.domain.errors import ConfigurationError, MonitorError
from monitor.domain.feeds import FeedSource
from monitor.settings.edit import FeedChange, change_feeds, change_toml
from monitor.settings.files import Loaded, examine
from monitor.settings.secrets import hidden
from monitor.settings.spelling import did_you_mean
from monitor.settings.units import format_duration

FEEDS_FILE = "feeds.toml"


class NotDone(MonitorError):
    """The command can't do what it was asked for; the sentence says why, and what to do."""


class FeedId(click.ParamType[str]):
    """The id of a configured feed; shells complete it."""

    name = "ID"

    def shell_complete(
        self,
        ctx: click.Context,
        param: click.Parameter,  # noqa: ARG002 - click's signature
        incomplete: str,
    ) -> list[CompletionItem]:
        """The ids that begin like this, with their titles."""
        folder = ctx.params.get("config_folder")
        loaded = examine(locate(Path(folder) if folder else None), overrides={}, environ=os.environ)
        return [
            CompletionItem(feed.id, help=feed.title) for feed in all_feeds(loaded) if feed.id.startswith(incomplete)
        ]


def configuration(config_folder: Path | None) -> Loaded:
    """A configuration whose feeds hold no mistake; what is wrong elsewhere doesn't matter here.

    Raises:
        ConfigurationError: it lists the mistakes about feeds.
    """
    loaded = examine(locate(config_folder), overrides={}, environ=os.environ)
    wrong = tuple(finding for finding in loaded.errors if _is_about_feeds(finding, loaded.location.folder))
    if wrong:
        raise ConfigurationError(wrong)
    return loaded


def own_configuration(config_folder: Path | None) -> Loaded:
    """The same, where it is the operator's to change.

    Raises:
        NotDone: it is the starter configuration.
    """
    loaded = configuration(config_folder)
    if loaded.location.packaged:
        raise NotDone(
            "the starter configuration belongs to the program and is not changed. "
            "Make one of your own with `relmon init DIR`, then name it: --config DIR"
        )
    return loaded


def _is_about_feeds(finding: Finding, folder: Path) -> bool:
    path = Path(finding.file)
    return path in (folder, folder / FEEDS_FILE) or path.parent == folder / "feeds.d"


def all_feeds(loaded: Loaded) -> tuple[FeedSource, ...]:
    """Polled and paused, sorted by id."""
    return tuple(sorted((*loaded.feeds, *loaded.paused), key=lambda feed: feed.id))


def chosen(loaded: Loaded, ids: Iterable[str]) -> tuple[FeedSource, ...]:
    """The feeds with these ids, each once; an unknown one is an error of the command line."""
    by_id = {feed.id: feed for feed in all_feeds(loaded)}
    wanted = tuple(dict.fromkeys(ids))
    unknown = [
        f'"{one}" is no feed of this configuration{did_you_mean(one, by_id)}' for one in wanted if one not in by_id
    ]
    if unknown:
        raise click.BadParameter(". ".join(unknown) + ". `relmon feeds list` shows them all.", param_hint="ID")
    return tuple(by_id[one] for one in wanted)


def write_changes(changes: Sequence[FeedChange]) -> tuple[Path, ...]:
    """Writes them; where that can't be, prints them as tables for the operator to keep, and raises NotDone."""
    try:
        return change_feeds(changes)
    except OSError as error:
        click.echo("\n".join(change_toml(change) for change in changes), nl=False)
        raise NotDone(
            f"{error.filename or FEEDS_FILE} can't be written: {error.strerror}. Put the lines above into a file of "
            "feeds.d, or change the feed where it stands, as a user who may."
        ) from error


def rhythm(feed: FeedSource) -> str:
    """How often a feed is polled, as the configuration says."""
    return f"every {format_duration(feed.poll_every)}" if feed.at is None else f"at {feed.at.expression} {feed.at.zone}"


def shown(url: str) -> str:
    """An address without its password."""
    return hidden("url", url)


def count(number: int, noun: str = "feed") -> str:
    """`1 feed`, `3 feeds`, `2 entries`."""
    several = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{number} {noun if number == 1 else several}"
