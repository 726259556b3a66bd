"""A reading: one pattern that fits a sentence, with who fills which side."""

from dataclasses import dataclass

from monitor.classify.frames import Party
from monitor.classify.grammar import Pattern
from monitor.domain.taxonomy import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One pattern that fits, and which tokens it rests on."""

    pattern: Pattern
    sources: tuple[Party, ...]
    targets: tuple[Party, ...]
    used: frozenset[int]
    index: int
    """The chunk of its verb or noun."""
    status: Status
    mention: bool
    object: str | None = None
    """The name of the thing or person that it was done to, where the pattern keeps it."""
    nominal: bool = False
    borrowed_from: int | None = None
    """The token of the verb whose subject a noun group took for its own side."""
    refused: bool = False
    ended: bool = False
    """Whether the deed's own verb says that it came to nothing."""

    @property
    def rank(self) -> tuple[int, bool, int, int]:
        """The better of two readings of one word has more sides, is news, fits a fuller phrase, rests on more words."""
        sides = bool(self.sources) + bool(self.targets)
        return (sides, not self.mention, self.pattern.phrase.specificity, len(self.used))
