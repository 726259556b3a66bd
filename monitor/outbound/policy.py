"""Where the program may connect to: every address is judged here, where its connection is made.

Public addresses are open; everything else is refused unless the operator names it, by exact host:port or by network.
The addresses at which clouds hand out credentials stay closed even then. This module judges and nothing more: it
resolves no name and opens no connection. The HTTP client asks it at every hop and for every answer of the resolver;
mail asks it the same way. An operator's list comes from the settings, one for feeds, webhooks and SMTP each.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

from monitor.domain.errors import AddressRefused

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# The IANA special-purpose registries (https://www.iana.org/assignments/iana-ipv4-special-registry and its IPv6 twin)
# and what they leave out: multicast, the former site-local range, and the ranges that carry an IPv4 address inside.
# Python's own `is_global` has changed between patch releases, so it only has the last word, not the first.
_CLOSED: tuple[tuple[Network, str], ...] = tuple(
    (ip_network(network), meaning)
    for network, meaning in (
        ("0.0.0.0/8", "an address of this machine"),
        ("10.0.0.0/8", "a private address"),
        ("100.64.0.0/10", "an address inside a carrier's network"),
        ("127.0.0.0/8", "a loopback address"),
        ("169.254.0.0/16", "a link-local address"),
        ("172.16.0.0/12", "a private address"),
        ("192.0.0.0/24", "a reserved address"),
        ("192.88.99.0/24", "a 6to4 relay address"),
        ("192.168.0.0/16", "a private address"),
        ("198.18.0.0/15", "a benchmarking address"),
        ("224.0.0.0/4", "a multicast address"),
        ("240.0.0.0/4", "a reserved address"),
        ("::1/128", "a loopback address"),
        ("::/96", "a reserved address"),
        ("64:ff9b::/96", "an address with an IPv4 address inside (NAT64)"),
        ("64:ff9b:1::/48", "an address with an IPv4 address inside (NAT64)"),
        ("2001::/32", "an address with an IPv4 address inside (Teredo)"),
        ("2002::/16", "an address with an IPv4 address inside (6to4)"),
        ("3fff::/20", "a documentation address"),
        ("5f00::/16", "a segment routing address"),
        ("fc00::/7", "a private address"),
        ("fe80::/10", "a link-local address"),
        ("fec0::/10", "a site-local address"),
        ("ff00::/8", "a multicast address"),
    )
)
_NAT64 = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))
_COMPATIBLE = IPv6Network("::/96")

# Where clouds hand out credentials to whoever asks: AWS (EC2, ECS, EKS, IPv6), Google, Azure (shared and wire server),
# Alibaba, Oracle. Most share 169.254.169.254. Nobody publishes a feed there.
_METADATA_ADDRESSES = frozenset(
    ip_address(address)
    for address in (
        "169.254.169.254",
        "169.254.170.2",
        "169.254.170.23",
        "168.63.129.16",
        "100.100.100.200",
        "192.0.0.192",
        "fd00:ec2::254",
        "fd00:ec2::23",
        "fd20:ce::254",
    )
)
_METADATA_NAMES = frozenset({"metadata.google.internal", "metadata.goog", "instance-data.ec2.internal"})

_HOST_AND_PORT = re.compile(r"(?:\[(?P<v6>[0-9A-Fa-f:.]+)\]|(?P<name>[A-Za-z0-9._-]{1,253})):(?P<port>[0-9]{1,5})")
_UNFIT_IN_URL = re.compile(r"[\x00-\x20\x7f-\xa0\\\u2028\u2029\ud800-\udfff]")
_MAX_PORT = 65535


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressPolicy:
    """Public addresses, and the exceptions that an operator made. `AddressPolicy()` makes none.

    An exception for host:port holds for exactly that host, as written, and that port, whatever it resolves to. One for
    a network holds for every port in it. Neither opens a metadata address.
    """

    hosts: frozenset[tuple[str, int]] = frozenset()
    networks: tuple[Network, ...] = ()
    setting: str = "allow_feeds"
    """The key under [outbound] where an operator names the exceptions; a refusal says so."""

    @classmethod
    def parse(cls, entries: Sequence[str], *, setting: str = "allow_feeds") -> "AddressPolicy":
        """Reads an operator's list of `host:port` ("[::1]:80" for IPv6) and CIDR entries, found under `setting`.

        Raises ValueError with one line for each entry that can't be read; `problems` gives them without raising.
        """
        read = [_read_entry(entry) for entry in entries]
        wrong = [one for one in read if isinstance(one, str)]
        if wrong:
            raise ValueError("\n".join(wrong))
        return cls(
            hosts=frozenset(one for one in read if isinstance(one, tuple)),
            networks=tuple(one for one in read if isinstance(one, IPv4Network | IPv6Network)),
            setting=setting,
        )

    def check_url(self, url: str) -> None:
        """Judges an address as the operator wrote it; user info is allowed. Raises AddressRefused."""
        host = _host_of(url)
        self._check_name(host)

    def check_redirect(self, url: str, *, written: str) -> None:
        """Judges where a redirect leads: `url`, which was made of the Location as the server has `written` it.

        User info is refused as well, and what another parser could have read otherwise. Raises AddressRefused.
        """
        host = _host_of(url)
        if _UNFIT_IN_URL.search(written):
            raise AddressRefused(host, "the redirect holds a space, a backslash or a control character")
        if "@" in urlsplit(url).netloc:
            raise AddressRefused(host, "a redirect may not carry a user name or password")
        self._check_name(host)

    def check_address(self, host: str, port: int, ip: str | Address) -> None:
        """Judges one answer of the resolver for `host` before a connection to it is made. Raises AddressRefused.

        Call it for every answer: a name with one forbidden address among its public ones is refused as a whole.
        """
        self._check_name(host)
        address = ip if isinstance(ip, IPv4Address | IPv6Address) else ip_address(ip)
        views = _views(address)
        if any(view in _METADATA_ADDRESSES for view in views):
            shown = _shown(views[0], host)
            raise AddressRefused(host, f"{shown} is a cloud metadata address, which can't be permitted")
        if (_normal_host(host), port) in self.hosts:
            return
        for view in views:
            meaning = _closed(view)
            if meaning and not any(view in network for network in self.networks):
                place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
                advice = f'to permit it, add "{place}" or its network to {self.setting} under [outbound]'
                raise AddressRefused(host, f"{_shown(view, host)} is {meaning}; {advice}")

    def _check_name(self, host: str) -> None:
        if host.rstrip(".").lower() in _METADATA_NAMES:
            raise AddressRefused(host, "is a cloud metadata service, which can't be permitted")


def problems(entries: Sequence[str]) -> tuple[str, ...]:
    """One sentence for each entry that `AddressPolicy.parse` would refuse; empty when all is well."""
    return tuple(one for one in map(_read_entry, entries) if isinstance(one, str))


def _read_entry(entry: str) -> tuple[str, int] | Network | str:
    """An exception for a host and port, for a network, or a sentence that says what is wrong."""
    if "/" in entry:
        return _read_network(entry)
    match = _HOST_AND_PORT.fullmatch(entry)
    if match is None:
        return (
            f"{entry!r} is neither host:port nor a network. "
            "Write it like localhost:8080, [::1]:8080, 10.0.0.0/8 or 192.168.1.5/32."
        )
    port = int(match["port"])
    if not 0 < port <= _MAX_PORT:
        return f"{entry!r}: the port must be a number from 1 to {_MAX_PORT}."
    if match["v6"] is not None:
        try:
            IPv6Address(match["v6"])
        except ValueError:
            return f"{entry!r}: what stands in the brackets is no IPv6 address."
    return _normal_host(match["v6"] or match["name"]), port


def _read_network(entry: str) -> Network | str:
    try:
        network = ip_network(entry, strict=False)
    except ValueError:
        return f"{entry!r} is no network. Write it like 10.0.0.0/8 or fd12:3456::/32, without http:// or a path."
    if str(network.network_address) != str(ip_address(entry.partition("/")[0])):
        return f"{entry!r} names an address inside a network. Write {str(network)!r} for the whole of it."
    if isinstance(network, IPv6Network) and network.network_address.ipv4_mapped is not None:
        return f"{entry!r}: write the IPv4 network itself."
    return network


def _normal_host(host: str) -> str:
    """A host's text for comparing: lower case, an IP address in its usual form. A final dot stays: it is other text."""
    try:
        return str(ip_address(host))
    except ValueError:
        return host.lower()


