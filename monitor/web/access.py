"""Who may see the pages: whoever knows the token, or comes through a trusted proxy that says who they are (S8).

Pure, apart from comparing: what a request carries comes in, a verdict goes out. The form by which a browser signs in once is
signin.py's.
"""

import base64
import datetime as dt
import hashlib
import hmac
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

from starlette.datastructures import Headers

COOKIE = "relmon_session"
SESSION_LASTS = dt.timedelta(days=30)
_LONGEST_CREDENTIAL = 4_000
# What a proxy adds: a request with any of these comes from elsewhere, though the proxy is on this machine.
_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip")


class Verdict(Enum):
    """What a request may do."""

    GRANTED = auto()
    SIGN_IN = auto()
    """There is a token, and the request doesn't show it."""
    CLOSED = auto()
    """Others can reach this address, and nothing says who they are: neither token nor proxy is configured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Who may see the pages.

    `token` is None where none is set; `is_local`: served on this machine's own address under its own names alone, so that
    whoever asks is here. `proxy_header` names the header in which the proxies at `proxies` say who asks; empty: none does.
    """

    token: str | None = field(default=None, repr=False)
    is_local: bool = True
    proxy_header: str = ""
    proxies: Sequence[ipaddress.IPv4Network | ipaddress.IPv6Network] = ()

    def verdict(self, headers: Headers, cookie: str | None, client: str | None, now: dt.datetime) -> Verdict:
        """What a request with these headers and this session cookie, from that address, may do."""
        if self._comes_by_proxy(headers, client):
            return Verdict.GRANTED
        if self.token is None:
            comes_from_here = self.is_local and not self.proxy_header and not any(one in headers for one in _FORWARDED)
            return Verdict.GRANTED if comes_from_here else Verdict.CLOSED
        shown = _credential(headers.get("authorization", ""))
        if (shown is not None and self.knows(shown)) or (cookie is not None and self._is_session(cookie, now)):
            return Verdict.GRANTED
        return Verdict.SIGN_IN

    def knows(self, shown: str) -> bool:
        """Whether that is the token."""
        return self.token is not None and hmac.compare_digest(shown.encode(), self.token.encode())

    def session(self, now: dt.datetime) -> str:
        """A session cookie for whoever has just shown the token. It ends by itself, and with every change of the token."""
        ends = str(int((now + SESSION_LASTS).timestamp()))
        return f"{ends}.{self._seal(ends)}"

    def _is_session(self, cookie: str, now: dt.datetime) -> bool:
        ends, _, seal = cookie.partition(".")
        if not ends.isascii() or not ends.isdigit() or len(ends) > len("99999999999"):
            return False
        return hmac.compare_digest(seal.encode(), self._seal(ends).encode()) and int(ends) > now.timestamp()

    def _seal(self, ends: str) -> str:
        key = hashlib.sha256(b"relmon session\0" + (self.token or "").encode()).digest()
        return hmac.new(key, ends.encode(), hashlib.sha256).hexdigest()

    def _comes_by_proxy(self, headers: Headers, client: str | None) -> bool:
        if not self.proxy_header or client is None or not headers.get(self.proxy_header, "").strip():
            return False
        try:
            address = ipaddress.ip_address(client)
        except ValueError:
            return False
        if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        return any(address in network for network in self.proxies)


def _credential(authorization: str) -> str | None:
    """The token that an Authorization header carries: as a bearer's, or as the password of Basic (for feed readers)."""
    scheme, _, value = authorization[:_LONGEST_CREDENTIAL].partition(" ")
    match scheme.lower():
        case "bearer":
            return value.strip()
        case "basic":
            try:
                return base64.b64decode(value, validate=True).decode().partition(":")[2]
            except ValueError:  # no base64, or of no text
                return None
        case _:
            return None


def is_same_origin(headers: Headers) -> bool:
    """Whether a form was sent by a page of this very site: browsers say so in headers that pages elsewhere can't set.

    https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Sec-Fetch-Site, and Origin where a browser has only that.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = headers.get("origin", "")
    return bool(origin) and origin.partition("://")[2] == headers.get("host", "")
