"""The e-mail channel: text and HTML over SMTP, to the people whom the operator names.

What is stored is the message from its subject on; the headers that depend on where it goes (From, To, References) stand
before it when it is sent, the same at every attempt. Names are the operator's own and never a feed's, and nothing from
outside can add a header. What a mail says is mail_body.py's; connections are outbound/mail's. The dispatcher sends.
"""

import base64
import datetime as dt
import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from pathlib import Path

from monitor.delivery.mail_body import MailBody, alert_body, digest_body, notice_body
from monitor.delivery.options import (
    Problem,
    conceal,
    pace_of,
    pace_problems,
    telling_parts,
    text_of,
    unknown_options,
    zone_of,
    zone_problems,
)
from monitor.delivery.phrasebook import Phrasebook
from monitor.delivery.retry import answer_text
from monitor.delivery.ways import Ways
from monitor.domain.delivery import (
    ChannelSpec,
    Claim,
    Delivered,
    GaveUp,
    Notice,
    OptionValue,
    Refused,
    Rendered,
    Secret,
    TryAgain,
    Verdict,
)
from monitor.domain.digests import Digest
from monitor.domain.routing import Alert
from monitor.domain.stories import Story
from monitor.outbound.mail import (
    Encryption,
    MailClient,
    MailFailed,
    MailOutcome,
    MailRefused,
    MailServer,
    MailTaken,
    RecipientRefused,
)

KIND = "email"

_CONTENT_TYPE = "message/rfc822"
# Servers look through what they are given before they say that they have it.
_SEND_LIMIT = dt.timedelta(seconds=60)
_SPACING = dt.timedelta(seconds=1)
_PORTS = {Encryption.STARTTLS: 587, Encryption.TLS: 465, Encryption.NONE: 25}
_MOST_RECIPIENTS = 50
_PERMANENT = 500

# RFC 5321 leaves room for more, but what is more exotic than this is a slip of the pen.
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
# RFC 3463: no such mailbox or system, or a mailbox that is switched off. Such an address does not come back by itself.
_NO_MAILBOX = re.compile(r"\b5\.(?:1\.[1236]|1\.10|2\.1)\b")

