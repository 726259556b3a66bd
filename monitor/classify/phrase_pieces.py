"""Pieces: the parts of a phrase as an operator wrote it, before grammar is read into them.

A side, or alternatives that are words and sets. The parser comes next (phrase_parser).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from monitor.classify.phrases import Role
from monitor.classify.words import Language

_PIECE = re.compile(
    r"\{(?P<role>\w+)(?::(?P<kind>\w+))?\}|@(?P<set>[\w-]+)|\((?P<group>[^()]*)\)"
    r"|(?P<word>[^\s(){}@|]+(?:\|[^\s(){}@|]+)*)|(?P<odd>\S)"
)
# Fits every noun group: "name @any as @envoy".
ANY_NOUN = "any"
PERSON = "person"
ACTOR = "actor"
BODY = "body"
STATE = "state"


class PhraseError(ValueError):
    """A phrase can't be understood; `column` (from 1) is where in the phrase."""

    def __init__(self, message: str, column: int) -> None:
        super().__init__(message)
        self.column = column


@dataclass(frozen=True, slots=True)
class Option:
    """One alternative of a piece: words, or the name of a set."""

    words: tuple[str, ...]
    is_set: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """One part of a phrase: a side, or alternatives that are words and sets."""

    options: tuple[Option, ...]
    column: int
    role: Role | None = None
    office: str | None = None
    has_set: bool = False

    @property
    def is_words(self) -> bool:
        """Whether it holds words alone, so that it may be a verb or a preposition."""
        return self.role is None and not self.has_set

    @property
    def singles(self) -> tuple[str, ...]:
        """The alternatives of one word."""
        return tuple(option.words[0] for option in self.options if len(option.words) == 1)

    def __str__(self) -> str:
        if self.role is not None:
            return f"{{{self.role}}}"
        words = (f"@{option.words[0]}" if option.is_set else " ".join(option.words) for option in self.options)
        return "|".join(f"({word})" if " " in word else word for word in words)


def read_pieces(text: str, language: Language) -> tuple[Piece, ...]:
    """The parts of a phrase. Raises PhraseError."""
    return tuple(_pieces(text, language))


def _pieces(text: str, language: Language) -> Iterator[Piece]:
    """The parts of a phrase; alternatives that stand side by side ("a|(b c)|@d") become one piece."""
    joined = re.sub(r"\s*\|\s*", "|", text)
    place = 0
    while place < len(joined):
        if joined[place] == " ":
            place += 1
            continue
        column = place + 1
        options: list[Option] = []
        while True:
            match = _PIECE.match(joined, place)
            if match is None or match["odd"]:
                raise PhraseError(f"'{joined[place]}' has no meaning here", place + 1)
            if match["role"] is not None:
                yield _side(match, language)
                break
            options += _options(match, language)
            if joined[match.end() : match.end() + 1] != "|":
                yield Piece(tuple(options), column, has_set=any(option.is_set for option in options))
                break
            place = match.end() + 1
        place = match.end()


def _side(match: re.Match[str], language: Language) -> Piece:
    if match["role"] not in tuple(Role):
        raise PhraseError(f"{{{match['role']}}} is no side; write {{source}} or {{target}}", match.start() + 1)
    kind = match["kind"]
    if kind not in (None, PERSON, ACTOR, BODY, STATE) and kind not in language.sets:
        raise PhraseError(
            f"a side may be a ':{PERSON}', a ':{BODY}', a ':{STATE}', an ':{ACTOR}' or a word set of offices, not a ':{kind}'",
            match.start() + 1,
        )
    return Piece((), match.start() + 1, Role(match["role"]), kind)


def _options(match: re.Match[str], language: Language) -> list[Option]:
    if match["set"] is not None:
        if match["set"] != ANY_NOUN and match["set"] not in language.sets:
            known = ", ".join(f"@{name}" for name in sorted(language.sets))
            raise PhraseError(f"there is no word set @{match['set']}; there are {known}", match.start() + 1)
        return [Option((match["set"],), is_set=True)]
    source = match["group"] if match["group"] is not None else match["word"]
    options = [Option(tuple(option.split())) for option in source.split("|") if option.split()]
    if not options:
        raise PhraseError("a pair of brackets is empty", match.start() + 1)
    return options


def is_class(piece: Piece, classes: int, language: Language) -> bool:
    """Whether every option of a piece is a function word of one of these classes."""
    return piece.is_words and all(
        len(option.words) == 1 and language.tags.get(option.words[0], 0) & classes for option in piece.options
    )
