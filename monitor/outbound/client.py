"""The HTTP client of the whole program: one request in, one outcome out, within a time and a size.

It follows redirects by hand, each hop judged by the address policy, keeps no cookie and asks no environment. What a request can bring is a
value (`HttpAnswer` or `RequestFailed`), never an exception. Which status is good, and when to try again, is for the
caller: feeds/fetch and the delivery channels. Connections are made in transport.py, compression is undone in
decoding.py.
"""

import asyncio
import base64
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import unquote

import httpcore
import httpx

from monitor.domain.errors import AddressRefused
from monitor.outbound.decoding import ACCEPT_ENCODING, BadEncoding, CappedDecoder, TooLarge
from monitor.outbound.policy import AddressPolicy
from monitor.outbound.transport import PolicyTransport, Unreachable

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

    url: httpx.URL
    headers: list[tuple[bytes, bytes]]
    permanent: bool = True
    followed: int = 0
    status: int | None = None


class _BadRedirect(Exception):
    """A redirect that is not followed; the message says why."""


def trusted_authorities(others: Path | None = None) -> ssl.SSLContext:
    """Mozilla's authorities, or those that SSL_CERT_FILE or SSL_CERT_DIR name. Loading them takes 20 ms: share it.

    `others` is a PEM file with certificates to trust beside these. Raises OSError where it can't be read.
    """
    context = httpx.create_ssl_context()
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
        # The transport alone, without httpx's client around it: that one would judge redirects itself, keep cookies, and
        # read proxies and logins out of the environment.
        self._transport = PolicyTransport(self._policy, self._tls or trusted_authorities())
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc_value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        transport, self._transport = self._transport, None
        if transport is not None:
            await transport.aclose()

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
        except (httpx.InvalidURL, UnicodeError):
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
            async with self._transport.send(_request(method, hop, content)) as response:
                hop.status = response.status
                headers = httpx.Headers(response.headers)
                if max_redirects == 0 or response.status not in _REDIRECTS:
                    body = await _read(response, headers, max_bytes)
                    found = str(hop.url)
                    moved = hop.permanent and hop.followed > 0
                    return HttpAnswer(
                        status=response.status,
                        headers=headers,
                        content=body,
                        url=found,
                        permanent_url=found if moved else None,
                    )
                self._turn(hop, response.status, headers.get("Location"), max_redirects)

    def _first_hop(self, url: str, headers: Sequence[tuple[str, str]]) -> _Hop:
        """Splits user info off the address, so that it is a header like other credentials from here on."""
        target = httpx.URL(url)
        sent = {
            b"accept": (b"Accept", b"*/*"),
            b"accept-encoding": (b"Accept-Encoding", ACCEPT_ENCODING.encode("ascii")),
            b"user-agent": (b"User-Agent", self._user_agent.encode("ascii")),
        }
        for name, value in headers:
            written = name.encode("ascii")
            sent[written.lower()] = (written, value.encode())
        if target.userinfo:
            user, _, password = target.userinfo.decode("ascii").partition(":")
            login = base64.b64encode(f"{unquote(user)}:{unquote(password)}".encode())
            sent[b"authorization"] = (b"Authorization", b"Basic " + login)
            target = target.copy_with(userinfo=b"")
        return _Hop(url=target, headers=list(sent.values()))

    def _turn(self, hop: _Hop, status: int, location: str | None, max_redirects: int) -> None:
        """Moves `hop` to where a redirect points, after judging it. Raises _BadRedirect or AddressRefused."""
        if not location:
            raise _BadRedirect(f"answered {status}, a redirect that does not say where to")
        if hop.followed >= max_redirects:
            raise _BadRedirect(f"redirects more than {max_redirects} times")
        try:
            target = hop.url.join(location)
        except (httpx.InvalidURL, ValueError):
            raise _BadRedirect("redirects to an address that is not written correctly") from None
        self._policy.check_redirect(str(target), written=location)
        if hop.url.scheme == "https" and target.scheme == "http":
            raise _BadRedirect(f"redirects from https to http ({target.host})")
        if _origin(target) != _origin(hop.url):
            hop.headers = [(name, value) for name, value in hop.headers if name.decode().lower() in _FIT_FOR_OTHERS]
        hop.url = target
        hop.permanent = hop.permanent and status in _PERMANENT
        hop.followed += 1


def _request(method: str, hop: _Hop, content: bytes | None) -> httpcore.Request:
    length = [(b"Content-Length", str(len(content)).encode())] if content is not None else []
    url = hop.url
    return httpcore.Request(
        method=method,
        url=httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
        headers=[(b"Host", url.netloc), *hop.headers, *length],
        content=content,
    )


async def _read(response: httpcore.Response, headers: httpx.Headers, max_bytes: int) -> bytes:
    decoder = CappedDecoder(headers.get("Content-Encoding"), max_bytes)
    async for piece in response.aiter_stream():
        decoder.add(piece)
    return decoder.finish()


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


# Everything that the network and the other side can do to a request. What else is raised is a mistake of ours.
_EXPECTED = (
    AddressRefused,
    _BadRedirect,
    TooLarge,
    BadEncoding,
    httpcore.NetworkError,
    httpcore.TimeoutException,
    httpcore.ProtocolError,
    httpcore.UnsupportedProtocol,
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
        case httpcore.ConnectError() if error.args and isinstance(error.args[0], ssl.SSLError):
            verdict = RequestFailure.TLS, f"no secure connection: {_tls_words(error.args[0])}"
        case httpcore.NetworkError():
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