_OPTIONS = (
    "host",
    "port",
    "encryption",
    "user",
    "password",
    "ca_file",
    "from",
    "name",
    "to",
    "reply_to",
    "unsubscribe",
    "zone",
    "per_minute",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailChannel:
    """One mail for each message, to all of `recipients`. `sender` is a bare address, `name` stands beside it."""

    id: str
    server: MailServer
    sender: str
    name: str
    recipients: tuple[str, ...]
    client: MailClient = field(repr=False)
    book: Phrasebook = field(repr=False)
    reply_to: str | None = None
    unsubscribe: str | None = None
    zone: dt.tzinfo = dt.UTC
    hidden: tuple[str, ...] = field(default=(), repr=False)
    kind: str = field(default=KIND, init=False)
    spacing: dt.timedelta = _SPACING
    send_limit: dt.timedelta = _SEND_LIMIT

    def render(self, alert: Alert, earlier: Sequence[Story]) -> Rendered:
        """Subject, text and HTML."""
        return _rendered(alert_body(alert, earlier, self.zone, self.book, answer_to=self.reply_to))

    def render_notice(self, notice: Notice) -> Rendered:
        """A notice about the program itself."""
        return _rendered(notice_body(notice, self.zone, self.book))

    def render_digest(self, digest: Digest) -> Rendered:
        """A digest, whose times are in its own zone."""
        return _rendered(digest_body(digest, self.book))

    async def send(self, claim: Claim, now: dt.datetime) -> Verdict:  # noqa: ARG002 - every channel is told the time
        """Sends to whoever does not have it yet: a receipt names those who have, so that nobody gets it twice."""
        have = _read_receipt(claim.receipt)
        missing = [one for one in self.recipients if one not in have]
        if not missing:
            return Delivered(answer="all recipients had it already")
        outcome = await self.client.send(
            self.server,
            sender=self.sender,
            recipients=missing,
            message=self._headers(claim) + claim.message.rendered.body,
            time_limit=self.send_limit,
        )
        refused = {one.address for one in outcome.refused} if isinstance(outcome, MailTaken) else set(missing)
        return self._judge(outcome, (*have, *(one for one in missing if one not in refused)))

    def _headers(self, claim: Claim) -> bytes:
        """What stands before the stored bytes. Of the message and the configuration alone: no clock, nothing random."""
        domain = self.sender.rpartition("@")[2]
        headers = EmailMessage(policy=SMTP)
        headers["From"] = formataddr((self.name, self.sender))
        headers["To"] = ", ".join(self.recipients)
        if self.reply_to:
            headers["Reply-To"] = self.reply_to
        headers["Date"] = format_datetime(claim.message.created_at)
        headers["Message-ID"] = f"<{claim.message.id}@{domain}>"
        if claim.thread is not None:
            first = f"<{claim.thread.message_id}@{domain}>"
            headers["In-Reply-To"], headers["References"] = first, first
        headers["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office note answers this
        headers["X-Auto-Response-Suppress"] = "All"  # Exchange's own word for the same
        headers["List-ID"] = f"<{self.id}.relation-monitor.{domain}>"
        if self.unsubscribe:
            headers["List-Unsubscribe"] = f"<{self.unsubscribe}>"
            if self.unsubscribe.startswith("https://"):
                headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
        # The blank line that ends these headers belongs behind the stored ones.
        return headers.as_bytes().removesuffix(b"\r\n")

    def _judge(self, outcome: MailOutcome, have: Sequence[str]) -> Verdict:
        receipt = json.dumps(sorted(have))
        match outcome:
            case MailTaken(refused=()):
                return Delivered(answer=self._said(outcome.answer), receipt=receipt)
            case MailTaken(refused=refused):
                mildest = min(one.code for one in refused)
                return _failed(mildest, f"the others have it, but {self._listed(refused)}", receipt)
            case MailRefused(refused=refused) if refused and not have and all(_is_gone(one) for one in refused):
                return GaveUp(reason=f"no such recipient: {self._listed(refused)}", destination_dead=True)
            case MailRefused(refused=refused):
                said = self._listed(refused) if refused else f"answered {outcome.code}: {self._said(outcome.answer)}"
                return _failed(outcome.code, said, receipt)
            case MailFailed(address_refused=True):
                return Refused(reason=outcome.detail)
            case MailFailed():
                return TryAgain(reason=self._said(outcome.detail))

    def _listed(self, refused: Sequence[RecipientRefused]) -> str:
        return "; ".join(f"{one.address}: {one.code} {self._said(one.answer)}" for one in refused)

    def _said(self, answer: str) -> str:
        return conceal(answer_text(answer.encode("utf-8", "replace")), self.hidden)


def check(spec: ChannelSpec) -> tuple[Problem, ...]:
    """What is wrong with the options: the server (`host`, `port`, `encryption`, `user`, `password`), `from` and `to`."""
    given = spec.options
    problems = [*unknown_options(spec, _OPTIONS), *zone_problems(spec), *pace_problems(spec)]
    for option, meaning in (
        ("host", "the mail server"),
        ("from", "the sender's address"),
        ("to", "who gets the mails"),
    ):
        if option not in given:
            problems.append((None, f'An email channel needs {meaning}: {option} = "...".'))
    for option in ("host", "name", "user", "ca_file"):
        value = given.get(option, "-")
        if not (text := text_of(value)) or not text.isprintable():
            problems.append((option, "This must be text on one line."))
    problems += [("port", "The port is a number from 1 to 65535.")] if not _is_port(given.get("port", 25)) else []
    addresses = {"from": given.get("from"), "reply_to": given.get("reply_to")}
    problems += [
        (option, _no_address(one)) for option, one in addresses.items() if one is not None and not _is_address(one)
    ]
    problems += _recipient_problems(given.get("to"))
    problems += _protection_problems(given)
    unsubscribe = given.get("unsubscribe", "mailto:-")
    if (
        not isinstance(unsubscribe, str)
        or not unsubscribe.startswith(("https://", "mailto:"))
        or not _is_ascii(unsubscribe)
    ):
        problems.append(("unsubscribe", "Where readers leave the list must be an https:// address or a mailto: one."))
    ca_file = given.get("ca_file")
    if isinstance(ca_file, str) and not Path(ca_file).is_file():
        problems.append(
            ("ca_file", f"There is no file {ca_file}. Name one with certificates in PEM, by its full path.")
        )
    return tuple(problems)


def build(spec: ChannelSpec, ways: Ways) -> EmailChannel:
    """The channel for options that `check` has nothing against."""
    given = spec.options
    encryption = Encryption(str(given.get("encryption", Encryption.STARTTLS.value)))
    password, port, ca_file = given.get("password"), given.get("port"), text_of(given.get("ca_file"))
    secret = password if isinstance(password, Secret) else None
    return EmailChannel(
        id=spec.id,
        server=MailServer(
            host=text_of(given["host"]) or "",
            port=port if isinstance(port, int) else _PORTS[encryption],
            encryption=encryption,
            user=text_of(given.get("user")),
            password=secret,
            authorities=Path(ca_file) if ca_file else None,
        ),
        sender=text_of(given["from"]) or "",
        name=text_of(given.get("name")) or "Relation Monitor",
        recipients=_recipients(given["to"]),
        client=ways.mail,
        book=ways.books[spec.language],
        reply_to=text_of(given.get("reply_to")),
        unsubscribe=text_of(given.get("unsubscribe")),
        zone=zone_of(spec) or dt.UTC,
        spacing=pace_of(spec, _SPACING),
        hidden=_hidden(text_of(given.get("user")) or "", secret.reveal()) if secret else (),
    )


def _rendered(body: MailBody) -> Rendered:
    message = EmailMessage(policy=SMTP)
    message["Subject"] = body.subject
    # Not every server on the way takes more than ASCII.
    message.set_content(body.text, cte="quoted-printable")
    message.add_alternative(body.html, subtype="html", cte="quoted-printable")
    # The usual boundary is random; the same mail shall be the same bytes.
    message.set_boundary("=_" + hashlib.blake2b((body.subject + body.html).encode(), digest_size=16).hexdigest())
    return Rendered(content_type=_CONTENT_TYPE, body=message.as_bytes())


def _hidden(user: str, password: str) -> tuple[str, ...]:
    """The password, and the forms in which it travels (AUTH PLAIN and LOGIN)."""
    travels = (f"\0{user}\0{password}", password)
    return (*telling_parts(password), *(base64.b64encode(one.encode()).decode() for one in travels))


def _failed(code: int, said: str, receipt: str) -> Verdict:
    return Refused(reason=said, receipt=receipt) if code >= _PERMANENT else TryAgain(reason=said, receipt=receipt)


def _is_gone(refused: RecipientRefused) -> bool:
    return refused.code >= _PERMANENT and bool(_NO_MAILBOX.search(refused.answer))


def _read_receipt(receipt: str | None) -> tuple[str, ...]:
    return tuple(json.loads(receipt)) if receipt else ()


def _recipients(to: OptionValue) -> tuple[str, ...]:
    listed = to if isinstance(to, tuple) else (to,)
    return tuple(dict.fromkeys(filter(None, map(text_of, listed))))


def _recipient_problems(to: OptionValue | None) -> list[Problem]:
    if to is None:
        return []
    listed = to if isinstance(to, tuple) else (to,)
    problems: list[Problem] = [("to", _no_address(one)) for one in listed if not _is_address(one)]
    if not 0 < len(listed) <= _MOST_RECIPIENTS:
        problems.append(("to", f"Name 1 to {_MOST_RECIPIENTS} addresses; for more, ask your mail server for a list."))
    return problems


def _protection_problems(given: dict[str, OptionValue]) -> list[Problem]:
    encryption, password = given.get("encryption", Encryption.STARTTLS.value), given.get("password")
    if encryption not in tuple(Encryption):
        return [("encryption", f"Write one of: {', '.join(Encryption)}.")]
    problems: list[Problem] = []
    if password is not None and not isinstance(password, Secret):
        problems.append(("password", "A password may not stand here. Write env:NAME or file:PATH, and keep it there."))
    if (password is None) != (given.get("user") is None):
        problems.append((None, "A user and a password belong together: give both or neither."))
    if password is not None and encryption == Encryption.NONE:
        problems.append(("encryption", 'A password needs an encrypted connection: encryption = "starttls" or "tls".'))
    return problems


def _no_address(value: OptionValue) -> str:
    shown = f"'{value}'" if isinstance(value, str) else "This"
    return f"{shown} is no mail address. Write it bare, as in desk@example.org."


def _is_address(value: OptionValue) -> bool:
    return isinstance(value, str) and _ADDRESS.fullmatch(value) is not None


def _is_port(value: OptionValue) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 65536  # noqa: PLR2004 - 16 bits


def _is_ascii(text: str) -> bool:
    return text.isascii() and text.isprintable() and not set(text) & set(" <>,")
