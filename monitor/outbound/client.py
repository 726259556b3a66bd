"""The HTTP client of the whole program: one request in, one outcome out, within a time and a size.

It follows redirects, each hop judged by the address policy, keeps no cookie and asks no environment for proxies. What a request can bring is a
value (`HttpAnswer` or `RequestFailed`), never an exception. Which status is good, and when to try again, is for the
caller: feeds/fetch and the delivery channels. Connections are made in transport.py, compression is undone in
decoding.py.
"""

import asyncio
import base64
import os
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import unquote

import certifi
import h11

from monitor.domain.errors import AddressRefused
from monitor.outbound.address import WebAddress
from monitor.outbound.decoding import ACCEPT_ENCODING, BadEncoding, CappedDecoder, TooLarge
from monitor.outbound.exchange import Request
from monitor.outbound.policy import AddressPolicy
from monitor.outbound.sockets import BrokenOff
from monitor.outbound.transport import Arriving, PolicyTransport, Unreachable

_PERMANENT = frozenset({301, 308})
_REDIRECTS = _PERMANENT | {302, 303, 307}
_FOLLOWED_METHODS = frozenset({"GET", "HEAD"})
# Another origin is told only what any visitor would tell it: no Authorization, Cookie, signature or key of ours.
_FIT_FOR_OTHERS = frozenset(
    {"accept", "accept-encoding", "accept-language", "user-agent", "if-none-match", "if-modified-since"}
)


class RequestFailure(StrEnum):
    """Why a request brought no whole answer. The names are those of domain.feeds.FetchFailure."""

    REFUSED = "address refused"
    UNREACHABLE = "unreachable"
    TIMED_OUT = "timed out"
    TLS = "TLS failed"
    PROTOCOL = "broken answer"
    TOO_LARGE = "too large"
    REDIRECTS = "bad redirect"


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpAnswer:
    """A complete answer, whatever its status. `headers` is case-insensitive; `content` is decoded.

    `url` is where it came from, without user info. `permanent_url` is the same address where only permanent redirects
    led there, and None where there were none or a temporary one was among them.
    """

    status: int
    headers: Mapping[str, str]
    content: bytes = field(repr=False)
    url: str = field(repr=False)
    permanent_url: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestFailed:
    """No whole answer. `detail` is a sentence for the operator: it names hosts, never a path, a query or user info.

    `status` is set where an answer had begun: what it said may matter even if its body never ended.
    """

    reason: RequestFailure
    detail: str
    status: int | None = None


@dataclass(slots=True)
class _Hop:
    """Where a request has got to."""

    address: WebAddress
    headers: dict[str, str]
    permanent: bool = True
    followed: int = 0
    status: int | None = None


class _BadRedirect(Exception):
    """A redirect that is not followed; the message says why."""


def trusted_authorities(others: Path | None = None) -> ssl.SSLContext:
    """Mozilla's authorities, or those that SSL_CERT_FILE or SSL_CERT_DIR name. Loading them takes 20 ms: share it.

    `others` is a PEM file with certificates to trust beside these. Raises OSError where it can't be read.
    """
    file, folder = os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")
    context = ssl.create_default_context(cafile=file or (None if folder else certifi.where()), capath=folder)
    if others is not None:
        context.load_verify_locations(cafile=others)
    return context