def _host_of(url: str) -> str:
    """The host of an http(s) address that holds nothing two parsers could read in two ways."""
    if _UNFIT_IN_URL.search(url):
        raise AddressRefused("the address", "holds a space, a backslash or a control character")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise AddressRefused("the address", "is not written correctly") from None
    if parts.scheme not in ("http", "https"):
        raise AddressRefused(host or "the address", f"{parts.scheme or 'no scheme'} is not http or https")
    if not host or port == 0:
        raise AddressRefused(host or "the address", "names no host to connect to")
    return host


def _shown(address: Address, host: str) -> str:
    return "it" if str(address) == host else str(address)


def _views(address: Address) -> tuple[Address, ...]:
    """The address that is really meant, and those that it carries inside."""
    if isinstance(address, IPv4Address):
        return (address,)
    if address.ipv4_mapped is not None:
        return (address.ipv4_mapped,)
    plain = IPv6Address(address.packed)  # without a zone such as %eth0
    inside: list[Address] = []
    if plain.sixtofour is not None:
        inside.append(plain.sixtofour)
    if plain.teredo is not None:
        inside.extend(plain.teredo)
    if any(plain in network for network in (*_NAT64, _COMPATIBLE)) and int(plain) > 1:
        inside.append(IPv4Address(plain.packed[-4:]))
    return (plain, *inside)


def _closed(address: Address) -> str | None:
    """Why an address is not open to everybody, or None where it is."""
    for network, meaning in _CLOSED:
        if address in network:
            return meaning
    return None if address.is_global else "not a public address"
