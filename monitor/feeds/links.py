"""Links as feeds give them: which may be followed, and when two of them lead to the same article.

Comes inside parse (`web_link`) and identity (`canonical`). Whether the program itself may connect somewhere is the
address policy's business. Which parameters track readers is courlan's knowledge; what a feed's own parameters are worth
is learned from its documents (identity.py).
"""

import re
from collections.abc import Collection
from functools import lru_cache
from urllib.parse import SplitResult, quote, urljoin, urlsplit, urlunsplit

from monitor.feeds.text import without_forbidden

MAX_LINK_CHARACTERS = 2000

_DEFAULT_PORTS = {"http": 80, "https": 443}
# Hosts of one article: the usual one, the one for telephones, the one for AMP. A host needs two labels to stay.
_VARIANT_HOST = re.compile(r"(?:(?:www\d?|m|mobile|amp)\.)+(?=[^.]+\.)")
# /amp/world/talks, /world/talks/amp, /world/talks.amp.html, /world/talks.amp
_AMP_PATH = re.compile(r"^/amp(?=/.)|/amp$|\.amp(?=\.html?$)|\.amp$", re.IGNORECASE)
_MOST_PARAMETERS = 15
"""A link with more of them is no article's, and is compared as it stands."""

_LONGEST_PARAMETER = 40
_MAY_BE_AMP = re.compile(r"\bamp", re.IGNORECASE)
_AMP_PARAMETERS = frozenset({"amp", "amp=1", "amp=true", "outputtype=amp", "output=amp"})
# https://developers.google.com/amp/cache/overview: the address of the article stands in the path.
_AMP_CACHE = re.compile(
    r"(?:[\w-]{1,200}\.cdn\.ampproject\.org/[cv]|www\.google\.[a-z.]{2,6}/amp)/(s/)?(.+)", re.IGNORECASE
)


def web_link(text: str) -> str | None:
    """`text` as an http or https address without user info, or None where it is none.

    What is left out: user info (it makes one site look like another), and characters that a browser would drop.
    """
    link = without_forbidden(text).replace(" ", "%20")
    try:
        parts = urlsplit(link)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme not in _DEFAULT_PORTS or not host or "\\" in link or len(link) > MAX_LINK_CHARACTERS:
        return None
    place = f"[{host}]" if ":" in host else host
    return urlunsplit(parts._replace(netloc=place if port is None else f"{place}:{port}"))


def absolute_link(base: str, reference: str) -> str | None:
    """`reference`, seen from the document at `base`, as `web_link` gives it; None for an empty one, too."""
    try:
        return web_link(urljoin(base, reference.strip())) if reference else None
    except ValueError:
        return None


def canonical(link: str, ignored: Collection[str] = ()) -> str:
    """A text that is equal for links to the same article. For comparing only: it need not be an address.

    Takes what `web_link` made. Left aside are http or https, the default port, variants for telephones and AMP, a final
    slash, the fragment, the order of parameters, parameters that only track readers, and those `ignored` by name.
    """
    return _canonical(link, frozenset(ignored))


# An entry's link is compared three times while its document is read: as such, as its guid, and for what it teaches.
@lru_cache(maxsize=1000)
def _canonical(link: str, ignored: frozenset[str]) -> str:
    parts = urlsplit(link)
    if _MAY_BE_AMP.search(link):
        parts = _unwrapped(parts)
        parts = parts._replace(path=_AMP_PATH.sub("", parts.path.rstrip("/")))
    host = _VARIANT_HOST.sub("", parts.hostname or "", count=1)
    port = "" if parts.port in (None, _DEFAULT_PORTS.get(parts.scheme)) else f":{parts.port}"
    # Servlet containers write the session into the path: /article;jsessionid=1A2B
    path = parts.path.partition(";jsessionid=")[0].rstrip("/")
    pairs = sorted(filter(None, parts.query.split("&")))
    if len(pairs) <= _MOST_PARAMETERS:
        pairs = [pair for pair in pairs if not _is_aside(pair, ignored)]
    query = "&".join(pairs)
    return f"{host}{port}{quote(path, safe='/%:@!$&()*+,;=~-._')}" + (f"?{query}" if query else "")


def differing_parameters(one: str, other: str) -> frozenset[str]:
    """The names of the parameters in which two links to one place differ; none where they lead to different places."""
    first, second = urlsplit(one), urlsplit(other)
    if (first.hostname, first.path) != (second.hostname, second.path):
        return frozenset()
    differing = set(first.query.split("&")) ^ set(second.query.split("&"))
    return frozenset(pair.partition("=")[0] for pair in differing if pair)


def _unwrapped(parts: SplitResult) -> SplitResult:
    """The address of the article where these parts are that of its copy in Google's AMP cache."""
    wrapped = _AMP_CACHE.fullmatch(f"{parts.hostname}{parts.path}")
    if wrapped is None:
        return parts
    try:
        inner = urlsplit(f"{'https' if wrapped[1] else 'http'}://{wrapped[2]}")
        return inner._replace(query=parts.query) if inner.port is None and inner.hostname else parts
    except ValueError:
        return parts


def _is_aside(pair: str, ignored: Collection[str]) -> bool:
    name = pair.partition("=")[0]
    known = name in ignored or pair.lower() in _AMP_PARAMETERS
    return known or (len(name) <= _LONGEST_PARAMETER and _tracks(name))


@lru_cache(maxsize=1000)
def _tracks(name: str) -> bool:
    # Imported where a link first has a parameter: with Babel behind it, it takes 0.2 s and 16 MB.
    from courlan.clean import clean_query  # noqa: PLC0415

    return not clean_query(f"{quote(name)}=1")
