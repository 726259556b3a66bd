"""Who is meant by what a visitor writes into a form or an address: a code ("VEN"), or a name in any language ("venezuela").

Capitals and accents don't matter. Leaves the names themselves to the phrasebooks, which have them from the configuration.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from monitor.delivery.phrasebook import Phrasebook

_LIKENESS = 0.7
# Comparing takes the longer the longer a text is, and no name is nearly so long.
_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class ActorNames:
    """The codes of all actors by their names, as `folded` makes them."""

    codes: frozenset[str]
    by_name: Mapping[str, str]

    @classmethod
    def of(cls, books: Iterable[Phrasebook]) -> "ActorNames":
        """The names that stand in these phrasebooks, and those words for a state that mean no other one."""
        plain: dict[str, str] = {}
        words: defaultdict[str, set[str]] = defaultdict(set)
        for book in books:
            plain.update((folded(name), code) for code, name in book.short_names.items())
            plain.update((folded(code), code) for code in book.short_names)
            for code, word in book.state_words:
                words[folded(word)].add(code)
        clear = {word: min(codes) for word, codes in words.items() if len(codes) == 1}
        return cls(codes=frozenset(plain.values()), by_name=clear | plain)

    def code_of(self, written: str) -> str | None:
        """The code of whoever is meant; None where nobody is called so."""
        return self.by_name.get(folded(written))

    def near(self, written: str, count: int) -> tuple[str, ...]:
        """The codes of those whose names come nearest, the nearest first; at most `count`, and perhaps none."""
        if len(written) > _LONGEST_NAME:
            return ()
        names = get_close_matches(folded(written), self.by_name, n=4 * count, cutoff=_LIKENESS)
        return tuple(dict.fromkeys(self.by_name[name] for name in names))[:count]


def folded(name: str) -> str:
    """A name in small letters, without accents, with single spaces: by what it is looked up, and sorted among others."""
    apart = unicodedata.normalize("NFKD", " ".join(name.split()).casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))
