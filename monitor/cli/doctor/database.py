"""What the doctor finds in the database and around it: the file, the disk, the daemon, feeds, channels, what waits."""

import datetime as dt
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

from monitor.cli.doctor.diagnosis import Diagnosis, error, ok, warning
from monitor.delivery.wording import printable
from monitor.domain.errors import DatabaseError, DatabaseInUse, DatabaseMissing
from monitor.storage import notes, outbox, schema, workers
from monitor.storage.channels import channel_states
from monitor.storage.connection import Connection
from monitor.storage.engine import Database, database_now, file_of, open_existing
from monitor.storage.lock import daemon_lock
from monitor.storage.outbox import MessageState
from monitor.storage.overview import FeedHealth, feeds_by_health, overview
from monitor.storage.soundness import damage_of
from monitor.storage.space import space_at
from monitor.storage.workers import Presence

_COMPANIONS = ("", "-wal", "-shm", ".lock")
_FOR_OTHERS = 0o077
_WAITS_LONG = dt.timedelta(hours=1)
_SEEN_LATELY = dt.timedelta(seconds=30)
# A lease lasts minutes; what is wrong by seconds shows in no alert.
_CLOCKS_DIFFER = dt.timedelta(seconds=5)


def database(url: str, now: dt.datetime) -> Iterator[Diagnosis]:
    """All of it. Reads the whole of an SQLite file, and writes one row for the sake of writing."""
    path = file_of(url)
    if path is not None and path.parent.exists():
        yield from _room(path)
        yield from _permissions(path)
    try:
        with closing(open_existing(url)) as opened:
            yield from _soundness(opened, now)
            yield from _daemons(opened)
            with opened.read() as connection:
                yield from _clock(connection, now)
                yield _feeds(connection)
                yield from _channels(connection)
                yield from _outbox(connection)
    except DatabaseMissing as missing:
        yield warning("database", str(missing), "start the daemon: `relmon run`")
    except DatabaseError as trouble:
        yield error("database", str(trouble), "see there; what hangs on the database was not looked at")


def _room(path: Path) -> Iterator[Diagnosis]:
    space = space_at(path.parent)
    if space.is_scarce:
        yield warning("disk", f"{path.parent}: {space}", "free some, move the database, or keep less (`[retention]`)")
    else:
        yield ok("disk", f"{path.parent}: {space}")


def _permissions(path: Path) -> Iterator[Diagnosis]:
    """S12: what is stored is for the daemon's user alone."""
    files = [path.with_name(f"{path.name}{ending}") for ending in _COMPANIONS]
    places = [(path.parent, "700"), *((file, "600") for file in files if file.exists())]
    open_to_others = [(place, mode) for place, mode in places if stat.S_IMODE(place.stat().st_mode) & _FOR_OTHERS]
    for place, mode in open_to_others:
        yield warning("permissions", f"others may use {place}", f"chmod {mode} {place}")
    if path.exists() and not os.access(path, os.R_OK | os.W_OK):
        yield error("permissions", f"this user may not write {path}", "run this as the daemon's user")
    elif not open_to_others:
        yield ok("permissions", f"{path.parent} is for this user alone")


def _soundness(opened: Database, now: dt.datetime) -> Iterator[Diagnosis]:
    if found := damage_of(opened):
        yield error(
            "database", f"{opened.name} is damaged: {found[0]}", "stop the daemon and `relmon db restore` a copy"
        )
        return
    schema.require_current(opened)
    with opened.write() as connection:
        notes.prove_writable(connection, now)
    with opened.read() as connection:
        counted = overview(connection)
    size = f", {opened.path.stat().st_size / 1e6:.1f} MB" if opened.path else ""
    held = f"{counted.items:,} items, {counted.events:,} events, {counted.stories:,} stories"
    yield ok("database", f"{opened.name} is whole and can be written: {held}{size}")


def _daemons(opened: Database) -> Iterator[Diagnosis]:
    if not opened.is_shared:
        try:
            with daemon_lock(opened.path):
                yield warning("daemon", "none runs on this database", "start it: `relmon run`, or its systemd unit")
        except DatabaseInUse:
            yield ok("daemon", "one runs")
        return
    with opened.read() as connection:
        lately = workers.seen_within(connection, _SEEN_LATELY)
        there = tuple(one for one in workers.present(connection) if one.owner in lately)
    if not there:
        yield warning("daemon", "none runs on this database", "start one: `relmon run`, or its systemd unit")
    elif len(_by_configuration(there)) > 1:
        yield warning(
            "daemon",
            f"{len(there)} run, with different configurations: {', '.join(one.owner for one in there)}",
            "give all of them the same one; those with an older one wait",
        )
    else:
        yield ok("daemon", f"{len(there)} run with one configuration")


def _by_configuration(there: tuple[Presence, ...]) -> Mapping[str, Presence]:
    return {one.configuration: one for one in there}


def _clock(connection: Connection, now: dt.datetime) -> Iterator[Diagnosis]:
    if connection.dialect.name == "sqlite":
        return
    apart = abs(database_now(connection) - now)
    if apart > _CLOCKS_DIFFER:
        found = f"this machine and the database's server are {apart.total_seconds():.0f} s apart"
        yield warning("clock", found, "set both by NTP")
    else:
        yield ok("clock", "this machine and the database's server agree")


def _feeds(connection: Connection) -> Diagnosis:
    health = feeds_by_health(connection)
    found = ", ".join(f"{count} {one.value}" for one, count in health.items() if count) or "none polled yet"
    if health[FeedHealth.FAILING]:
        return warning("feeds", found, "see which and why: `relmon feeds list --failing`")
    return ok("feeds", found)


def _channels(connection: Connection) -> Iterator[Diagnosis]:
    broken = [state for state in channel_states(connection) if state.broken_at is not None]
    for state in broken:
        found = f"{state.channel_id} is broken: {printable(state.broken_reason or '')}"
        yield error(
            "channels", found, f"mend it, then `relmon channels test {state.channel_id}`, and restart the daemon"
        )
    if not broken:
        yield ok("channels", "none is broken")


def _outbox(connection: Connection) -> Iterator[Diagnosis]:
    dead = outbox.counts(connection)[MessageState.DEAD]
    oldest = outbox.oldest_undelivered_age(connection) or dt.timedelta()
    if dead:
        found = f"{dead} could not be delivered"
        yield warning("messages", found, "look at them with `relmon deliveries list`, then `retry` or `drop` them")
    if oldest > _WAITS_LONG:
        found = f"the oldest that is still to go has waited for {oldest.total_seconds() / 3600:.0f} h"
        yield warning("messages", found, "see what its destination says: `relmon deliveries list`")
    if not dead and oldest <= _WAITS_LONG:
        yield ok("messages", "none waits for long, and none was given up")
