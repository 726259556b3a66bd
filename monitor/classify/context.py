"""What an article has said so far: whom "it" and "the two countries" mean in the next sentence.

Kept from sentence to sentence of one passage, and only as far as it is plain: one subject that acted, and a pair where
exactly two actors have been named.
"""

from dataclasses import dataclass

from monitor.classify.chunks import Kind, is_finite
from monitor.classify.frames import Frame, Party
from monitor.classify.phrases import NounSpec

_PAIR = 2


@dataclass(slots=True)
class Context:
    """Grows while a passage is read; never outlives it."""

    subject: Party | None = None
    """Who acted in the sentence before."""
    named: dict[str, Party] | None = None
    """Every actor named so far, by code."""

    @property
    def pair(self) -> tuple[Party, ...]:
        """The two actors of the article, where there are exactly two."""
        named = tuple((self.named or {}).values())
        return named if len(named) == _PAIR else ()

    def follow(self, frame: Frame) -> None:
        """Takes in a sentence that has been read."""
        named = self.named if self.named is not None else {}
        for index, piece in enumerate(frame.chunks):
            if piece.kind is Kind.NOUN and piece.mentions:
                for party in frame.parties((index,), NounSpec()):
                    named.setdefault(party.code, party)
        self.named = named
        verb = next((i for i, piece in enumerate(frame.chunks) if piece.kind is Kind.VERB and is_finite(piece)), None)
        if verb is not None:
            acting = [party for party in frame.parties(frame.subject_of(verb), NounSpec()) if party.acts]
            if acting:
                self.subject = acting[0] if len(acting) == 1 else None
