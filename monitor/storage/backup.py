"""Copies of an SQLite database, made while it is in use, and the way back from one.

A copy is checked before it bears its name: whoever finds one can rely on it. PostgreSQL has tools of its own for this
(`pg_dump`), which are named where somebody asks for a copy of it. Comes after engine.py and schema.py; whether a daemon works
on a database is for the caller to know (lock.py).
"""

import datetime as dt
import os
import shlex
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import structlog

from monitor.domain.errors import CopyFailed, DatabaseInUse, DatabaseUnavailable, SchemaMismatch
from monitor.storage import schema
from monitor.storage.database import Database
from monitor.storage.faults import plain_faults
from monitor.storage.private_file import make_private
from monitor.storage.schema import SchemaState
from monitor.storage.soundness import damage
from monitor.storage.sqlite import driver_connection, open_file

log = structlog.get_logger()

_COMPANIONS = ("-wal", "-shm")
_STAMP = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What a restoration came to. `kept` is where the database that was there before is now; None where there was none."""

    kept: Path | None
    state: SchemaState


def back_up(database: Database, target: Path, *, like: Path | None = None) -> int:
    """Copies an SQLite database to a new file for this user alone (0600), and returns its size in bytes.

    Where root does so, the file belongs to the owner of `like`, if any. It shows one moment; polls and sends go on meanwhile.

    Raises:
        CopyFailed: there is such a file already, it can't be written, or the copy is damaged; or this is no SQLite file.
        DatabaseUnavailable: the database can't be read.
    """
    if database.path is None:
        raise CopyFailed(_not_a_file(database, target))
    with _new_file(target, like=like) as part:
        with database.read() as connection, closing(sqlite3.connect(part, isolation_level=None)) as copy:
            # All in one go: writers go on in the log meanwhile, and none of their commits makes it start anew.
            driver_connection(connection).backup(copy)
            # The copy is one file, to be carried anywhere.
            copy.execute("PRAGMA journal_mode = DELETE").close()
        _require_sound(part, database.name)
    log.info("database_backed_up", database=database.name, file=str(target))
    return target.stat().st_size


def restore(source: Path, target: Path, now: dt.datetime) -> Restored:
    """Puts a copy in the place of the database at `target`, which is kept beside it under a name with the time.

    It belongs to whom that belonged to, though root restores it. The caller holds the daemon's lock. The copy itself is left as it is.

    Raises:
        CopyFailed: the copy is missing, damaged, or can't be written to its place; the database is as it was.
        SchemaMismatch: it is that of a newer version, or no copy of ours.
        DatabaseInUse: another process has the database open.
    """
    if not source.is_file():
        raise CopyFailed(f"There is no file {source}. Name one that `relmon db backup` has written.")
    new = target.with_name(f"{target.name}.restoring")
    new.unlink(missing_ok=True)
    try:
        with _new_file(new, like=target if target.exists() else target.parent) as part:
            _copy_file(source, part)
            _require_sound(part, str(source))
        state = _usable_state(new, source)
        kept = _set_aside(target, now) if target.exists() else None
        new.replace(target)
    finally:
        new.unlink(missing_ok=True)
    _sync_folder(target.parent)
    log.info("database_restored", database=str(target), file=str(source), kept=str(kept) if kept else None)
    return Restored(kept=kept, state=state)


def upgrade_after_copy(database: Database, now: dt.datetime) -> tuple[SchemaState, Path | None]:
    """`schema.upgrade`, with a copy beside an SQLite file whose tables are older; the state that it found, and the copy.

    Raises:
        CopyFailed: the copy could not be made; the tables are as they were.
        SchemaMismatch: as of `schema.upgrade`.
    """
    copy = None
    if database.path is not None and schema.state(database) is SchemaState.OLDER:
        copy = database.path.with_name(f"{database.path.name}.before-upgrade-{now.strftime(_STAMP)}")
        back_up(database, copy, like=database.path)
    return schema.upgrade(database), copy


def pg_dump(database: Database, target: Path) -> str:
    """The command that copies a PostgreSQL database."""
    return f"pg_dump --format=custom --file={shlex.quote(str(target))} {shlex.quote(database.name)}"


def pg_restore(database: Database, source: Path) -> str:
    """The command that puts such a copy back."""
    return (
        f"pg_restore --clean --if-exists --single-transaction --dbname={shlex.quote(database.name)} "
        f"{shlex.quote(str(source))}"
    )


def _not_a_file(database: Database, target: Path) -> str:
    if database.is_shared:
        return f"{database.name} is PostgreSQL, which has its own tool for this:\n  {pg_dump(database, target)}"
    return "A database in memory can't be copied to a file."


@contextmanager
def _new_file(target: Path, *, like: Path | None) -> Iterator[Path]:
    """A file beside `target` to write to, which gets that name in the end; what fails leaves nothing behind.

    Where root makes it, it gets the owner of `like`, if any. The name is taken from the start, so that no other file is ever overwritten.
    """
    part = target.with_name(f"{target.name}.part")
    made: list[Path] = []
    try:
        for path in (target, part):
            make_private(path, like=like)
            made.append(path)
        with plain_faults(str(target)):
            yield part
        _sync(part)
        part.replace(target)
        _sync_folder(target.parent)
    except BaseException as error:
        for path in made:
            path.unlink(missing_ok=True)
        if isinstance(error, FileExistsError):
            raise CopyFailed(f"{error.filename} is there already, and is not overwritten. Name another file.") from None
        if isinstance(error, OSError):
            raise CopyFailed(f"{target} can't be written: {error.strerror}. Is its folder there, and yours?") from error
        raise


def _require_sound(path: Path, whose: str) -> None:
    with closing(sqlite3.connect(path)) as copy:
        found = damage(copy)
    if found:
        raise CopyFailed(f"The copy of {whose} is damaged, and was not kept: {found[0]}. Run `relmon db check`.")


def _copy_file(source: Path, part: Path) -> None:
    try:
        with (
            plain_faults(str(source)),
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as reading,
            closing(sqlite3.connect(part, isolation_level=None)) as copy,
        ):
            reading.backup(copy)
    except DatabaseUnavailable as error:
        raise CopyFailed(f"{source} can't be restored. {error}") from error


def _usable_state(path: Path, source: Path) -> SchemaState:
    with closing(open_file(path)) as opened:
        state = schema.state(opened)
    if state in (SchemaState.CURRENT, SchemaState.OLDER):
        return state
    raise SchemaMismatch(f"{source} can't be restored: {state.value}.")


def _set_aside(target: Path, now: dt.datetime) -> Path:
    """Keeps a database, damaged or not, under another name; what its write-ahead log holds goes with it."""
    kept = target.with_name(f"{target.name}.before-restore-{now.strftime(_STAMP)}")
    # Another journal needs the file to itself: it shows who else has it open, and folds the write-ahead log into it.
    with suppress(sqlite3.DatabaseError), closing(sqlite3.connect(target, timeout=0)) as old:
        try:
            old.execute("PRAGMA journal_mode = DELETE").close()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
                raise DatabaseInUse(f"Another process has {target} open. Find it with `fuser`, and end it.") from None
    try:
        # A log that could not be folded in must never meet the other database.
        for companion in _COMPANIONS:
            with suppress(FileNotFoundError):
                target.with_name(f"{target.name}{companion}").rename(kept.with_name(f"{kept.name}{companion}"))
        # Two names for a moment: there is never none, with which a daemon would begin anew.
        os.link(target, kept)
    except OSError as error:
        raise CopyFailed(f"{target} can't be kept as {kept.name}: {error.strerror}. It stays where it is.") from error
    return kept


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sync_folder(folder: Path) -> None:
    # A folder's entries are on the disk only once it was synchronised itself.
    _sync(folder)
