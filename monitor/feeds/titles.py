"""What stands at the end of a feed's titles and tells nothing of the news: the section, the outlet.

"Fiji opens an embassy in Tonga | Pacific - The Desk" is news up to the bar. Endings are learned from whole documents and
cut off before classification only; the title is kept as it is. An aggregator's titles end in the name of whoever wrote
each of them, which makes the outlet. Pure; part of identity.
"""

import re
from collections import Counter
from collections.abc import Sequence

from monitor.domain.feeds import FeedEntry, ParsedFeed

# A dash, bar, dot or the like with a space to either side. The last one in a title parts it from its ending.
_SEPARATOR = re.compile(r"\s(?:[-–—|·•»/]|::|\|\|)\s")
_MOST_TITLES = 500
_FEWEST_TITLES = 5
"""How many titles a document must hold before their endings mean anything."""
_CONSTANT = 0.8
"""The part of them that must end alike."""
_OUTLETS = 0.9
_LONGEST_ENDING = 60
_LONGEST_OUTLET_WORDS = 6
_FEWEST_WORDS_LEFT = 2
_MOST_ENDINGS = 8


def learn_endings(parsed: ParsedFeed) -> tuple[str, ...]:
    """The endings that are constant in a document, each with its separator, the outermost first.

    That is what nearly all titles end in, and what is part of the feed's own title as soon as two of them end in it.
    """
    named = {part.strip().casefold() for part in _SEPARATOR.split(parsed.title or "")}
    titles = [entry.title for entry in parsed.entries[:_MOST_TITLES]]
    found: list[str] = []
    while len(found) < _MOST_ENDINGS:
        counted = Counter(ending for ending in map(_ending, titles) if ending)
        constant = [
            ending
            for ending, count in counted.items()
            if (len(titles) >= _FEWEST_TITLES and count >= _CONSTANT * len(titles))
            or (count > 1 and _words(ending).casefold() in named)
        ]
        if not constant:
            break
        found += constant
        titles = [_without(title, tuple(constant)) for title in titles]
    return tuple(found[:_MOST_ENDINGS])


def end_in_outlets(entries: Sequence[FeedEntry]) -> bool:
    """Whether a document's titles end in the names of several outlets, as an aggregator's do.

    They do where the entries' own sources say so, or where nearly all titles end in a few words behind a dash, some of
    them in the same.
    """
    sourced = sum(_names(entry) for entry in entries)
    if sourced > 1 and sourced >= len(entries) / 2:
        return True
    endings = [ending for ending in (_ending(entry.title) for entry in entries) if ending and _is_a_name(ending)]
    several = 1 < len(set(endings)) < len(endings)
    return several and len(entries) >= _FEWEST_TITLES * 2 and len(endings) >= _OUTLETS * len(entries)


def ending_of(entry: FeedEntry, endings: Sequence[str], *, outlets_at_end: bool) -> tuple[str, str | None]:
    """What to leave out at the end of a title, and the outlet that it names, if it names one.

    Something is always left to be read.
    """
    title, outlet = entry.title, None
    last = _ending(title)
    if last and (_names(entry) or (outlets_at_end and _is_a_name(last))):
        title, outlet = title.removesuffix(last), _words(last)
    title = _without(title, endings)
    return entry.title[len(title) :], outlet


def _without(title: str, endings: Sequence[str]) -> str:
    """The title without these endings, however many of them follow one another."""
    for _ in range(_MOST_ENDINGS):
        shorter = next((title.removesuffix(ending) for ending in endings if title.endswith(ending)), title)
        if shorter == title or not _says_enough(shorter):
            break
        title = shorter
    return title


def _ending(title: str) -> str | None:
    """The last separator of a title and what stands behind it, where enough is left before it."""
    start = max(len(title) - _LONGEST_ENDING, 0)
    separators = [found.start() for found in _SEPARATOR.finditer(title, start)]
    if not separators:
        return None
    return title[separators[-1] :] if _says_enough(title[: separators[-1]]) else None


def _says_enough(text: str) -> bool:
    return len(text.split(maxsplit=_FEWEST_WORDS_LEFT - 1)) == _FEWEST_WORDS_LEFT


def _words(ending: str) -> str:
    return _SEPARATOR.split(ending, maxsplit=1)[-1].strip()


def _names(entry: FeedEntry) -> bool:
    """Whether the title ends in the outlet that the entry itself states."""
    ending = _ending(entry.title)
    return bool(ending and entry.outlet and _words(ending).casefold() == entry.outlet.casefold())


def _is_a_name(ending: str) -> bool:
    words = _words(ending).split()
    return (
        ending[1] in "-–—|" and 0 < len(words) <= _LONGEST_OUTLET_WORDS and (words[0][0].isupper() or "." in words[0])
    )
