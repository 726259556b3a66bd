"""Chunks: noun groups, verb groups and the little words between them, as plain values.

What the chunker makes of a sentence, and what everything behind it reads: frames, phrases, status.
"""

from dataclasses import dataclass
from enum import IntEnum

from monitor.classify.lexicon import Mention
from monitor.classify.words import BIT, FORM


class Kind(IntEnum):
    """What a chunk is."""

    NOUN = 0
    VERB = 1
    PREPOSITION = 2
    AND = 3
    COMMA = 4
    OPENER = 5
    """Opens a clause: because, if, after ..."""
    RELATIVE = 6
    STOP = 7


# Chunks are asked for their kind all the time, and a member is reached through its class ten times as slowly (3.11).
NOUN, VERB, PREPOSITION, AND, COMMA, OPENER, RELATIVE, STOP = Kind


@dataclass(slots=True)
class Chunk:
    """Tokens `first` to `last` (exclusive) of a sentence."""

    kind: Kind
    first: int
    last: int
    tag: int = 0
    """The classes of the function words in it: the article of a noun group, the auxiliaries of a verb group."""
    mentions: tuple[Mention, ...] = ()
    owner_end: int = 0
    """Behind a possessive ("Venezuela's envoy"): the token at which the possessed begins, else 0."""
    lemmas: tuple[tuple[str, int], ...] = ()
    """Of a verb group: each reading of its main verb, with the bits of its forms."""
    main: int = 0
    """The token of the main verb."""
    bits: int = 0
    """All form bits of the main verb together."""

    @property
    def is_infinitive(self) -> bool:
        """A bare "to reopen", which in a headline speaks of the future; "reabrir"."""
        return bool(self.tag & BIT["to"]) or self.bits == FORM["infinitive"]

    @property
    def negated(self) -> bool:
        """Not, never, won't ..."""
        return bool(self.tag & BIT["negation"])
