"""What a run of `relmon reclassify` has come to: events by type, stories, and some examples of each kind. Pure."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import assert_never

from monitor.domain.rereading import Changed, Difference, Gained, Lost, Refined
from monitor.worker.rereading import Ledger, Reread

Key = tuple[str, str]
"""The kind of a difference ("gained", "lost", "changed", "refined") and the type of event that it is about."""


@dataclass(slots=True)
class Account:
    """Counts, and up to `most_examples` differences of each kind and type."""

    most_examples: int
    items: int = 0
    events: Counter[Key] = field(default_factory=Counter)
    kept: int = 0
    examples: dict[Key, list[Difference]] = field(default_factory=dict)
    _before: Counter[str] = field(default_factory=Counter)
    _became: dict[str, str] = field(default_factory=dict)

    def add(self, items: int, reread: Reread, ledger: Ledger) -> None:
        """Takes in what came of some items; `ledger` is that of these items alone."""
        self.items += items
        self.kept += len(reread.kept)
        for one in reread.found:
            key = key_of(one)
            self.events[key] += 1
            shown = self.examples.setdefault(key, [])
            if len(shown) < self.most_examples:
                shown.append(one)
        self.add_stories(ledger)

    def add_stories(self, ledger: Ledger) -> None:
        """Counts the stories of a ledger; one that was opened in an earlier transaction, and reported in this, was opened."""
        for story_id in ledger.opened:
            self._became[story_id] = "opened"
        for story_id in ledger.changed:
            self._became.setdefault(story_id, "changed")
        for story_id in ledger.emptied:
            self._became[story_id] = "emptied"

    @property
    def stories(self) -> Counter[str]:
        """How many stories were opened, changed and emptied."""
        return self._before + Counter(self._became.values())

    @property
    def counts(self) -> dict[str, int]:
        """All counts but those of items, flat, to be kept in the database until the run goes on."""
        return {
            "kept": self.kept,
            **{f"stories {name}": number for name, number in self.stories.items()},
            **{f"{kind} {type_id}": number for (kind, type_id), number in self.events.items()},
        }

    def go_on(self, items: int, counts: Mapping[str, int]) -> None:
        """Starts from what `counts` of an earlier process had come to."""
        self.items = items
        for name, number in counts.items():
            kind, _, of = name.partition(" ")
            if kind == "kept":
                self.kept = number
            elif kind == "stories":
                self._before[of] = number
            else:
                self.events[kind, of] = number


def key_of(one: Difference) -> Key:
    """Under which kind and type a difference is counted; what changes its type counts under the former one."""
    match one:
        case Gained(after=after):
            return "gained", after.event.type
        case Lost(before=before):
            return "lost", before.event.type
        case Changed(before=before):
            return "changed", before.event.type
        case Refined(before=before):
            return "refined", before.event.type
        case _:
            assert_never(one)
