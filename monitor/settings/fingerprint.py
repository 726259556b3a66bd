"""A mark by which daemons that share a database tell whether they follow one configuration (R11).

What decides whom is told what counts: feeds, watches, channels, types, patterns, names, texts, severities. What belongs to
one machine (addresses, limits, the log) doesn't, nor do comments and the order of keys.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from monitor import __version__
from monitor.domain.documents import TomlDocument
from monitor.settings.entries import Entry
from monitor.settings.files import Loaded

_DIGITS = 12


def fingerprint(loaded: Loaded) -> str:
    """Twelve hexadecimal digits, the same on every machine that follows the same configuration in the same version."""
    mark = hashlib.sha256(__version__.encode())
    for part in _parts(loaded):
        mark.update(part.encode())
        mark.update(b"\0")
    return mark.hexdigest()[:_DIGITS]


def mark_of_reading(loaded: Loaded) -> str:
    """The same for whatever decides what is read in an item: types, patterns, names, languages, homes of feeds, the version."""
    documents = loaded.documents
    mark = hashlib.sha256(__version__.encode())
    for document in (*documents.patterns, *documents.actors, *documents.languages):
        mark.update(_named(document).encode())
    mark.update(_plain({name: repr(kind) for name, kind in documents.taxonomy.types.items()}).encode())
    mark.update(_plain({feed.id: feed.home for feed in (*loaded.feeds, *loaded.paused)}).encode())
    return mark.hexdigest()[:_DIGITS]


def _parts(loaded: Loaded) -> Iterator[str]:
    for entries in (loaded.feed_entries, loaded.watch_entries, loaded.channel_entries):
        yield _plain({id_: _values(entry) for id_, entry in entries.items()})
    documents = loaded.documents
    for kind in (documents.patterns, documents.actors, documents.languages, loaded.messages):
        for document in kind:
            yield _named(document)
    yield _plain([document.data.get("groups") for document in loaded.watch_documents])
    yield _plain({name: repr(kind) for name, kind in documents.taxonomy.types.items()})
    yield repr(documents.publishers)
    yield _plain(asdict(loaded.settings.severity))
    yield _plain(asdict(loaded.settings.alerts))


def _named(document: TomlDocument) -> str:
    file = Path(document.file)
    return f"{file.parent.name}/{file.name}\n{_plain(document.data)}"


def _values(entry: Entry) -> Mapping[str, Any]:
    return entry.values


def _plain(value: object) -> str:
    return json.dumps(value, sort_keys=True, default=str, ensure_ascii=False)
