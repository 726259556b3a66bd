"""`relmon run`: the daemon. Wires it, opens the pages of health, and waits for the signal to stop."""

import asyncio
import datetime as dt
import os
import signal
import threading
from collections.abc import Collection, Coroutine, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import click
import structlog

from monitor import __version__, metrics
from monitor.cli.common import config_option, database_option, load_or_exit, locate, tells_errors
from monitor.cli.heart import Heart, calling_of
from monitor.cli.listing import story_lines
from monitor.cli.pages import Exhibition, access_of, hosts_of
from monitor.cli.shifts import shifts
from monitor.cli.start_trouble import StartTrouble
from monitor.cli.wiring import owned_database, utc_now
from monitor.domain.errors import DatabaseError, DatabaseUnavailable
from monitor.settings.files import Loaded, load
from monitor.settings.fingerprint import fingerprint
from monitor.settings.watching import ConfigurationFiles
from monitor.storage import notes, stories
from monitor.storage.engine import Database
from monitor.storage.schema import SchemaState
from monitor.storage.space import space_at
from monitor.storage.workers import Presence
from monitor.web.app import Pages, create_app
from monitor.web.health import Vitals
from monitor.web.server import serving
from monitor.worker.presence import Attendance
from monitor.worker.reload import Reloader, Steps
from monitor.worker.service import Service, stop_on_signals
from monitor.worker.shift import Duty
from monitor.worker.supervisor import Supervisor

log = structlog.get_logger()

_STORIES_SHOWN = 10
# For a server that starts with the machine, or is just being restarted.
_PATIENCE = dt.timedelta(minutes=1)
_DUTIES = {
    None: frozenset(Duty),
    "poll": frozenset({Duty.POLL}),
    "deliver": frozenset({Duty.DELIVER}),
    "web": frozenset[Duty](),
}
_END_BY_S = 14.5  # of the fifteen seconds that are promised (R5)


@click.command()
@config_option
@database_option
@click.option("--log-level", type=click.Choice(["debug", "info", "warning", "error"]), help="How much is logged.")
@click.option(
    "--only",
    type=click.Choice(["poll", "deliver", "web"]),
    help="Do this part alone; others share the database (PostgreSQL).",
)
@click.option(
    "--migrate", is_flag=True, help="Upgrade the tables of an older version first; an SQLite file is copied before."
)
@tells_errors
def run(
    config_folder: Path | None, database: str | None, log_level: str | None, only: str | None, *, migrate: bool
) -> None:
    """Watch the feeds, and send what is found, until SIGTERM or Ctrl-C.

    Several may share one PostgreSQL database, on any machines. With --only poll, deliver or web one does that part
    alone; its pages of health it shows all the same.

    Exit codes: 0 after an orderly stop; 75 where another daemon owns the database or it can't be used just now; 78
    where the configuration or the database's tables can't be used.

    Changed files are taken up within seconds, and at SIGHUP; where they hold a mistake, the former configuration stays.
    """
    early = threading.Event()
    # Until the daemon is there to reload: by default, this signal would end the process.
    signal.signal(signal.SIGHUP, lambda *_: early.set())
    files = ConfigurationFiles(locate(config_folder).folder)
    files.take()
    flags = {"database.url": database, "log.level": log_level}
    given = {key: value for key, value in flags.items() if value is not None}
    loaded = load_or_exit(config_folder, overrides=given)
    upgrade = SchemaState.OLDER if migrate else SchemaState.EMPTY
    trouble = StartTrouble.from_environment(os.environ)
    try:
        with owned_database(loaded.settings.database.url, upgrade=upgrade, patience=_PATIENCE) as opened:
            if only is not None and not opened.is_shared:
                raise click.UsageError(
                    f"--only {only} is for daemons that share a PostgreSQL database; an SQLite file has one, which does all."
                )
            wanted = _Given(loaded=loaded, files=files, flags=given, hangup=early, trouble=trouble)
            asyncio.run(_watch(wanted, opened, _DUTIES[only]))
    except DatabaseUnavailable as error:
        asyncio.run(trouble.tell(loaded, error, utc_now()))
        raise


@dataclass(frozen=True, slots=True, kw_only=True)
class _Given:
    """What the daemon starts with. `hangup` is set where SIGHUP came before there was anybody to heed it."""

    loaded: Loaded
    files: ConfigurationFiles
    flags: Mapping[str, str]
    hangup: threading.Event
    trouble: StartTrouble


