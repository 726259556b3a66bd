"""Adds feeds to an operator's feeds.toml and office holders to actors.d, and changes nothing else there.

Used by `relmon feeds import` and `relmon actors add`. The text that stands there stays as it is, byte for byte: new tables go to its end.
"""

import os
import re
import tempfile
import unicodedata
import urllib.parse
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import tomlkit

from monitor.domain.documents import Finding, parse_toml
from monitor.domain.errors import ConfigurationError
from monitor.domain.events import Part
from monitor.settings.holders import Holder

_LONGEST_ID = 48


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFeed:
    """A feed to be added; `group` and `title` may be unknown."""

    id: str
    url: str
    title: str | None = None
    group: str | None = None


def feed_id(title: str | None, url: str, taken: Collection[str]) -> str:
    """A readable id from the title, else from the address's host; a number follows where it is taken already."""
    wanted = _slug(title or "") or _slug(urllib.parse.urlsplit(url).hostname or "") or "feed"
    candidate, number = wanted, 1
    while candidate in taken:
        number += 1
        candidate = f"{wanted}-{number}"
    return candidate


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain.replace("'", "")).removeprefix("www-")
    return words[:_LONGEST_ID].strip("-")


def append_feeds(path: Path, feeds: Sequence[NewFeed]) -> None:
    """Writes the feeds behind what `path` holds, all at once or not at all; a new file is private (0600).

    Raises ConfigurationError where the file is no TOML, or writes its feeds in a way that can't be added to.
    """
    tables = [
        {key: getattr(feed, key) for key in ("id", "title", "url", "group") if getattr(feed, key)} for feed in feeds
    ]
    _append(path, "feed", [tomlkit.dumps({"feed": [table]}) for table in tables])


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
    """Writes the holder behind what `path` holds; a missing file and its folder are made, for this user alone.

    Raises ConfigurationError where the file is no TOML, or writes its holders in a way that can't be added to.
    """
    path.parent.mkdir(mode=0o700, exist_ok=True)
    _append(path, "holder", [holder_toml(holder)])


def _append(path: Path, kind: str, tables: Sequence[str]) -> None:
    # As bytes, since reading as text would turn the line ends of an editor on Windows into others.
    text = path.read_bytes().decode() if path.exists() else ""
    standing = parse_toml(text, file=str(path))
    if isinstance(standing, Finding):
        raise ConfigurationError((standing,))
    added = "\n".join(filter(None, (text if text.endswith("\n") or not text else text + "\n", *tables)))
    if isinstance(parse_toml(added, file=str(path)), Finding):
        message = f'nothing can be added to "{kind}" as it is written here; write each {kind} below a line [[{kind}]]'
        raise ConfigurationError((standing.finding((kind,), message),))
    _replace(path, added)


def _replace(path: Path, text: str) -> None:
    """Writes beside the file, then puts the new one in its place: a crash leaves the old one whole."""
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o600
    target = path.resolve()  # the file behind a symbolic link, so that the link stays
    handle, beside = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(beside).chmod(mode)
        Path(beside).replace(target)
    except OSError:
        Path(beside).unlink(missing_ok=True)
        raise
