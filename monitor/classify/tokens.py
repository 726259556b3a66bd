"""Sentences and tokens, with their places in the text.

A token is a word, a number, an abbreviation with its points ("U.S.", "EE.UU."), a possessive "'s", or one punctuation
mark. Hyphens are tokens of their own, so that both names in "US-Venezuela talks" are found. Comes before the lexicon;
knows nothing of any language but the abbreviations it is given.
"""

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

# Points stay inside abbreviations of single letters (U.S., EE.UU.), inside numbers (1.5, 10,000) and behind titles, which
# the sentence splitter knows by name. Apostrophes stay inside words (O'Brien, won't) save for the possessive.
_TOKEN = re.compile(
    r"(?:[^\W\d_]{1,2}\.){2,}"
    r"|\d+(?:[.,:]\d+)*%?"
    r"|['’]s\b(?!\w)"
    r"|[^\W\d_]+(?:['’](?!s\b)[^\W\d_]+)*"
    r"|\w+"
    r"|[^\w\s]"
)
_BREAK = re.compile(r"(?<=[.!?…])[\"'”’»)\]]*\s+(?=[\"'“‘«¿¡(\[]*[\w])|\n+")
_LAST_WORD = re.compile(r"([^\s\"'“‘«(]+)$")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence: its text, where it starts in the whole text, and its tokens.

    `words` are as written, `lower` in lower case, `starts` and `ends` count code points of the whole text.
    """

    text: str
    start: int
    words: tuple[str, ...]
    lower: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]


def split_sentences(text: str, abbreviations: AbstractSet[str]) -> Iterator[tuple[int, str]]:
    """Yields (start, sentence). A full stop behind one of `abbreviations` (lower case, with its point) ends nothing."""
    start = 0
    for match in _BREAK.finditer(text):
        if "\n" not in match[0]:
            last = _LAST_WORD.search(text, start, match.start())
            word = last[1].lower() if last else ""
            # A single letter with a point is an initial ("John F. Kennedy"), several are an abbreviation ("U.S. officials").
            if word in abbreviations or (word.endswith(".") and len(word) == 2 and word[0].isalpha()):  # noqa: PLR2004 (one letter and its point)
                continue
            if "." in word[:-1] and word.endswith("."):
                continue
        if text[start : match.start()].strip():
            yield start, text[start : match.start()]
        start = match.end()
    if text[start:].strip():
        yield start, text[start:]


def tokenise(text: str, start: int) -> Sentence:
    """The tokens of one sentence that begins at `start` of the whole text."""
    words, starts, ends = [], [], []
    for match in _TOKEN.finditer(text):
        words.append(match[0])
        starts.append(start + match.start())
        ends.append(start + match.end())
    # "’s" and "'s" are one possessive: the typographic apostrophe is a matter of the printer.
    lower = tuple(word.lower().replace("’", "'") for word in words)
    return Sentence(text, start, tuple(words), lower, tuple(starts), tuple(ends))
