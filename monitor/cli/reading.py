"""Opens the database for commands that only look: no lock is taken, and a daemon may go on beside them.

They need the settings and nothing else of a configuration: whoever looks is not asked for the channels' secrets.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from monitor.cli.common import locate, set_up_log
from monitor.domain.errors import ConfigurationError, DatabaseMissing
from monitor.domain.feeds import FeedState
from monitor.settings.files import Loaded, examine
from monitor.storage import polls, schema
from monitor.storage.connection import Connection
from monitor.storage.engine import Database, open_existing
from monitor.storage.schema import SchemaState


def database_of(config_folder: Path | None, flag: str | None) -> str:
    """The address of the database, from the flag or the configuration; sets the log up as that says.

    Raises:
        ConfigurationError: as of `configuration_of`.
    """
    return configuration_of(config_folder, flag).settings.database.url


def configuration_of(config_folder: Path | None, flag: str | None) -> Loaded:
    """The configuration of whoever only looks, with the database that the flag names; sets the log up as it says.

    Raises:
        ConfigurationError: a setting is wrong. What is wrong with feeds, watches and channels is not looked at.
    """
    overrides = {} if flag is None else {"database.url": flag}
    loaded = examine(locate(config_folder), overrides=overrides, environ=os.environ)
    wrong = tuple(
        finding
        for finding in loaded.errors
        if Path(finding.file).name == "monitor.toml" or not finding.file.endswith(".toml")
    )
    if wrong:
        raise ConfigurationError(wrong)
    set_up_log(loaded)
    return loaded


@contextmanager
def stored(url: str) -> Iterator[Connection]:
    """One reading transaction on current tables.

    Raises:
        DatabaseUnavailable, SchemaMismatch: as of `opened`.
    """
    with opened(url) as database, database.read() as connection:
        yield connection


def remembered_feeds(url: str) -> tuple[FeedState, ...]:
    """What the database knows of the active feeds, by id; nothing where there is none, or none with tables yet.

    Raises:
        DatabaseUnavailable: the database can't be opened.
        SchemaMismatch: its tables are those of another version.
    """
    try:
        database = open_existing(url)
    except DatabaseMissing:
        return ()
    try:
        if schema.state(database) is SchemaState.EMPTY:
            return ()
        schema.require_current(database)
        with database.read() as connection:
            return polls.feed_states(connection)
    finally:
        database.close()


@contextmanager
def opened(url: str) -> Iterator[Database]:
    """The database with current tables, for several short transactions.

    Raises:
        DatabaseMissing: there is no database yet; none is made.
        DatabaseUnavailable: it can't be opened.
        SchemaMismatch: it holds no tables yet, or those of another version.
    """
    database = open_existing(url)
    try:
        schema.require_current(database)
        yield database
    finally:
        database.close()
