"""Who independently reports a story: outlets by their publisher, not by feed or edition (P9).

"BBC News", "BBC Mundo" and "bbc.com" are one voice; a story that all three carry has one publisher. Comes after the
outlet of an item is known (feeds); `gather` collects what is found here in `Story.publishers`.
"""

import re
import unicodedata

# Words at the end of an outlet's name that tell its editions apart, not its publisher.
_EDITIONS = frozenset(
    {"digital", "en", "english", "espanol", "feed", "internacional", "international", "latam", "mundo", "news"}
    | {"noticias", "online", "radio", "rss", "television", "tv", "world"}
)
# What may not be left alone once the edition is gone: "El Mundo" is a newspaper, not an edition of "El".
_ARTICLES = frozenset({"a", "al", "das", "der", "die", "el", "l", "la", "las", "le", "les", "los", "o", "the"})
# Agencies sign with their full name or with their initials; a small table, since no rule finds these.
_AGENCIES = {
    "associated press": "ap",
    "agence france presse": "afp",
    "agencia efe": "efe",
    "british broadcasting corporation": "bbc",
    "deutsche welle": "dw",
    "united press": "upi",
    "united press international": "upi",
    "thomson reuters": "reuters",
}
_DOMAIN = re.compile(
    r"^(?:https?://)?(?:www\.)?(?P<name>[\w-]+(?:\.[\w-]+)*?)(?:\.(?:com?|org|net|gov|gob|int|edu|info))?\.[a-z]{2,}(?:/.*)?$"
)


def publisher_of(outlet: str) -> str:
    """The publisher behind an outlet's name, as a key to compare: lower case, no accents, no edition, no domain.

    >>> publisher_of("The Guardian"), publisher_of("BBC Mundo"), publisher_of("www.bbc.co.uk")
    ('guardian', 'bbc', 'bbc')
    """
    plain = unicodedata.normalize("NFKD", outlet).casefold().strip()
    plain = "".join(mark for mark in plain if not unicodedata.combining(mark))
    if domain := _DOMAIN.match(plain):
        plain = domain["name"].rpartition(".")[2]
    words = re.findall(r"\w+", plain)
    if full := _AGENCIES.get(" ".join(_without_article(words))):
        return full
    kept = words
    while len(kept) > 1 and kept[-1] in _EDITIONS and not _ARTICLES.issuperset(kept[:-1]):
        kept = kept[:-1]
    kept = _without_article(kept)
    name = " ".join(kept)
    return _AGENCIES.get(name, name)


def _without_article(words: list[str]) -> list[str]:
    """English papers carry "The" or not, at will ("Guardian"); elsewhere the article is part of the name."""
    return words[1:] if len(words) > 1 and words[0] == "the" else words
