"""Takes up another configuration while the daemon runs: at SIGHUP, and when its files have changed (P18).

All or nothing: it is read, checked and compiled as at a start, and only then does a shift that follows it relieve the one
on duty. Where anything is wrong with it, the former configuration stays, and the mistakes are told: in the log, to the
operator's channels, by `relmon status` and as a metric. What is read and how a shift is made is cli's to say.
"""

import asyncio
import datetime as dt
import hashlib
from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

import structlog

from monitor import metrics
from monitor.domain.delivery import Notice
from monitor.domain.documents import FindingLevel
from monitor.domain.errors import ChildFailed, ConfigurationError, DatabaseError
from monitor.settings.changes import Changes, changes, needing_restart
from monitor.settings.files import Loaded
from monitor.settings.fingerprint import fingerprint
from monitor.settings.watching import ConfigurationFiles
from monitor.storage import outbox, reloads, workers
from monitor.storage.engine import Database
from monitor.storage.outbox import UNDELIVERED
from monitor.storage.reloads import Followed
from monitor.worker.presence import Attendance
from monitor.worker.service import Service, Stopping

log = structlog.get_logger()

_LOOK_EVERY_S = 1.0
_MISTAKES_TOLD = 20


class Cause(StrEnum):
    """Why the configuration is read again."""

    ASKED = "SIGHUP"
    """An operator asks for it: every channel is tried again, too, as after a restart."""
    FILES = "changed files"


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """What a reload is made of. `begin` and `end` frame it for whoever supervises the daemon; `end` gets what stands."""

    read: Callable[[], Loaded]
    """Reads files, so it runs in a thread. Raises ConfigurationError."""
    take_up: Callable[[Loaded, Collection[str]], Awaitable[None]]
    """Has a shift relieve the one on duty, and tries these channels again. Raises as `cli.shifts` says."""
    begin: Callable[[], None]
    end: Callable[[Loaded], None]


