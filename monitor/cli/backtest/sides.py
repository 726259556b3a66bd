"""A configuration as a backtest plays it: its watches, its reading, its texts, and channels that only write down.

Nothing is sent, so no secret is needed and every channel tells its alerts as plain text, in its own language: a
configuration can be judged on any machine, in CI too.
"""

import datetime as dt
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from monitor import logs
from monitor.cli.common import locate, verbosity
from monitor.cli.wiring import desk_of, phrasebooks
from monitor.delivery.console import ConsoleChannel
from monitor.domain.delivery import DEFAULT_LANGUAGE
from monitor.domain.documents import Finding
from monitor.domain.errors import ConfigurationError
from monitor.domain.feeds import FeedSource
from monitor.settings.files import Loaded, examine
from monitor.storage import schema
from monitor.storage.engine import throwaway_database
from monitor.worker.desk import Desk
from monitor.worker.rehearsal import Rehearsal

# What is wrong there keeps nobody from playing news that is at hand to watches.
_NOT_PLAYED = ("feeds", "channels")


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the configurations that are compared, or the only one."""

    loaded: Loaded
    desk: Desk

    @property
    def feeds(self) -> dict[str, FeedSource]:
        """The feeds that it knows, paused ones too, by id."""
        return {feed.id: feed for feed in (*self.loaded.feeds, *self.loaded.paused)}

    @contextmanager
    def rehearsal(self) -> Iterator[Rehearsal]:
        """Plays on a database that is gone afterwards."""
        with TemporaryDirectory(prefix="relmon-backtest-") as folder:
            database = throwaway_database(Path(folder))
            try:
                schema.upgrade(database)
                yield Rehearsal(database, self.desk)
            finally:
                database.close()


def side(config_folder: Path | None) -> Side:
    """The configuration in this folder.

    Raises:
        ConfigurationError: something is wrong that the watches or the reading rest on; it lists every mistake.
    """
    loaded = examine(locate(config_folder), overrides={}, environ=os.environ)
    # Whoever plays the past wants its messages, not what the program does meanwhile.
    logs.configure("debug" if verbosity() else "warning", loaded.settings.log.format)
    if errors := tuple(finding for finding in loaded.errors if _matters(finding)):
        raise ConfigurationError(errors)
    read = phrasebooks(loaded)
    if read.findings:
        raise ConfigurationError(read.findings)
    channels = {
        name: ConsoleChannel(
            id=name, book=read.books.get(str(entry.values.get("language")), read.books[DEFAULT_LANGUAGE]), zone=dt.UTC
        )
        for name, entry in loaded.channel_entries.items()
    }
    return Side(loaded=loaded, desk=replace(desk_of(loaded, channels), operator=()))


def _matters(finding: Finding) -> bool:
    path = Path(finding.file)
    return path.stem not in _NOT_PLAYED and path.parent.name not in {f"{name}.d" for name in _NOT_PLAYED}
