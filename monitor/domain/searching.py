"""What a person types to find stories and items: words, "phrases", -words to leave out, and beginnings.

There is no mistake that can be made: whatever is no word is space, so that the index is never asked a question that it
can't read. Turning it into the index's own language is storage/fulltext.py's; here, too, is where in a text the words stand
that were found, for whoever shows it.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

LONGEST = 200
"""Characters of a query that are read."""
MOST_TERMS = 12
INDEXED = 2000
"""Characters of a title and of a summary whose words can be found."""
_SHORTEST_BEGINNING = 3
"""Letters. Fewer begin too many words to be worth the search."""
_PLACES_LOOKED_AT = 50

# A phrase may want its closing mark; a minus (or what a telephone makes of it) counts where it begins a word, so that
# "US-led" is one term.
_TERM = re.compile(r'(?P<without>(?<!\S)[-\u2013\u2212])?(?:"(?P<phrase>[^"]*)"?|(?P<plain>[^\s"]+))')
_WORD = re.compile(r"[^\W_]+")
_QUOTES = str.maketrans("“”„«»", '"""""')


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """Words that stand one after the other, as they were typed. `begins`: the last one may go on ("diplom" finds "diplomat")."""

    words: tuple[str, ...]
    begins: bool = False


@dataclass(frozen=True, kw_only=True)
class Search:
    """What is looked for: every term of `wanted`, and none of `unwanted`."""

    wanted: tuple[Term, ...] = ()
    unwanted: tuple[Term, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is wanted: words to leave out alone would find nearly everything."""
        return not self.wanted

    @cached_property
    def folded(self) -> tuple[Term, ...]:
        """The wanted terms, their words as words are compared."""
        return tuple(Term(words=tuple(map(fold, term.words)), begins=term.begins) for term in self.wanted)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A part of a text; `is_found` where it is what was looked for."""

    text: str
    is_found: bool = False


def read_search(typed: str) -> Search:
    """What is meant by what was typed. The last word may go on, as one is still typing; others where a star says so."""
    typed = unicodedata.normalize("NFC", typed[:LONGEST]).translate(_QUOTES)
    wanted: list[Term] = []
    unwanted: list[Term] = []
    for match in _TERM.finditer(typed):
        words = tuple(word.group() for word in _WORD.finditer(match["phrase"] or match["plain"] or ""))
        if not words or len(wanted) + len(unwanted) == MOST_TERMS:
            continue
        starred = match["plain"] is not None and match["plain"].endswith("*")
        still_typed = match["plain"] is not None and match["without"] is None and match.end() == len(typed.rstrip())
        begins = (starred or still_typed) and len(words[-1]) >= _SHORTEST_BEGINNING
        (wanted if match["without"] is None else unwanted).append(Term(words=words, begins=begins))
    return Search(wanted=tuple(dict.fromkeys(wanted)), unwanted=tuple(dict.fromkeys(unwanted)))


def fold(word: str) -> str:
    """A word as words are compared: in lower case, without accents."""
    if word.isascii():
        return word.lower()
    return "".join(sign for sign in unicodedata.normalize("NFD", word.lower()) if not unicodedata.combining(sign))


def found_share(search: Search, text: str) -> float:
    """Which share of the wanted terms stands in a text, from 0 to 1."""
    words = _WORD.findall(fold(text))
    return sum(next(_places(words, term), None) is not None for term in search.folded) / max(len(search.wanted), 1)


def marked(search: Search, text: str) -> tuple[Piece, ...]:
    """The whole text in pieces, those marked that were looked for."""
    pieces: list[Piece] = []
    end = 0
    for start, stop in _spans(search, text):
        if start > end:
            pieces.append(Piece(text=text[end:start]))
        pieces.append(Piece(text=text[start:stop], is_found=True))
        end = stop
    if end < len(text) or not text:
        pieces.append(Piece(text=text[end:]))
    return tuple(pieces)


def excerpt(search: Search, text: str, length: int) -> tuple[Piece, ...]:
    """About `length` characters of a text from where most of what was looked for stands, in pieces as of `marked`."""
    if len(text) <= length:
        return marked(search, text)
    spans = _spans(search, text[:INDEXED])
    first = max(
        (start for start, _ in spans[:_PLACES_LOOKED_AT]), key=lambda at: _within(spans, at, at + length), default=0
    )
    # Some words before it, so that it is read as part of a sentence.
    start = _word_start(text, max(0, min(first - length // 4, len(text) - length)))
    stop = _word_start(text, start + length) if start + length < len(text) else len(text)
    shown = ("… " if start else "") + text[start:stop].rstrip() + (" …" if stop < len(text) else "")
    return marked(search, shown)


def _spans(search: Search, text: str) -> list[tuple[int, int]]:
    """Where the wanted terms stand, in order and apart from each other."""
    found = list(_WORD.finditer(text))
    words = [fold(match.group()) for match in found]
    places = {place for term in search.folded for place in _places(words, term)}
    spans: list[tuple[int, int]] = []
    for start, end in sorted((found[first].start(), found[last].end()) for first, last in places):
        if spans and start < spans[-1][1]:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((start, end))
    return spans


def _places(words: Sequence[str], term: Term) -> Iterator[tuple[int, int]]:
    """The numbers of the first and the last word at each place where a term stands; all words are folded."""
    *whole, last = term.words
    for at, word in enumerate(words[len(whole) :]):
        if (word.startswith(last) if term.begins else word == last) and list(words[at : at + len(whole)]) == whole:
            yield at, at + len(whole)


def _within(spans: Sequence[tuple[int, int]], start: int, stop: int) -> int:
    return sum(start <= span[0] and span[1] <= stop for span in spans)


def _word_start(text: str, at: int) -> int:
    """The next place from which a word begins, at most 30 characters on."""
    space = text.find(" ", at - 1, at + 30) if at else -1
    return at if space == -1 else space + 1