class Reloader:
    """Keeps the daemon on the latest configuration that can be used. `standing` is the one that it has started with."""

    def __init__(
        self,
        *,
        standing: Loaded,
        files: ConfigurationFiles,
        steps: Steps,
        service: Service,
        attendance: Attendance,
        database: Database,
        owner: str,
        clock: Callable[[], dt.datetime],
    ) -> None:
        self._standing = standing
        self._started = standing.settings
        self._files = files
        self._steps = steps
        self._service = service
        self._attendance = attendance
        self._database = database
        self._clock = clock
        self._asked = asyncio.Event()
        self._put_off: Cause | None = None
        self._followed = Followed(owner=owner, taken_up_at=clock())
        self._notice: Notice | None = None
        self._unwritten = True
        self._files.also(_templates(standing))
        _measure(self._followed)

    def ask(self) -> None:
        """Asks for a reload, as SIGHUP does. Call it in the running loop."""
        self._asked.set()

    async def run(self) -> None:
        """Reloads whenever there is cause to, until it is cancelled or the daemon ends."""
        while True:
            await self._write_down()
            cause = await self._next_cause()
            try:
                await self._reload(cause)
            except Stopping:
                return
            except Exception:  # the loop's edge: a bug met here must not keep the daemon from its work
                log.exception("reload_failed")
            self._steps.end(self._standing)

    async def _next_cause(self) -> Cause:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(_LOOK_EVERY_S):
                    await self._asked.wait()
            if self._asked.is_set():
                self._asked.clear()
                return Cause.ASKED
            if self._put_off is not None:
                return self._put_off
            if self._standing.settings.reload.watch_files and await asyncio.to_thread(self._files.changed):
                return Cause.FILES
            await self._write_down()

    async def _reload(self, cause: Cause) -> None:
        self._steps.begin()
        try:
            await asyncio.to_thread(self._files.take)
            loaded = await asyncio.to_thread(self._steps.read)
            await asyncio.to_thread(self._files.also, _templates(loaded))
            await self._take_up(loaded, changes(self._standing, loaded), cause)
        except ConfigurationError as error:
            self._refuse(tuple(str(finding) for finding in error.findings))
        except ChildFailed as error:
            self._refuse((str(error),))
        except DatabaseError as error:
            if self._put_off is None:
                log.warning("reload_put_off", error=str(error), what_happens="it is tried again every few seconds")
            self._put_off = cause

    async def _take_up(self, loaded: Loaded, changed: Changes, cause: Cause) -> None:
        if cause is Cause.ASKED:
            reopened = tuple(channel.id for channel in loaded.channels)
        else:
            reopened = changed.of("channels").added + changed.of("channels").changed
        if changed or cause is Cause.ASKED:
            await self._steps.take_up(loaded, reopened)
        self._standing, self._put_off, now = loaded, None, self._clock()
        for finding in loaded.findings:
            if finding.level is FindingLevel.WARNING:
                log.warning("configuration_warning", file=finding.file, line=finding.line, message=finding.message)
        log.info("configuration_reloaded", cause=cause.value, **changed.fields())
        restart = needing_restart(self._started, loaded.settings)
        if restart:
            log.warning("restart_needed", settings=list(restart), why="these settings count only at a start")
        if self._followed.mistakes:
            self._notice = _mended(self._followed, now)
        self._followed = Followed(owner=self._followed.owner, taken_up_at=now, restart=restart)
        self._unwritten = True
        _measure(self._followed)
        # What the database could not be told now, the daemon's next sign of life tells it.
        with suppress(DatabaseError):
            await asyncio.to_thread(self._attendance.take_up, fingerprint(loaded), now)
            await asyncio.to_thread(self._name_left_over, changed.of("channels").removed)

    def _refuse(self, mistakes: tuple[str, ...]) -> None:
        self._put_off = None
        for mistake in mistakes[:_MISTAKES_TOLD]:
            log.error("configuration_mistake", mistake=mistake)
        log.error("reload_refused", mistakes=len(mistakes), what_happens="the former configuration stays")
        self._followed = replace(self._followed, refused_at=self._clock(), mistakes=mistakes[:_MISTAKES_TOLD])
        self._notice = _refused(self._followed, fingerprint(self._standing))
        self._unwritten = True
        _measure(self._followed)

    def _name_left_over(self, removed: Collection[str]) -> None:
        with self._database.read() as connection:
            counts = outbox.counts_by_channel(connection)
        for channel_id in removed:
            if waiting := sum(number for state, number in counts.get(channel_id, {}).items() if state in UNDELIVERED):
                log.warning(
                    "messages_left_over",
                    channel=channel_id,
                    messages=waiting,
                    what_happens="they are kept, and sent should the channel be configured again",
                )

    async def _write_down(self) -> None:
        """Writes what is followed, and what the operator is to hear of it; the next look tries again where that fails."""
        if self._unwritten:
            with suppress(DatabaseError):
                await asyncio.to_thread(self._write)
                self._unwritten, self._notice = False, None

    def _write(self) -> None:
        owner = self._followed.owner
        with self._database.write() as connection:
            reloads.record(connection, self._followed)
            reloads.forget_others(connection, {owner, *(one.owner for one in workers.present(connection))})
        if self._notice is not None:
            self._service.tell_operator(self._notice)


def _templates(loaded: Loaded) -> list[Path]:
    return [Path(channel.template.file) for channel in loaded.channels if channel.template is not None]


def _measure(followed: Followed) -> None:
    metrics.CONFIG_TAKEN_UP.set(not followed.mistakes)
    metrics.CONFIG_TAKEN_UP_TIMESTAMP.set(followed.taken_up_at.timestamp())


def _refused(followed: Followed, standing: str) -> Notice:
    mistakes = "\n".join(followed.mistakes)
    # The same mistakes are told once while the same configuration stands, however many daemons meet them.
    key = hashlib.blake2b(f"{standing}\n{mistakes}".encode(), digest_size=12).hexdigest()
    return Notice(
        dedup_key=f"reload-refused:{key}",
        title="The changed configuration is refused",
        text=f"The one taken up at {followed.taken_up_at:%Y-%m-%d %H:%M} UTC stays. Mend what is wrong; it is read again "
        f"once the files have changed, or at SIGHUP.\n{mistakes}",
        at=followed.refused_at or followed.taken_up_at,
    )


def _mended(refused: Followed, now: dt.datetime) -> Notice:
    since = refused.refused_at or refused.taken_up_at
    return Notice(
        dedup_key=f"reload-mended:{since.isoformat()}",
        title="The configuration can be used again",
        text=f"It was refused at {since:%Y-%m-%d %H:%M} UTC, and is taken up now.",
        at=now,
    )
