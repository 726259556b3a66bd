"""A daemon among others at one database (PostgreSQL): it shows itself, frees what the dead hold, and keeps in step.

Whoever took up its configuration last follows the newest one, which is what the operator wants: a daemon that follows
another neither polls nor tells anything by the clock until it is restarted or reloaded, and is not ready (R9, R11). What is
rendered already it goes on sending. Where a database has one daemon (SQLite), nobody is there to keep in step with.
"""

import datetime as dt
from dataclasses import replace

import structlog

from monitor import metrics
from monitor.storage import workers
from monitor.storage.engine import Database
from monitor.storage.workers import Presence

log = structlog.get_logger()

SHOWN_EVERY = dt.timedelta(seconds=5)
_DEAD_AFTER = dt.timedelta(seconds=30)


class Attendance:
    """Keeps one daemon on the list."""

    def __init__(self, database: Database, presence: Presence) -> None:
        self._database = database
        self._presence = presence
        self._ahead: Presence | None = None

    @property
    def out_of_step(self) -> str | None:
        """A sentence where another daemon follows a newer configuration; None where all is well."""
        if self._ahead is None:
            return None
        return (
            f"this daemon follows configuration {self._presence.configuration}, but {self._ahead.owner} took up "
            f"{self._ahead.configuration} later: give both the same files and version, then reload or restart this one"
        )

    def take_up(self, configuration: str, now: dt.datetime) -> None:
        """Another configuration is followed from now on; one that is the same as before is no newer for being read again.

        Raises:
            DatabaseUnavailable: the next `show` says it.
        """
        if configuration != self._presence.configuration:
            self._presence = replace(self._presence, configuration=configuration, configured_at=now)
        self.show()

    def show(self) -> None:
        """Shows itself, and looks after the others.

        Raises:
            DatabaseUnavailable: nobody sees it, and it sees nobody; the next time tries again.
        """
        if not self._database.is_shared:
            return
        with self._database.write() as connection:
            workers.show(connection, self._presence)
            dead = workers.bury(connection, _DEAD_AFTER)
            workers.forget_turns(connection)
            there = workers.present(connection)
        for owner in dead:
            log.warning("daemon_lost", owner=owner, unseen_seconds=_DEAD_AFTER.total_seconds())
        metrics.WORKERS.set(len(there))
        newest = there[-1]
        ahead = newest if newest.configuration != self._presence.configuration else None
        if ahead is not None and self._ahead is None:
            log.warning("out_of_step", newer=ahead.configuration, followed_by=ahead.owner)
        self._ahead = ahead
        metrics.OUT_OF_STEP.set(ahead is not None)

    def leave(self) -> None:
        """Takes itself off the list.

        Raises:
            DatabaseUnavailable: it stays there until the others take it for dead.
        """
        if self._database.is_shared:
            with self._database.write() as connection:
                workers.leave(connection, self._presence.owner)
