"""Who independently reports a story: outlets by their publisher, not by feed or edition, and agencies by credit (P9).

"BBC News", "BBC Mundo" and "bbc.com" are one voice; so are three papers that print one agency's text. Which publishers
print under several names is data (config/publishers.toml). Comes after the outlet of an item is known (feeds); `gather`
collects what is found here in `Story.publishers`.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from monitor.domain.feeds import NewsItem
from monitor.domain.publishers import Publisher

# Words at the end of an outlet's name that tell its editions apart, not its publisher.
_EDITIONS = frozenset(
    {"digital", "en", "english", "espanol", "feed", "internacional", "international", "latam", "mundo", "news"}
    | {"noticias", "online", "radio", "rss", "television", "tv", "world"}
)
# What may not be left alone once the edition is gone: "El Mundo" is a newspaper, not an edition of "El".
_ARTICLES = frozenset({"a", "al", "das", "der", "die", "el", "l", "la", "las", "le", "les", "los", "o", "the"})
_DOMAIN = re.compile(
    r"^(?:https?://)?(?:www\.)?(?P<name>[\w-]+(?:\.[\w-]+)*?)(?:\.(?:com?|org|net|gov|gob|int|edu|info))?\.[a-z]{2,}(?:/.*)?$"
)
# A credit stands in the first lines of a text or at the end of its title; further down, agencies are only talked about.
_CREDIT_WITHIN = 200
# A feed names the same few outlets in all of its items, and each report asks who stands behind them.
_OUTLETS_KEPT = 4096


class Voices:
    """Finds the independent publisher behind an outlet, or behind the credit that a text carries."""

    def __init__(self, publishers: Iterable[Publisher] = ()) -> None:
        self._known = {_key(name): one for one in publishers for name in one.names}
        self._by_id = {one.id: one for one in self._known.values()}
        agencies = [name for one in self._by_id.values() if one.agency for name in one.names]
        everyone = [name for one in self._by_id.values() for name in one.names]
        self._credit = _credits(agencies, everyone) if everyone else None

    def of_item(self, item: NewsItem) -> str:
        """Whose report this is: the agency or outlet that it credits, else the outlet itself, else its feed."""
        return self._credited(item) or self.of_outlet(item.outlet) or item.feed_id

    def agency_of(self, item: NewsItem) -> str | None:
        """What the publisher is called whose text an outlet prints under credit; None where it is the outlet's own."""
        credited = self._credited(item)
        return self._by_id[credited].names[0] if credited and credited != self.of_outlet(item.outlet) else None

    def of_outlet(self, outlet: str) -> str:
        """The publisher behind an outlet's name, as a key to compare; empty where the name holds no word.

        >>> voices = Voices([Publisher(id="isles", names=("Isles Herald", "The Reef Post"))])
        >>> voices.of_outlet("Reef Post Online"), voices.of_outlet("www.capewire.co.uk"), voices.of_outlet("Cape Wire TV")
        ('isles', 'capewire', 'cape wire')
        """
        for key in (_key(outlet), publisher_of(outlet)):
            if (publisher := self._known.get(key)) is not None:
                return publisher.id
        return publisher_of(outlet)

    def official_of(self, item: NewsItem) -> str | None:
        """The code of the state that speaks in this item; None where an outlet reports."""
        publisher = self._by_id.get(self.of_outlet(item.outlet))
        return publisher.official if publisher else None

    def _credited(self, item: NewsItem) -> str | None:
        if self._credit is None:
            return None
        for text in (item.title, item.summary[:_CREDIT_WITHIN]):
            if text and (found := self._credit.search(text)):
                name = next(group for group in found.groups() if group)
                return self._known[_key(name)].id
        return None


@lru_cache(_OUTLETS_KEPT)
def publisher_of(outlet: str) -> str:
    """The name of an outlet as a key to compare: lower case, no accents, no edition, no domain.

    >>> publisher_of("The Guardian"), publisher_of("BBC Mundo"), publisher_of("www.bbc.co.uk")
    ('guardian', 'bbc', 'bbc')
    """
    kept = _words(outlet)
    while len(kept) > 1 and kept[-1] in _EDITIONS and not _ARTICLES.issuperset(kept[:-1]):
        kept = kept[:-1]
    return " ".join(_without_article(kept))


@lru_cache(_OUTLETS_KEPT)
def _key(name: str) -> str:
    return " ".join(_without_article(_words(name)))


def _words(outlet: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", outlet).casefold().strip()
    plain = "".join(mark for mark in plain if not unicodedata.combining(mark))
    if domain := _DOMAIN.match(plain):
        plain = domain["name"].rpartition(".")[2]
    return re.findall(r"\w+", plain)


def _without_article(words: list[str]) -> list[str]:
    """English papers carry "The" or not, at will ("Guardian"); elsewhere the article is part of the name."""
    return words[1:] if len(words) > 1 and words[0] == "the" else words


def _credits(agencies: Iterable[str], everyone: Iterable[str]) -> re.Pattern[str]:
    """What a credit looks like. Case counts, since "AP" is an agency and "ap" is not.

    Agencies sign in brackets, in a dateline, or after a dash or colon at the end; any publisher is credited by a colon
    after its name at the start, or by "according to" and its like at the end.
    """
    agency, anyone = _any_of(agencies), _any_of(everyone)
    return re.compile(
        rf"\(({agency})\)|^({agency})(?:\.[-–—]|\s[-–—]\s)|(?:[-–—|/:]\s|[,.]\s)({agency})\.?$"
        rf"|^({anyone}):\s|\b(?i:according to|citing|told|as reported by|según|selon|laut|segundo)\s(?:the\s|la\s)?({anyone})\.?$"
        rf"|,\s({anyone})\s(?:says|reports|reported|reporta|informa|informó)\.?$"
    )


def _any_of(names: Iterable[str]) -> str:
    # The longest first, so that "AP News" is not read as "AP".
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True)) or r"(?!)"
