"""Sentences and tokens, with their places in the text.

A token is a word, a number, an abbreviation with its points ("U.S.", "EE.UU."), a possessive "'s", or one punctuation
mark. Hyphens are tokens of their own, so that both names in "US-Venezuela talks" are found. Comes before the lexicon;
knows nothing of any language but the abbreviations it is given.
"""

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet

# Points stay inside abbreviations of single letters (U.S., EE.UU.), inside numbers (1.5, 10,000) and behind titles, which
# the sentence splitter knows by name. Apostrophes stay inside words (O'Brien, won't) save for the possessive.
_TOKEN = re.compile(
    r"[a-zA-Z]++(?=[ ,])|,"  # nothing new: what most tokens are comes first, which saves a quarter of the time
    r"|(?:[^\W\d_]{1,2}\.){2,}"
    r"|\d+(?:[.,:]\d+)*%?"
    r"|['’][sS]\b"
    r"|[^\W\d_]+(?:['’](?![sS]\b)[^\W\d_]+)*"
    r"|\w+"
    r"|[^\w\s]"
)
# The mark that ends a sentence belongs to it; what closes a quotation and the space behind belong to none.
_BREAK = re.compile(r"[.!?…][\"'”’»)\]]*\s+(?=[\"'“‘«¿¡(\[]*[\w])|\n+")
_OPENING = "\"'“‘«("
QUOTES = frozenset("\"'“”‘’«»")


# Below so many words nothing is said of capitals; above it, this share of them makes a title in title case.
_SHORT = 3
_MOST = 0.7


class Sentence:
    """One sentence: its text, where it starts in the whole text, and its tokens.

    `words` are as written, `lower` in lower case with straight apostrophes. `starts` and `ends` count code points of the
    whole text; they are worked out when they are first asked for, which most sentences never are.
    """

    __slots__ = ("_ends", "_starts", "_title_case", "lower", "start", "text", "words")

    def __init__(self, text: str, start: int) -> None:
        self.text = text
        self.start = start
        self.words: tuple[str, ...] = tuple(_TOKEN.findall(text))
        lower = tuple(map(str.lower, self.words))
        self.lower: tuple[str, ...] = tuple([word.replace("’", "'") for word in lower]) if "’" in text else lower
        self._title_case: bool | None = None
        self._starts: tuple[int, ...] | None = None
        self._ends: tuple[int, ...] = ()

    @property
    def is_title_case(self) -> bool:
        """Whether a title capitalises most of its words, so that a capital tells no name."""
        if self._title_case is None:
            words = [word for word in self.words if word.isalpha()]
            capitals = sum(word[0].isupper() for word in words)
            self._title_case = len(words) > _SHORT and capitals > _MOST * len(words)
        return self._title_case

    @property
    def starts(self) -> tuple[int, ...]:
        """Where each token starts in the whole text."""
        if self._starts is None:
            self._starts, self._ends = self._places()
        return self._starts

    @property
    def ends(self) -> tuple[int, ...]:
        """Where each token ends in the whole text (exclusive)."""
        return self._ends if self.starts else ()

    def _places(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        starts, ends, place, find = [], [], 0, self.text.find
        for word in self.words:
            begin = find(word, place)  # nothing but space stands between two tokens
            place = begin + len(word)
            starts.append(self.start + begin)
            ends.append(self.start + place)
        return tuple(starts), tuple(ends)


def split_sentences(text: str, abbreviations: AbstractSet[str]) -> Iterator[tuple[int, str]]:
    """Yields (start, sentence). A full stop behind one of `abbreviations` (lower case, with its point) ends nothing."""
    start = 0
    for match in _BREAK.finditer(text):
        mark = match[0][0]
        end = match.start() if mark == "\n" else match.start() + 1
        if mark == "." and "\n" not in match[0]:
            begins = text.rfind(" ", start, end) + 1
            word = text[max(begins, start) : end].lstrip(_OPENING).lower()
            # A single letter with a point is an initial ("John F. Kennedy"), several are an abbreviation ("U.S. officials").
            if word in abbreviations or (len(word) == 2 and word[0].isalpha()) or "." in word[:-1]:  # noqa: PLR2004 (one letter and its point)
                continue
        sentence = text[start:end]
        if sentence and not sentence.isspace():
            yield start, sentence
        start = match.end()
    if text[start:].strip():
        yield start, text[start:]
