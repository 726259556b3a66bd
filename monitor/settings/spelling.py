"""Guesses at what a misspelt word was meant to be.

Apart from mistakes.py, since the documents of `relmon classify` are read without pydantic.
"""

import difflib
from collections.abc import Iterable


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`; did you mean "channels"?`, or nothing where no known word is near. Case doesn't count."""
    by_folded = {name.casefold(): name for name in known}
    near = difflib.get_close_matches(word.casefold(), by_folded, n=1, cutoff=0.6)
    return f'; did you mean "{by_folded[near[0]]}"?' if near else ""