async def _watch(given: _Given, database: Database, duties: frozenset[Duty]) -> None:
    loaded, stop = given.loaded, asyncio.Event()
    stop_on_signals(stop)
    supervisor = Supervisor.from_environment(os.environ, os.getpid())
    last_resort = asyncio.create_task(_end_in_time(stop, supervisor))
    metrics.BUILD.labels(version=__version__).set(1)
    settings, calling = loaded.settings, calling_of(loaded)
    async with shifts(loaded, database, duties) as on_duty:
        ours = on_duty.crew
        if Duty.POLL in duties:
            ours.jobs.warm_up()
        presence = Presence(
            owner=ours.owner,
            duties=tuple(sorted(duty.value for duty in duties)),
            configuration=fingerprint(loaded),
            version=__version__,
            configured_at=utc_now(),
        )
        attendance = Attendance(database, presence)
        service = Service(
            database=database,
            shift=on_duty.shift,
            clock=utc_now,
            attendance=attendance,
            measure_disk=partial(space_at, database.path.parent) if database.path else None,
        )
        if any(channel.kind == "console" for channel in ours.channels.values()):
            _show_stored(database)
        await asyncio.to_thread(service.announce)
        if recovered := given.trouble.over(utc_now()):
            await asyncio.to_thread(service.tell_operator, recovered)
        exhibition = Exhibition(loaded, database, jobs=lambda: on_duty.crew.jobs)

        with ExitStack() as stack:
            port = None
            if settings.web.enabled:
                pages = Pages(site=lambda: exhibition.site, access=access_of(loaded))
                app = create_app(
                    vitals=Vitals(
                        loop_age=service.loop_age,
                        database_trouble=lambda: _trouble(database) or service.out_of_step(),
                    ),
                    hosts=hosts_of(loaded),
                    pages=pages,
                )
                port = stack.enter_context(serving(app, host=settings.web.host, port=settings.web.port))
                stack.callback(pages.live.close)
            if Duty.POLL in duties:
                await _first_of(ours.jobs.ready(), stop)
            heart = Heart(service.ailment)

            async def take_up(changed: Loaded, reopened: Collection[str]) -> None:
                # Looked at first: a configuration is taken up as a whole, or not at all.
                called = calling_of(changed)
                await on_duty.change(service, changed, reopened)
                heart.follow(called)
                exhibition.show(changed)

            reloader = Reloader(
                standing=loaded,
                files=given.files,
                steps=Steps(
                    read=partial(load, loaded.location, overrides=given.flags, environ=os.environ),
                    take_up=take_up,
                    begin=supervisor.reloading,
                    end=lambda standing: supervisor.ready(_watching(len(standing.feeds), duties)),
                ),
                service=service,
                attendance=attendance,
                database=database,
                owner=ours.owner,
                clock=utc_now,
            )
            asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, reloader.ask)
            if given.hangup.is_set():
                reloader.ask()
            log.info(
                "daemon_ready",
                version=__version__,
                feeds=len(loaded.feeds),
                watches=len(loaded.watches),
                channels=len(ours.channels),
                database=database.name,
                web=f"http://{settings.web.host}:{port}" if port else None,
            )
            supervisor.ready(_watching(len(loaded.feeds), duties))
            beside = [
                asyncio.create_task(supervisor.keep_posted(service.loop_age)),
                asyncio.create_task(reloader.run()),
            ]
            heart.follow(calling)
            await service.run(stop)
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)
            await heart.stop()
    await last_resort


async def _end_in_time(stop: asyncio.Event, supervisor: Supervisor) -> None:
    """Once told to stop, says so and ends the process by the promised time, whatever still hangs.

    A thread that waits for what never comes (a reader of standard output that has stopped reading) can't be ended, and
    would keep the process from ending. Leases are given back by then; those that are not, the next start voids.
    """
    await stop.wait()
    supervisor.stopping()
    timer = threading.Timer(_END_BY_S, os._exit, (0,))
    timer.daemon = True
    timer.start()


async def _first_of(work: Coroutine[Any, Any, None], stop: asyncio.Event) -> None:
    """Waits for `work`, but no longer than until `stop` is set; what `work` raises goes on."""
    task = asyncio.create_task(work)
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait({task, stopped}, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    if task.done():
        task.result()
    else:
        task.cancel()


def _watching(feeds: int, duties: frozenset[Duty]) -> str:
    """What `systemctl status` says of the daemon."""
    if not duties:
        return "Showing how the others are"
    if Duty.POLL not in duties:
        return "Sending what others have found"
    return "Watching 1 feed" if feeds == 1 else f"Watching {feeds} feeds"


def _show_stored(database: Database) -> None:
    """What former runs have found: whoever starts the daemon again sees it, though nothing of it is sent again."""
    with database.read() as connection:
        found = stories.recent_stories(connection, _STORIES_SHOWN)
    if found:
        click.echo("Stored stories, newest first:")
        for line in story_lines(found):
            click.echo(f"  {line}")
        click.echo()


def _trouble(database: Database) -> str | None:
    """Writes a row for the sake of writing; a sentence where it fails."""
    try:
        with database.write() as connection:
            notes.prove_writable(connection, utc_now())
    except DatabaseError as error:
        return str(error)
    return None
