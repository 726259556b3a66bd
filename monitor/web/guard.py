"""Stands before every answer: for which host names there is one at all, and which headers it carries (S8).

A browser that has been led here under another name gets nothing, so that a page elsewhere can't read these through a name
that it controls. Who may see what is signin.py's to say, and comes next.
"""

from collections.abc import Collection, Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})

_LONGEST_ADDRESS = 4_000
"""In bytes, with its query: what the pages make themselves stays far below."""
_SECURITY_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class Guard:
    """Refuses requests for foreign host names, and puts the security headers on every answer.

    Answers that say nothing of caches are not to be kept by any.
    """

    def __init__(self, app: ASGIApp, hosts: Collection[str]) -> None:
        self._app = app
        self._hosts = LOOPBACK_NAMES | {host.lower().strip("[]") for host in hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request, or has it answered; either way with the headers."""

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(_SECURITY_HEADERS)
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        if scope["type"] != "http":
            return
        if host_name(Headers(scope=scope).get("host", "")) not in self._hosts:
            refusal = PlainTextResponse(
                "This host name is not served here. Whoever runs this can add it to web.hosts.\n", 400
            )
            await refusal(scope, receive, send_guarded)
        elif len(scope["raw_path"] or b"") + len(scope["query_string"]) > _LONGEST_ADDRESS:
            await PlainTextResponse("This address is too long.\n", 414)(scope, receive, send_guarded)
        else:
            await self._app(scope, receive, send_guarded)


def host_name(header: str) -> str:
    """The name in a Host header, without its port: "[::1]:8321" is "::1"."""
    if header.startswith("["):
        return header[1:].partition("]")[0].lower()
    return header.partition(":")[0].lower()