class HttpClient:
    """Requests under one address policy. Use it as an async context manager; any number of requests may run at once.

    Clients of one process share `tls`; without one, this client loads the `trusted_authorities` for itself.
    """

    def __init__(self, policy: AddressPolicy, user_agent: str, tls: ssl.SSLContext | None = None) -> None:
        self._policy = policy
        self._user_agent = user_agent
        self._tls = tls
        self._transport: PolicyTransport | None = None

    async def __aenter__(self) -> Self:
        self._transport = PolicyTransport(self._policy, self._tls or trusted_authorities())
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc_value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        transport, self._transport = self._transport, None
        if transport is not None:
            transport.close()

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Sequence[tuple[str, str]] = (),
        content: bytes | None = None,
        time_limit: timedelta,
        max_bytes: int,
        max_redirects: int,
    ) -> HttpAnswer | RequestFailed:
        """Makes one request and reads its answer.

        `time_limit` covers everything: name, connection, TLS, redirects and body. `max_bytes` counts the decoded body.
        With `max_redirects=0`, or a method other than GET and HEAD, a redirect is an answer like any other. User info
        in `url` becomes an Authorization header, which does not follow to another origin.
        """
        try:
            self._policy.check_url(url)
            hop = self._first_hop(url, headers)
        except AddressRefused as error:
            return RequestFailed(reason=RequestFailure.REFUSED, detail=_refusal(error))
        except ValueError:
            return RequestFailed(reason=RequestFailure.REFUSED, detail="the address is not written correctly")
        follow = max_redirects if method in _FOLLOWED_METHODS else 0
        try:
            async with asyncio.timeout(time_limit.total_seconds()):
                return await self._follow(method, hop, content, max_bytes, follow)
        except TimeoutError:
            began = "sent no complete answer" if hop.status else "did not answer"
            detail = f"{began} within {time_limit.total_seconds():g} s"
            return RequestFailed(reason=RequestFailure.TIMED_OUT, detail=detail, status=hop.status)
        except _EXPECTED as error:
            return _failed(error, hop, max_bytes)

    async def _follow(
        self, method: str, hop: _Hop, content: bytes | None, max_bytes: int, max_redirects: int
    ) -> HttpAnswer:
        if self._transport is None:
            raise RuntimeError("HttpClient is used outside its `async with` block")
        while True:
            hop.status = None
            asked = Request(method=method, address=hop.address, headers=tuple(hop.headers.items()), content=content)
            async with self._transport.send(asked) as answer:
                hop.status = answer.status
                if max_redirects == 0 or answer.status not in _REDIRECTS:
                    found = str(hop.address)
                    return HttpAnswer(
                        status=answer.status,
                        headers=answer.headers,
                        content=await _read(answer, max_bytes),
                        url=found,
                        permanent_url=found if hop.permanent and hop.followed else None,
                    )
                self._turn(hop, answer.status, answer.headers.get("Location"), max_redirects)

    def _first_hop(self, url: str, headers: Sequence[tuple[str, str]]) -> _Hop:
        """Splits user info off the address, so that it is a header like other credentials from here on."""
        address = WebAddress.parse(url)
        sent = {"accept": "*/*", "accept-encoding": ACCEPT_ENCODING, "user-agent": self._user_agent}
        sent |= {name.lower(): value for name, value in headers}
        if address.login is not None:
            user, _, password = address.login.partition(":")
            login = base64.b64encode(f"{unquote(user)}:{unquote(password)}".encode())
            sent["authorization"] = f"Basic {login.decode('ascii')}"
        return _Hop(address=address, headers=sent)

    def _turn(self, hop: _Hop, status: int, location: str | None, max_redirects: int) -> None:
        """Moves `hop` to where a redirect points, after judging it. Raises _BadRedirect or AddressRefused."""
        if not location:
            raise _BadRedirect(f"answered {status}, a redirect that does not say where to")
        if hop.followed >= max_redirects:
            raise _BadRedirect(f"redirects more than {max_redirects} times")
        try:
            target = hop.address.joined(location)
            self._policy.check_redirect(target, written=location)
            address = WebAddress.parse(target)
        except ValueError:
            raise _BadRedirect("redirects to an address that is not written correctly") from None
        if hop.address.scheme == "https" and address.scheme == "http":
            raise _BadRedirect(f"redirects from https to http ({address.host})")
        if address.origin != hop.address.origin:
            hop.headers = {name: value for name, value in hop.headers.items() if name in _FIT_FOR_OTHERS}
        hop.address = address
        hop.permanent = hop.permanent and status in _PERMANENT
        hop.followed += 1


async def _read(answer: Arriving, max_bytes: int) -> bytes:
    decoder = CappedDecoder(answer.headers.get("Content-Encoding"), max_bytes)
    while piece := await answer.connection.piece():
        decoder.add(piece)
    return decoder.finish()


# Everything that the network and the other side can do to a request. What else is raised is a mistake of ours.
_EXPECTED = (
    AddressRefused,
    _BadRedirect,
    TooLarge,
    BadEncoding,
    Unreachable,
    BrokenOff,
    h11.ProtocolError,
    ssl.SSLError,
)


def _failed(error: BaseException, hop: _Hop, max_bytes: int) -> RequestFailed:
    reason, detail = _judge(error, max_bytes, began=hop.status is not None)
    if isinstance(error, AddressRefused) and (hop.followed or hop.status):
        detail = f"redirects to where it may not lead: {error}"
    return RequestFailed(reason=reason, detail=detail, status=hop.status)


def _judge(error: BaseException, max_bytes: int, *, began: bool) -> tuple[RequestFailure, str]:
    match error:
        case AddressRefused():
            verdict = RequestFailure.REFUSED, _refusal(error)
        case _BadRedirect():
            verdict = RequestFailure.REDIRECTS, str(error)
        case TooLarge():
            verdict = RequestFailure.TOO_LARGE, f"answers with more than {_size(max_bytes)}"
        case BadEncoding():
            verdict = RequestFailure.PROTOCOL, str(error)
        case Unreachable():
            verdict = RequestFailure.UNREACHABLE, f"could not be reached: {error}"
        case ssl.SSLError():
            verdict = RequestFailure.TLS, f"no secure connection: {_tls_words(error)}"
        case BrokenOff():
            verdict = RequestFailure.UNREACHABLE, "broke the connection off"
        case _ if began:
            verdict = RequestFailure.PROTOCOL, "broke off before the end of its answer, or sent it in broken HTTP"
        case _:
            verdict = RequestFailure.PROTOCOL, "did not answer in correct HTTP"
    return verdict


def _refusal(error: AddressRefused) -> str:
    return f"refused to connect to {error}"


def _tls_words(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the certificate is not valid ({error.verify_message})"
    return (error.reason or "the handshake failed").replace("_", " ").lower()


def _size(count: int) -> str:
    if count >= 1_000_000:  # noqa: PLR2004 - a megabyte
        return f"{count / 1_000_000:g} MB"
    return f"{count / 1000:g} kB"
