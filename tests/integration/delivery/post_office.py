"""A mail server on loopback: aiosmtpd, which answers as it is told and keeps what it takes."""

import asyncio
import ssl
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "desk", "canary-s3same"


@dataclass  # with slots, aiosmtpd trips over it on Python 3.11.2
class PostOffice:
    """`at_recipient` and `at_data` hold answers that come first, one after the other, by address and by turn."""

    port: int = 0
    authority: trustme.CA | None = None
    at_recipient: dict[str, list[str]] = field(default_factory=dict)
    at_data: list[str] = field(default_factory=list)
    taken: list[tuple[tuple[str, ...], EmailMessage, bytes]] = field(default_factory=list)
    asked: Counter[str] = field(default_factory=Counter)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.asked[address] += 1
        answers = self.at_recipient.get(address)
        if answers:
            return answers.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        raw = envelope.original_content or b""
        if self.at_data:
            return self.at_data.pop(0)
        message = message_from_bytes(raw, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.taken.append((tuple(envelope.rcpt_tos), message, raw))
        return "250 2.0.0 queued"


class _AnyPort(Controller):
    """aiosmtpd's controller knocks at its port as it starts, and takes 0 for one."""

    def _trigger_server(self) -> None:
        sockets: Any = self.server
        self.port = sockets.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


@contextmanager
def post_office(*, protected: bool = False) -> Iterator[PostOffice]:
    """Open on a free port. A protected one wants STARTTLS and then a login."""
    office = PostOffice(authority=trustme.CA() if protected else None)
    extra: dict[str, Any] = {}
    if office.authority is not None:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        office.authority.issue_cert("127.0.0.1").configure_cert(tls)
        extra = {"tls_context": tls, "require_starttls": True, "auth_required": True, "authenticator": _authenticate}
    controller = _AnyPort(office, hostname="127.0.0.1", port=0, **extra)
    controller.start()
    office.port = controller.port
    try:
        yield office
    finally:
        # The server's loop ends with the controller, and would leave connections open that are just being closed.
        asyncio.run_coroutine_threadsafe(_connections_ended(), controller.loop).result()
        controller.stop()


async def _connections_ended() -> None:
    for _ in range(300):
        if len(asyncio.all_tasks()) == 1:  # this one
            break
        await asyncio.sleep(0.01)


def _authenticate(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
    good = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    said = None if good else f"535 5.7.8 not with {data.password.decode()}"
    return AuthResult(success=good, handled=False, message=said)
