"""Links as feeds give them: which may be followed, and when two of them lead to the same article.

Comes inside parse (`web_link`) and identity (`canonical`). Whether the program itself may connect somewhere is the
address policy's business.
"""

from urllib.parse import quote, urlsplit, urlunsplit

from monitor.feeds.text import without_forbidden

MAX_LINK_CHARACTERS = 2000

_DEFAULT_PORTS = {"http": 80, "https": 443}
# Parameters that say how a reader came to the article, or who the reader is; never which article it is.
_TRACKING = frozenset(
    {
        "fbclid",
        "gclid",
        "gclsrc",
        "dclid",
        "gbraid",
        "wbraid",
        "msclkid",
        "yclid",
        "twclid",
        "igshid",
        "mc_cid",
        "mc_eid",
        "_ga",
        "cmpid",
        "ocid",
        "smid",
        "ftag",
        "at_medium",
        "at_campaign",
        "at_custom1",
        "at_custom2",
        "at_custom3",
        "at_custom4",
        "phpsessid",
        "jsessionid",
        "sessionid",
    }
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


def canonical(link: str) -> str:
    """A text that is equal for links to the same article. For comparing only: it need not be an address.

    Ignored are http or https, the default port, a final slash, the fragment, the order of parameters, and parameters
    that only track readers.
    """
    parts = urlsplit(link)
    host = parts.hostname or ""
    port = "" if parts.port in (None, _DEFAULT_PORTS.get(parts.scheme)) else f":{parts.port}"
    # Servlet containers write the session into the path: /article;jsessionid=1A2B
    path = parts.path.partition(";jsessionid=")[0].rstrip("/")
    query = "&".join(sorted(pair for pair in parts.query.split("&") if pair and not _tracks(pair)))
    return f"{host}{port}{quote(path, safe='/%:@!$&()*+,;=~-._')}" + (f"?{query}" if query else "")


def _tracks(pair: str) -> bool:
    name = pair.partition("=")[0].lower()
    return name.startswith("utm_") or name in _TRACKING
