"""A frame: one sentence in chunks, and what has been found out about it.

Comes behind the chunker. Other modules ask it questions, each of one kind: which noun chunks belong together (groups),
which verb stands over what (verbs), who is its subject (subjects), what the head of a noun chunk is (heads), and for whom
a noun chunk stands (naming, actors, parties). The matcher asks for one verb or noun at a time, so nothing is worked out
that no pattern needs.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from monitor.classify.chunks import Chunk
from monitor.classify.tokens import Sentence
from monitor.classify.words import Language
from monitor.domain.events import Part


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """A side as a noun group gives it. `acts` is False for people and things that merely belong to the actor."""

    code: str
    words: tuple[str, ...]
    first: int
    last: int
    """The name is tokens `first` to `last` (exclusive) of a sentence's `words`."""
    role: str | None
    part: Part
    acts: bool
    body: bool = False
    """Whether it is an organisation or armed group, not a state."""
    place: bool = False
    """Whether a place only says what a noun is about: "the Gaza plan", but not "Gaza's plan"."""
    person: bool = False
    """Whether a person is named: by name, or by the office."""
    office: str | None = None
    """The person's office, in lower case."""
    collective: bool = False
    """Whether a people is named, and nothing else: "Dutch expel envoy", "Danes shut embassy"."""

    @property
    def name(self) -> str:
        """The name as written, but for the spaces in it."""
        return joined(self.words[self.first : self.last])


class Before(Protocol):
    """What the sentences before have said (see context)."""

    def subject(self) -> Party | None:
        """Who acted in the sentence before."""

    def pair(self) -> tuple[Party, ...]:
        """The two actors that the article is about."""


Group = tuple[int, ...]
"""The indices of coordinated noun chunks: (3, 5) for "the US and Venezuela"."""


@dataclass(slots=True, eq=False)
class Frame:
    """One sentence to be asked about. It lives as long as its passage is read."""

    sentence: Sentence
    chunks: Sequence[Chunk]
    language: Language
    home: str | None = None
    """The state whose "Government" is meant where none is named."""
    context: Before | None = None
    # Answers that are asked for again and again, each kept by the module that finds it.
    subjects: dict[int, Group] = field(default_factory=dict)
    """Verb -> its subject (subjects)."""
    parts: dict[tuple[int, int], Part | None] = field(default_factory=dict)
    """(First token of a chunk, first token looked at) -> the part of a state that its nouns speak of (heads)."""
    acting: dict[int, tuple[Party, ...]] = field(default_factory=dict)
    """Noun chunk -> whom it stands for (actors)."""


def once(parties: Iterable[Party]) -> tuple[Party, ...]:
    """Each actor's first party, in order."""
    unique: dict[str, Party] = {}
    for party in parties:
        unique.setdefault(party.code, party)
    return tuple(unique.values())


def joined(words: Sequence[str]) -> str:
    """The text of a row of tokens, with its marks where they belong."""
    text = ""
    for word in words:
        glued = not text or word in "-–'’.," or word in ("'s", "’s") or text[-1] in "-–'’"
        text += word if glued else f" {word}"
    return text
