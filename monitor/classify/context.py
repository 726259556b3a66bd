"""What an article has said so far: whom "it" and "the two countries" mean in the next sentence.

Kept from sentence to sentence of one passage, and only as far as it is plain: one subject that acted, and a pair where
exactly two actors have been named. Nothing is worked out until a sentence asks.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from monitor.classify.actors import actors_of
from monitor.classify.chunker import chunk
from monitor.classify.chunks import NOUN, VERB
from monitor.classify.frames import Frame, Party
from monitor.classify.lexicon import Mention
from monitor.classify.subjects import subject_of
from monitor.classify.tokens import Sentence
from monitor.classify.verbs import is_finite
from monitor.classify.words import BIT, Language

_PAIR = 2
# A pronoun that stands for somebody of the sentence before stands among the first words.
_HEAD = 5


@dataclass(slots=True)
class _Before:
    """A sentence before; parsed only if somebody asks, since most sentences hold nothing to read."""

    sentence: Sentence
    mentions: Sequence[Mention]
    language: Language
    frame: Frame | None = None

    def parsed(self) -> Frame:
        if self.frame is None:
            self.frame = Frame(self.sentence, chunk(self.sentence, self.mentions, self.language), self.language)
        return self.frame


@dataclass(slots=True)
class Context:
    """Grows while a passage is read; never outlives it."""

    codes: set[str] = field(default_factory=set)
    """Every actor named so far."""
    last: _Before | None = None
    """The sentence before."""
    sentences: list[_Before] = field(default_factory=list)
    """Those that named somebody."""

    def meant_by(self, sentence: Sentence, present: AbstractSet[str], language: Language) -> int:
        """How many actors a sentence may mean without naming them: by "the two countries", or by a pronoun near its head."""
        if not self.codes:
            return 0
        if len(self.codes) == _PAIR and not language.pairs.keys().isdisjoint(present):
            return _PAIR
        return int(
            self.last is not None
            and any(language.tags.get(word, 0) & BIT["pronoun"] for word in sentence.lower[:_HEAD])
        )

    def pass_over(self, sentence: Sentence, mentions: Sequence[Mention], language: Language) -> None:
        """Takes in a sentence that holds nothing to read."""
        self.codes.update(mention.code for mention in mentions)
        self.last = _Before(sentence, mentions, language)
        if mentions:
            self.sentences.append(self.last)

    def follow(self, frame: Frame) -> None:
        """Takes in a sentence that has been read."""
        self.codes.update(mention.code for piece in frame.chunks for mention in piece.mentions)
        self.last = _Before(frame.sentence, (), frame.language, frame)
        self.sentences.append(self.last)

    def subject(self) -> Party | None:
        """Who acted in the sentence before, if it was one."""
        if self.last is None:
            return None
        frame = self.last.parsed()
        verb = next((i for i, piece in enumerate(frame.chunks) if piece.kind is VERB and is_finite(piece)), None)
        acting = [p for p in actors_of(frame, subject_of(frame, verb)) if p.acts] if verb is not None else []
        return acting[0] if len(acting) == 1 else None

    def pair(self) -> tuple[Party, ...]:
        """The two actors of the article, where there are exactly two."""
        if len(self.codes) != _PAIR:
            return ()
        found: dict[str, Party] = {}
        for frame in (before.parsed() for before in self.sentences):
            for index, piece in enumerate(frame.chunks):
                if piece.kind is NOUN and piece.mentions:
                    for party in actors_of(frame, (index,)):
                        found.setdefault(party.code, party)
        return tuple(found.values()) if len(found) == _PAIR else ()

    def frozen(self) -> "Context":
        """What was known before the next sentence."""
        return Context(set(self.codes), self.last, list(self.sentences))
