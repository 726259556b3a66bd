"""The address of a request, read once: where to connect, what to ask for, and which login the operator wrote into it.

policy.py judges the same text with the same parser, so that no two readings of one address can differ. Comes before
client.py, which asks.
"""

from dataclasses import dataclass, field
from urllib.parse import quote, urljoin, urlsplit

import idna

_PORTS = {"http": 80, "https": 443}
# What the URL standard leaves as it is in a path and in a query; "%" among it, since what is escaped already stays so.
_FIT_FOR_PATH = "!$%&'()*+,/:;=@[\\]^|"
_FIT_FOR_QUERY = _FIT_FOR_PATH + "?`{}"


@dataclass(frozen=True, slots=True, kw_only=True)
class WebAddress:
    """Where a request goes. `host` is ASCII in lower case, an IPv6 address without brackets.

    `target` is path and query as they are sent. `login` is the user info as written, percent-encoded: as text, the
    address does without it.
    """

    scheme: str
    host: str
    port: int
    target: str = field(repr=False)
    login: str | None = field(default=None, repr=False)

    @classmethod
    def parse(cls, url: str) -> "WebAddress":
        """Reads an absolute http or https address. Raises ValueError where it is none (UnicodeError is one)."""
        parts = urlsplit(url)
        scheme, host = parts.scheme, parts.hostname
        if scheme not in _PORTS or not host:
            raise ValueError("not an http or https address with a host")
        path = quote(parts.path, safe=_FIT_FOR_PATH) or "/"
        query = f"?{quote(parts.query, safe=_FIT_FOR_QUERY)}" if parts.query else ""
        return cls(
            scheme=scheme,
            host=host if host.isascii() else idna.encode(host).decode("ascii"),
            port=parts.port or _PORTS[scheme],
            target=path + query,
            login=parts.netloc.rpartition("@")[0] or None,
        )

    @property
    def place(self) -> str:
        """Host and port as the Host header names them: without the scheme's own port, an IPv6 address in brackets."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def origin(self) -> tuple[str, str, int]:
        """What may share connections and credentials."""
        return self.scheme, self.host, self.port

    def __str__(self) -> str:
        return f"{self.scheme}://{self.place}{self.target}"

    def joined(self, location: str) -> str:
        """The address that a Location of this one's answer means, not yet read. Raises ValueError."""
        return urljoin(str(self), location)
