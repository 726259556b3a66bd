"""What differs between two configurations, by the names that an operator gave: for the log of a reload.

Pure. The words of languages and alerts ship with the program, so that only a restart brings others. Both were read by files.py; what is done about a difference is decided in worker/reload.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from monitor.domain.documents import TomlDocument
from monitor.settings.files import Loaded
from monitor.settings.process import NEEDS_RESTART, Settings, setting_keys, value_of

_MOST_NAMED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What is new, gone or different of one kind, each by its name and sorted."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What differs, by kind: "feeds", "watches", "channels", "patterns" and so on. Kinds without a difference are left out."""

    kinds: Mapping[str, Difference]

    def __bool__(self) -> bool:
        return bool(self.kinds)

    def of(self, kind: str) -> Difference:
        """The difference of one kind, which may be none."""
        return self.kinds.get(kind, Difference())

    def fields(self) -> dict[str, list[str]]:
        """The same as fields of a log line, as "feeds_added"; of many names only the first are given."""
        return {
            f"{kind}_{what}": _first(names)
            for kind, difference in self.kinds.items()
            for what, names in (
                ("added", difference.added),
                ("removed", difference.removed),
                ("changed", difference.changed),
            )
            if names
        }


def changes(before: Loaded, after: Loaded) -> Changes:
    """What differs in `after`. Comments, the order of keys and whatever else has no effect don't count."""
    kinds = dict(_kinds(before, after))
    return Changes(kinds={kind: one for kind, one in kinds.items() if one != Difference()})


def needing_restart(started: Settings, wanted: Settings) -> tuple[str, ...]:
    """The settings, as "section.key", whose wanted value counts only after a restart."""
    return tuple(sorted(key for key in NEEDS_RESTART if value_of(started, key) != value_of(wanted, key)))


def _kinds(before: Loaded, after: Loaded) -> Iterator[tuple[str, Difference]]:
    yield "feeds", _difference(_feeds(before), _feeds(after))
    yield "watches", _difference(_by_id(before.watches), _by_id(after.watches))
    yield "channels", _difference(_by_id(before.channels), _by_id(after.channels))
    old, new = before.documents, after.documents
    yield "types", _difference(old.taxonomy.types, new.taxonomy.types)
    yield "patterns", _difference(_patterns(old.patterns), _patterns(new.patterns))
    yield "actors", _difference(_actors(old.actors), _actors(new.actors))
    yield "publishers", _difference(_by_id(old.publishers), _by_id(new.publishers))
    yield "settings", _difference(_settings(before), _settings(after))


def _difference(before: Mapping[str, object], after: Mapping[str, object]) -> Difference:
    return Difference(
        added=tuple(sorted(after.keys() - before.keys())),
        removed=tuple(sorted(before.keys() - after.keys())),
        changed=tuple(sorted(name for name in before.keys() & after.keys() if before[name] != after[name])),
    )


def _feeds(loaded: Loaded) -> dict[str, object]:
    """Each feed, and whether it is paused: one that is only paused has changed, but isn't gone."""
    active: dict[str, object] = {feed.id: (feed, "polled") for feed in loaded.feeds}
    return active | {feed.id: (feed, "paused") for feed in loaded.paused}


def _by_id(values: Iterable[Any]) -> dict[str, object]:
    return {value.id: value for value in values}


def _patterns(documents: Iterable[TomlDocument]) -> dict[str, object]:
    """The patterns by id; those without one share the name of their language and type."""
    found: dict[str, list[object]] = {}
    for document in documents:
        language = Path(document.file).parent.name
        for entry in document.data.get("pattern", ()):
            found.setdefault(entry.get("id", f"{language}/{entry.get('type')}"), []).append(entry)
    return dict(found)


def _actors(documents: Iterable[TomlDocument]) -> dict[str, object]:
    """What all documents say of an actor, by its code."""
    found: dict[str, list[object]] = {}
    for document in documents:
        for key, value in document.data.items():
            found.setdefault(key, []).append(value)
    return dict(found)


def _settings(loaded: Loaded) -> dict[str, object]:
    return {key: value_of(loaded.settings, key) for key in setting_keys()}


def _first(names: tuple[str, ...]) -> list[str]:
    left = len(names) - _MOST_NAMED
    return [*names[:_MOST_NAMED], *([f"and {left} more"] if left > 0 else [])]
