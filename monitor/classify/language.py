"""Which language a text is in, judged by the share of its most frequent function words.

Only languages that are configured are told apart; in any other the classifier stays silent.
"""

from collections.abc import Mapping
from typing import Protocol

from monitor.classify.tokens import Sentence

# A headline of ten words holds two or three function words; a text in another language holds hardly any.
_LEAST_SHARE = 0.1
_READ_AT_MOST = 600


class _HasWords(Protocol):
    @property
    def recognised_by(self) -> frozenset[str]: ...


class _Grammar(Protocol):
    @property
    def language(self) -> _HasWords: ...


def recognise(text: str, grammars: Mapping[str, _Grammar]) -> str:
    """The code of the language that fits best, or "" where none does. Reads the first 600 characters."""
    words = Sentence(text[:_READ_AT_MOST], 0).lower
    count = sum(word[0].isalpha() for word in words)
    if not count:
        return ""
    shares = {
        code: sum(word in grammar.language.recognised_by for word in words) / count
        for code, grammar in grammars.items()
    }
    best = max(shares, key=shares.__getitem__, default="")
    return best if best and shares[best] >= _LEAST_SHARE else ""
