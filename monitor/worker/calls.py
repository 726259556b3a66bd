"""What the daemon and its children name to each other: a job by its name, and what a classifier is compiled from.

Apart from jobs.py, which calls, and children.py, which answers, so that neither side imports what only the other needs.
"""

from dataclasses import dataclass
from importlib import import_module
from typing import Any

from monitor.domain.documents import TomlDocument
from monitor.domain.taxonomy import Taxonomy

CHILDREN = "monitor.worker.children"
"""The module of the jobs, by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassifierSource:
    """What a classifier is compiled from; it travels to each child once."""

    taxonomy: Taxonomy
    languages: tuple[TomlDocument, ...]
    patterns: tuple[TomlDocument, ...]
    actors: tuple[TomlDocument, ...]


@dataclass(frozen=True, slots=True)
class ThereCalled:
    """A function of `children.py` by its name, found where the call is made: in a child."""

    name: str

    def __call__(self, *arguments: Any) -> Any:
        """Calls it with these arguments."""
        return getattr(import_module(CHILDREN), self.name)(*arguments)
