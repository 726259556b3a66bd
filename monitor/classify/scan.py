"""A scan: how far one pass over the tokens of a sentence has come, and what may be asked about the tokens around it.

The state that the chunker and its two readers of verbs share. It lives for one sentence. Which chunk a token begins is
their decision, not the scan's.
"""

from collections.abc import Mapping, Sequence

from monitor.classify.chunks import NOUN, VERB, Chunk, Kind
from monitor.classify.lexicon import Mention
from monitor.classify.tokens import Sentence
from monitor.classify.words import ARTICLES, BIT, Language

DASHES = "-‑"
PUNCTUATION = {",": "comma", "-": "dash", "–": "dash", "—": "dash", "|": "stop", ":": "stop", ";": "stop", "(": "stop", ")": "stop", ".": "stop", "?": "stop", "!": "stop", "/": "comma", "…": "stop"}  # fmt: skip
"""What a mark does: a comma or a stop ends a group, a dash may bind two names."""
_QUOTES = frozenset("'‘’")


class Scan:
    """One pass over the tokens."""

    __slots__ = ("chunks", "language", "lower", "mention_at", "noun", "sentence", "tags")

    def __init__(self, sentence: Sentence, mentions: Sequence[Mention], language: Language) -> None:
        self.sentence = sentence
        self.lower = sentence.lower
        self.language = language
        self.tags = language.tags_of(sentence.lower)
        for mention in mentions:
            for at in range(mention.first, mention.last):
                self.tags[at] = 0  # "Italy" is no adverb, "The Hague" has no article
        if not _QUOTES.isdisjoint(sentence.lower):
            for at, word in enumerate(sentence.lower):
                if word in _QUOTES and self.tags[at] and not self._closes_word(at):
                    self.tags[at] = 0  # a quotation mark, no "States'"
        self.mention_at = {mention.first: mention for mention in mentions if not self._has_prefix(mention)}
        self.chunks: list[Chunk] = []
        self.noun: Chunk | None = None

    def _closes_word(self, at: int) -> bool:
        """Whether an apostrophe is glued to a word in -s before it, with no word glued behind: "the envoys' return"."""
        before = at > 0 and self.sentence.ends[at - 1] == self.sentence.starts[at] and self.lower[at - 1].endswith("s")
        behind = at + 1 < len(self.lower) and self.sentence.ends[at] == self.sentence.starts[at + 1]
        opened = any(word in _QUOTES for word in self.lower[:at])
        return before and not behind and not opened

    def _has_prefix(self, mention: Mention) -> bool:
        """Whether a hyphen binds "anti", "pro" and their like to the name."""
        first = mention.first
        return first > 1 and self.lower[first - 1] in DASHES and self.lower[first - 2] in self.language.prefixes

    def grow(self, first: int, last: int) -> Chunk:
        """Adds tokens to the open noun group, which begins here where none is open."""
        if self.noun is None:
            self.noun = Chunk(NOUN, first, last)
            self.chunks.append(self.noun)
        else:
            self.noun.last = last
        return self.noun

    def close(self, kind: Kind, at: int, tag: int) -> None:
        """Adds a chunk of one token, which ends the noun group."""
        self.noun = None
        self.chunks.append(Chunk(kind, at, at + 1, tag))

    def add_verb(self, first: int, last: int, tag: int, main: int, entries: tuple[tuple[str, int], ...]) -> None:
        """Adds a verb group with the readings of its `main` verb, which ends the noun group."""
        bits = 0
        for _, more in entries:
            bits |= more
        self.noun = None
        self.chunks.append(Chunk(VERB, first, last, tag, lemmas=entries, main=main, bits=bits))

    def before(self, at: int) -> int | None:
        """The token before `at` that is no adverb and no quotation mark."""
        place = at - 1
        while place >= 0 and (
            (self.tags[place] & BIT["adverb"])
            or not (self.lower[place][0].isalnum() or self.lower[place] in PUNCTUATION)
        ):
            if self.tags[place] & BIT["possessive"]:
                return place
            place -= 1
        return place if place >= 0 else None

    def open_group(self) -> Chunk | None:
        """The noun group that is the last chunk so far, past groups of time: it may be the subject of what follows."""
        if self.noun is not None:
            return self.noun
        return self.chunks[-1] if self.chunks and self.chunks[-1].kind is NOUN else None

    def only_articles(self, noun: Chunk) -> bool:
        """Whether a noun group holds no noun yet."""
        return all(self.tags[at] & ARTICLES for at in range(noun.first, noun.last))

    def is_noun_like(self, at: int) -> bool:
        """Whether a name or a plain noun stands at `at`."""
        if at in self.mention_at:
            return True
        word = self.lower[at] if at < len(self.lower) else ""
        return (
            bool(word)
            and self.tags[at] == 0
            and word[0].isalnum()
            and (word not in self.language.verb_forms or word in self.language.also_nouns)
        )

    def is_hyphened(self, at: int) -> bool:
        """Whether a hyphen binds the word to another: "long-standing", "five-day", "cease-fire"."""
        if at > 1 and self.lower[at - 1] in DASHES and self.sentence.ends[at - 1] == self.sentence.starts[at]:
            return True
        after = at + 1
        return (
            after + 1 < len(self.lower)
            and self.lower[after] in DASHES
            and self.sentence.ends[at] == self.sentence.starts[after]
            and self.sentence.ends[after] == self.sentence.starts[after + 1]
        )

    def negation_before(self, at: int) -> int:
        """The negation right before a verb, past adverbs and pronouns that lean on it: "no la expulsó"."""
        place = at - 1
        while (
            place >= 0 and self.tags[place] & (BIT["adverb"] | BIT["clitic"]) and not self.tags[place] & BIT["negation"]
        ):
            place -= 1
        return self.tags[place] & BIT["negation"] if place >= 0 else 0

    def mention_ends(self) -> set[int]:
        """The last token of each mention."""
        return {mention.last - 1 for mention in self.mention_at.values()}

    def group_of(self, groups: Mapping[str, tuple[tuple[str, ...], ...]], at: int) -> int:
        """How many tokens one of the word groups takes at `at`, 0 where none stands there."""
        for rest in groups[self.lower[at]]:
            if self.lower[at + 1 : at + 1 + len(rest)] == rest:
                return 1 + len(rest)
        return 0
