"""Mail on its way out: one message to one server, each connection judged by the same address policy as HTTP.

aiosmtplib speaks SMTP over a socket that is connected here, where every answer of the resolver is judged. What a server
can bring is a value (`MailTaken`, `MailRefused` or `MailFailed`), never an exception. What a code means, and when to try
again, is for delivery/email. Comes beside client.py, above transport.py.
"""

import asyncio
import contextlib
import re
import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

import aiosmtplib

from monitor.domain.delivery import Secret
from monitor.domain.errors import AddressRefused
from monitor.outbound.client import trusted_authorities
from monitor.outbound.policy import AddressPolicy
from monitor.outbound.transport import PolicyBackend, Unreachable, connect_words

_GOODBYE_S = 2
_HOST_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")


class Encryption(StrEnum):
    """How a connection to a mail server is protected. There is no "if the server offers it": that can be talked away."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """A submission server. `authorities` is a PEM file with certificates to trust beside the usual ones."""

    host: str
    port: int
    encryption: Encryption = Encryption.STARTTLS
    user: str | None = None
    password: Secret | None = None
    authorities: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientRefused:
    """The server did not take the message for this address."""

    address: str
    code: int
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MailTaken:
    """The server took the message, but for `refused`: those do not have it."""

    answer: str
    refused: tuple[RecipientRefused, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MailRefused:
    """The server answered with an error, and nobody has the message. `refused` names recipients where it did."""

    code: int
    answer: str
    refused: tuple[RecipientRefused, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MailFailed:
    """No answer that counts. Whether the server has the message is unknown where it was silent at the very end.

    `address_refused`: the policy forbids the connection, and only the operator can permit it.
    """

    detail: str
    address_refused: bool = False


MailOutcome = MailTaken | MailRefused | MailFailed


class MailClient:
    """Sends mail under one address policy; any number of messages at once, each over a connection of its own."""

    def __init__(self, policy: AddressPolicy) -> None:
        self._policy = policy
        self._backend = PolicyBackend(policy)

    async def send(
        self, server: MailServer, *, sender: str, recipients: Sequence[str], message: bytes, time_limit: timedelta
    ) -> MailOutcome:
        """Makes one attempt. `message` is a whole message in ASCII; `time_limit` covers everything.

        Certificates are always verified. RFC 5321 (4.5.3.2.6) wants patience at the end of the data: a server that is
        left too early sends the message nevertheless, and gets it again.
        """
        try:
            async with asyncio.timeout(time_limit.total_seconds()):
                return await self._send(server, sender, recipients, message)
        except _EXPECTED as error:
            return _outcome(error, time_limit)

    async def _send(
        self, server: MailServer, sender: str, recipients: Sequence[str], message: bytes
    ) -> MailTaken | MailFailed:
        tls = None
        if server.encryption is not Encryption.NONE:
            tls = await asyncio.to_thread(trusted_authorities, server.authorities)
        link = aiosmtplib.SMTP(
            hostname=server.host,
            sock=await self._connect(server.host, server.port),
            use_tls=server.encryption is Encryption.TLS,
            start_tls=False,
            tls_context=tls,
            local_hostname=_own_name(),
            timeout=None,  # the caller's limit covers everything
        )
        await link.connect()
        wire = link.transport
        try:
            if server.encryption is Encryption.STARTTLS:
                await link.starttls()
                wire = link.transport
            if server.user is not None and server.password is not None:
                await link.login(server.user, server.password.reveal())
            refused, answer = await link.sendmail(sender, recipients, message)
            await _say_goodbye(link)
        finally:
            link.close()
            # Under TLS that waits for the other side, once more; nothing that it could say matters now.
            if isinstance(wire, asyncio.WriteTransport):
                wire.abort()
        return MailTaken(
            answer=answer,
            refused=tuple(
                RecipientRefused(address=one, code=said.code, answer=said.message) for one, said in refused.items()
            ),
        )

    async def _connect(self, host: str, port: int) -> socket.socket:
        """A connected socket to a judged address. Raises AddressRefused or Unreachable."""
        loop = asyncio.get_running_loop()
        failure = "no connection"
        for address in await self._backend.judged_addresses(host, port):
            link = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
            link.setblocking(False)  # noqa: FBT003 - the standard library's own signature
            try:
                await loop.sock_connect(link, (address, port))
            except OSError as error:
                link.close()
                failure = connect_words(error)
            except BaseException:
                link.close()
                raise
            else:
                return link
        raise Unreachable(failure)


# Everything that the network and the other side can do to a mail. What else is raised is a mistake of ours.
_EXPECTED = (AddressRefused, Unreachable, aiosmtplib.SMTPException, OSError)  # TimeoutError and SSLError are OSErrors


def _outcome(error: Exception, time_limit: timedelta) -> MailRefused | MailFailed:
    match error:
        case AddressRefused():
            return MailFailed(detail=f"refused to connect to {error}", address_refused=True)
        case aiosmtplib.SMTPRecipientsRefused():
            refused = tuple(_refused(one.recipient, one) for one in error.recipients)
            # The mildest decides: as long as one of them may be let in later, it is worth another try.
            mildest = min(refused, key=lambda one: one.code)
            return MailRefused(code=mildest.code, answer=mildest.answer, refused=refused)
        case aiosmtplib.SMTPResponseException():
            return MailRefused(code=error.code, answer=error.message)
        case _:
            return MailFailed(detail=_words(error, time_limit))


def _refused(address: str, said: aiosmtplib.SMTPResponseException) -> RecipientRefused:
    return RecipientRefused(address=address, code=said.code, answer=said.message)


async def _say_goodbye(link: aiosmtplib.SMTP) -> None:
    """QUIT, for the sake of the server's log. What it answers says nothing about the message, which it has."""
    with contextlib.suppress(aiosmtplib.SMTPException, OSError):  # TimeoutError is one
        async with asyncio.timeout(_GOODBYE_S):
            await link.quit()


def _own_name() -> str:
    """What the server is greeted with. Not the full name: looking that up would ask a resolver before the policy does."""
    name = socket.gethostname()
    return name if _HOST_NAME.fullmatch(name) else "localhost"


def _words(error: Exception, time_limit: timedelta) -> str:
    match error:
        case TimeoutError():
            return f"did not answer within {time_limit.total_seconds():g} s"
        case Unreachable():
            return f"could not be reached: {error}"
        case ssl.SSLCertVerificationError():
            return f"no secure connection: the certificate is not valid ({error.verify_message})"
        case ssl.SSLError():
            return f"no secure connection: {(error.reason or 'the handshake failed').replace('_', ' ').lower()}"
        case ConnectionError():  # SMTPServerDisconnected is one
            return "broke the connection off"
        case _:
            return str(error) or type(error).__name__
