"""A watch that somebody is about to add: read as if it stood in watches.toml already, with all that is wrong with it.

Comes before write.py, which puts it there.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from monitor.domain.documents import Finding, FindingLevel
from monitor.domain.routing import Watch
from monitor.settings.files import Loaded
from monitor.settings.toml import parse_toml
from monitor.settings.watches import read_watches
from monitor.settings.write import watch_toml

_FILE = "the new watch"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The watch, its table in TOML, and what is wrong; `watch` is None where an error makes it unusable."""

    watch: Watch | None
    table: str
    warnings: tuple[str, ...]
    errors: tuple[str, ...]


def draft_watch(watch_id: str, values: Mapping[str, object], loaded: Loaded) -> Draft:
    """Reads a watch of these keys; groups, channels and feeds are those of the configuration."""
    table = watch_toml(watch_id, values)
    document = parse_toml(table, file=_FILE)
    if isinstance(document, Finding):  # what a shell lets through may be no text of TOML
        return Draft(watch=None, table=table, warnings=(), errors=(document.message,))
    read = read_watches((*loaded.watch_documents, document), loaded.around)
    found = [finding for finding in read.findings if finding.file == _FILE]
    return Draft(
        watch=next((watch for watch in read.watches if watch.id == watch_id), None),
        table=table,
        warnings=tuple(one.message for one in found if one.level is FindingLevel.WARNING),
        errors=tuple(one.message for one in found if one.level is FindingLevel.ERROR),
    )
