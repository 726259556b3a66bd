"""Adds feeds to an operator's feeds.toml, and changes nothing else in it.

Used by `relmon feeds import`. The text that stands there stays as it is, byte for byte: new tables go to its end.
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
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    added = text.rstrip("\n") + "\n" if text.strip() else ""
    for feed in feeds:
        table = {key: getattr(feed, key) for key in ("id", "title", "url", "group") if getattr(feed, key)}
        added += "\n" * bool(added) + tomlkit.dumps({"feed": [table]})
    for document in (parse_toml(text, file=str(path)), parse_toml(added, file=str(path))):
        if isinstance(document, Finding):
            raise ConfigurationError((document,))
    _replace(path, added)


def _replace(path: Path, text: str) -> None:
    """Writes beside the file, then puts the new one in its place: a crash leaves the old one whole."""
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o600
    target = path.resolve()  # the file behind a symbolic link, so that the link stays
    handle, beside = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(beside).chmod(mode)
        Path(beside).replace(target)
    except OSError:
        Path(beside).unlink(missing_ok=True)
        raise
