"""Adds feeds, watches and office holders to an operator's files, and changes nothing else there.

Used by `relmon feeds add`, `relmon feeds import`, `relmon watches add` and `relmon actors add`. The text that stands there stays as it is,
byte for byte: new tables go to its end. Changing what stands there is edit.py's work.
"""

import errno
import os
import stat
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import tomlkit
from tomlkit.items import InlineTable

from monitor.domain.documents import Finding
from monitor.domain.errors import ConfigurationError
from monitor.domain.events import Part
from monitor.settings.holders import Holder
from monitor.settings.modes import mode_of_new_file, mode_of_new_folder
from monitor.settings.toml import parse_toml


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFeed:
    """A feed to be added; everything but its id and address may be unknown."""

    id: str
    url: str
    title: str | None = None
    publisher: str | None = None
    language: str | None = None
    home: str | None = None
    group: str | None = None
    tags: tuple[str, ...] = ()


def append_feeds(path: Path, feeds: Sequence[NewFeed]) -> None:
    """Writes the feeds behind what `path` holds, all at once or not at all; a new file is as private as modes.py says.

    Raises ConfigurationError where the file is no TOML, or writes its feeds in a way that can't be added to.
    """
    _append(path, "feed", [feed_toml(feed) for feed in feeds])


def feed_toml(feed: NewFeed) -> str:
    """The `[[feed]]` table of a feed, as it stands in feeds.toml."""
    keys = ("id", "title", "url", "publisher", "language", "home", "group", "tags")
    values = {key: list(value) if isinstance(value := getattr(feed, key), tuple) else value for key in keys}
    return tomlkit.dumps({"feed": [{key: value for key, value in values.items() if value}]})


def watch_toml(watch_id: str, values: Mapping[str, object]) -> str:
    """The `[[watch]]` table of a watch, as it stands in watches.toml; `values` are its keys but for the id."""
    table = {key: _inline(value) if isinstance(value, dict) else value for key, value in values.items()}
    return tomlkit.dumps({"watch": [{"id": watch_id, **table}]})


def _inline(values: Mapping[str, object]) -> InlineTable:
    table = tomlkit.inline_table()
    table.update(values)
    return table


def append_watch(path: Path, table: str) -> None:
    """Writes a `[[watch]]` table behind what `path` holds; a new file is as private as modes.py says.

    Raises ConfigurationError where the file is no TOML, or writes its watches in a way that can't be added to.
    """
    _append(path, "watch", [table])


def holder_toml(holder: Holder) -> str:
    """The `[[holder]]` table of an office holder, as it stands in a file of actors.d."""
    table: dict[str, object] = {"name": holder.name}
    if holder.aliases:
        table["aliases"] = list(holder.aliases)
    if holder.surname:
        table |= {"surname": holder.surname, "alone": True}
    table |= {"state": holder.state, "office": holder.office}
    if holder.part is not Part.GOVERNMENT:
        table["part"] = holder.part.value
    table |= {key: str(date) for key, date in (("from", holder.begins), ("to", holder.ends)) if date}
    return tomlkit.dumps({"holder": [table]})


def append_holder(path: Path, holder: Holder) -> None:
    """Writes the holder behind what `path` holds; a missing file and its folder are made, as private as modes.py says.

    Raises ConfigurationError where the file is no TOML, or writes its holders in a way that can't be added to.
    """
    if not path.parent.exists():
        path.parent.mkdir()
        path.parent.chmod(mode_of_new_folder(path.parent.parent))
    _append(path, "holder", [holder_toml(holder)])


def _append(path: Path, kind: str, tables: Sequence[str]) -> None:
    # As bytes, since reading as text would turn the line ends of an editor on Windows into others.
    text = path.read_bytes().decode() if path.exists() else ""
    standing = parse_toml(text, file=str(path))
    if isinstance(standing, Finding):
        raise ConfigurationError((standing,))
    end = "\r\n" if "\r\n" in text else "\n"
    behind = text if text.endswith("\n") or not text else text + end
    added = end.join(filter(None, (behind, *(table.replace("\n", end) for table in tables))))
    if isinstance(parse_toml(added, file=str(path)), Finding):
        message = f'nothing can be added to "{kind}" as it is written here; write each {kind} below a line [[{kind}]]'
        raise ConfigurationError((standing.finding((kind,), message),))
    replace_file(path, added)


def replace_file(path: Path, text: str) -> None:
    """Writes beside the file, then puts the new one in its place: a crash leaves the old one whole.

    Raises OSError where that can't be. A file that is marked read-only stays as it is, though its folder would let it be
    replaced, and root could write to it.
    """
    target = path.resolve()  # the file behind a symbolic link, so that the link stays
    standing = target.stat() if target.exists() else None
    if standing is not None and not (standing.st_mode & 0o222 and os.access(target, os.W_OK)):
        raise PermissionError(errno.EACCES, "it is read-only", str(path))
    handle, beside = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(beside).chmod(stat.S_IMODE(standing.st_mode) if standing else mode_of_new_file(target.parent))
        if standing is not None and os.geteuid() == 0:
            # Root edits the daemon's file: the daemon's user must be able to read it afterwards, too.
            os.chown(beside, standing.st_uid, standing.st_gid)
        Path(beside).replace(target)
    except OSError:
        Path(beside).unlink(missing_ok=True)
        raise
