"""Everything else (Teams, Discord, Telegram, ntfy and a hundred more) through Apprise, an optional extra.

Apprise opens connections of its own, so that the address policy can only be asked beforehand: the names that the service
would connect to are resolved and judged before each send, and redirects are switched off. Mentions are disabled, and texts
cut to what the service takes. The only importer of apprise, which takes most of a second: it is imported where a channel
of this kind is checked or built. Comes after routing; the dispatcher sends.
"""

import asyncio
import datetime as dt
import importlib.util
import json
import logging
import re
import threading
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from monitor.delivery.mail_body import MailBody, alert_body, digest_body, notice_body
from monitor.delivery.options import (
    Problem,
    conceal,
    pace_of,
    pace_problems,
    telling_parts,
    unknown_options,
    zone_of,
    zone_problems,
)
from monitor.delivery.phrasebook import Phrasebook
from monitor.delivery.retry import answer_text
from monitor.delivery.ways import Ways
from monitor.domain.delivery import ChannelSpec, Claim, Delivered, Notice, Refused, Rendered, Secret, TryAgain, Verdict
from monitor.domain.digests import Digest
from monitor.domain.errors import AddressRefused
from monitor.domain.routing import Alert
from monitor.domain.stories import Story
from monitor.outbound.policy import AddressPolicy
from monitor.outbound.transport import PolicyBackend, Unreachable

KIND = "apprise"
EXTRA = "apprise"
"""The name under which the package is installed: `pip install 'relation-monitor[apprise]'`."""

_CONTENT_TYPE = "application/json"
_SEND_LIMIT = dt.timedelta(seconds=60)
_SPACING = dt.timedelta(seconds=1)
_TITLE = 200
# What would call people or link to rooms: "@everyone", "<!channel>", "<@U1>", "<#C1>".
_MENTION = re.compile(r"(?<=@)(?=\w)|(?<=<)(?=[@!#&])")
_LINK = re.compile(r"(https?://\S+)")
_ZERO_WIDTH = "\N{ZERO WIDTH SPACE}"
_STATUS = re.compile(r"error=(\d{3})\b")
_ABOUT_THE_SERVICE = frozenset({"app_url", "service_name", "service_url", "setup_url"})
_TELLING_CHARACTERS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class AppriseChannel:
    """One Apprise address. `most_title` of 0: the service knows no titles, and the title stands above the text."""

    id: str
    url: Secret
    policy: AddressPolicy
    book: Phrasebook = field(repr=False)
    most_title: int
    most_body: int
    targets: tuple[tuple[str, int], ...]
    zone: dt.tzinfo = dt.UTC
    kind: str = field(default=KIND, init=False)
    spacing: dt.timedelta = _SPACING
    send_limit: dt.timedelta = _SEND_LIMIT

    def render(self, alert: Alert, earlier: Sequence[Story]) -> Rendered:
        """Title and text, within what the service takes."""
        return self._rendered(alert_body(alert, earlier, self.zone, self.book))

    def render_notice(self, notice: Notice) -> Rendered:
        """A notice about the program itself."""
        return self._rendered(notice_body(notice, self.zone, self.book))

    def render_digest(self, digest: Digest) -> Rendered:
        """A digest, within what the service takes."""
        return self._rendered(digest_body(digest, self.book))

    async def send(self, claim: Claim, now: dt.datetime) -> Verdict:  # noqa: ARG002 - every channel is told the time
        """Asks the policy about every name that the service may connect to, then has Apprise send, in a thread."""
        try:
            await self._judge_targets()
        except AddressRefused as error:
            return Refused(reason=f"refused to connect to {error}")
        except Unreachable as error:
            return TryAgain(reason=f"could not be reached: {error}")
        message = json.loads(claim.message.rendered.body)
        taken, said = await asyncio.to_thread(_notify, self.url.reveal(), message["title"], message["body"])
        answer = conceal(answer_text(said.encode()), _hidden(self.url.reveal()))
        if taken:
            return Delivered(answer=answer or "taken")
        status = _STATUS.search(said)
        if status and status[1].startswith("4") and status[1] not in ("408", "425", "429"):
            return Refused(reason=answer)
        # Apprise tells no Retry-After, so a limit waits as long as for any destination that names none.
        return TryAgain(reason=answer or "not taken, without a word", limited=bool(status and status[1] == "429"))

    async def _judge_targets(self) -> None:
        """Raises AddressRefused where one of the names leads to a forbidden address, Unreachable where none is known."""
        backend, known = PolicyBackend(self.policy), False
        for host, port in self.targets:
            try:
                await backend.judged_addresses(host, port)
            except Unreachable:
                continue  # a service that has several may not mean this one
            known = True
        if not known:
            raise Unreachable("name not known")

    def _rendered(self, body: MailBody) -> Rendered:
        title = _cut(_without_mentions(body.subject), min(self.most_title or self.most_body // 2, _TITLE))
        room = self.most_body if self.most_title else self.most_body - len(title) - 2
        text = _cut(_without_mentions(body.text.strip()), room)
        return Rendered(
            content_type=_CONTENT_TYPE, body=json.dumps({"title": title, "body": text}, ensure_ascii=False).encode()
        )


def check(spec: ChannelSpec) -> tuple[Problem, ...]:
    """What is wrong with the options: `url` is needed, and it is a secret; the package must be installed."""
    problems = [*unknown_options(spec, ("url", "zone", "per_minute")), *zone_problems(spec), *pace_problems(spec)]
    url = spec.options.get("url")
    if not isinstance(url, Secret):
        sentence = (
            'An Apprise address mostly holds a secret, so it may not stand here: url = "env:NAME" or "file:PATH".'
        )
        problems.append(("url" if url else None, sentence))
    elif importlib.util.find_spec("apprise") is None:
        problems.append((None, f"Apprise is not installed. Do so: pip install 'relation-monitor[{EXTRA}]'"))
    else:
        _load()
        service = _service(url.reveal())
        if service is None:
            problems.append(("url", f"Apprise can't read this address. Look at what {url.reference} holds."))
        elif not _targets(service):
            problems.append(
                ("url", "This service names no host to connect to, so it can't be judged and isn't offered.")
            )
    return tuple(problems)


def build(spec: ChannelSpec, ways: Ways) -> AppriseChannel:
    """The channel for options that `check` has nothing against."""
    url = spec.options["url"]
    service = _service(url.reveal()) if isinstance(url, Secret) else None
    if not isinstance(url, Secret) or service is None:
        raise TypeError("an Apprise address that can't be used was let through")
    return AppriseChannel(
        id=spec.id,
        url=url,
        policy=ways.policy,
        book=ways.books[spec.language],
        most_title=service.title_maxlen,
        most_body=service.body_maxlen,
        targets=_targets(service),
        zone=zone_of(spec) or dt.UTC,
        spacing=pace_of(spec, _SPACING),
    )


def _load() -> None:
    """Has Apprise read its modules, in a moment when only this thread runs: some of them warn of what they come with."""
    with warnings.catch_warnings(), _words_of_apprise():
        warnings.simplefilter("ignore")
        import apprise  # noqa: PLC0415 - see the head of this module

        apprise.Apprise.instantiate("json://localhost")


def _service(url: str) -> Any:
    """Apprise's object for an address, or None where it can't be read. It makes no connection yet."""
    import apprise  # noqa: PLC0415 - see the head of this module

    with _words_of_apprise():
        service = apprise.Apprise.instantiate(
            url,
            asset=apprise.AppriseAsset(
                async_mode=False,
                secure_logging=True,
                http_redirects=False,
                allow_templates=False,
                storage_mode=apprise.PersistentStoreMode.MEMORY,
            ),
        )
    if service is not None:
        # The address itself may ask for these; what was judged is the first address, and what fits was cut here.
        service.redirects = False
        service.overflow_mode = apprise.OverflowMode.TRUNCATE
    return service


def _targets(service: Any) -> tuple[tuple[str, int], ...]:
    """The hosts and ports that a service may connect to: the vendor's own, and the one that the address names."""
    kind = type(service)
    fixed = (getattr(service, name, None) for name in dir(kind) if name not in _ABOUT_THE_SERVICE)
    addresses = [
        urlsplit(value) for value in fixed if isinstance(value, str) and value.startswith(("http://", "https://"))
    ]
    found = [(one.hostname, one.port or (443 if one.scheme == "https" else 80)) for one in addresses if one.hostname]
    if any("{host}" in template for template in kind.templates):
        port = service.port or (443 if service.secure else 80)
        host = getattr(service, "smtp_host", None) or service.host
        # Some services have an account's number there, which a resolver would take for an IPv4 address.
        found += [(host, port)] if host and not host.isdigit() else []
    return tuple(dict.fromkeys(found))


def _notify(url: str, title: str, body: str) -> tuple[bool, str]:
    """Whether the service took the message, and what Apprise said to it. Runs in a thread: Apprise waits for answers."""
    import apprise  # noqa: PLC0415 - see the head of this module

    service = _service(url)
    with _words_of_apprise() as words:
        taken = service.notify(body=body, title=title, body_format=apprise.NotifyFormat.TEXT)
    return bool(taken), " ".join(words)


@contextmanager
def _words_of_apprise() -> Iterator[list[str]]:
    """What Apprise logs in this thread meanwhile: it has no other way of telling what a service answered."""
    words: list[str] = []
    thread = threading.get_ident()

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.thread == thread:
                words.append(record.getMessage())

    listener, logger = Listener(logging.WARNING), logging.getLogger("apprise")
    logger.addHandler(listener)
    try:
        yield words
    finally:
        logger.removeHandler(listener)


def _hidden(url: str) -> tuple[str, ...]:
    """The address and its parts: in many services the token stands where others have their host."""
    pieces = re.split(r"[/@:?&=]", urlsplit(url).netloc)
    return (*telling_parts(url), *(piece for piece in pieces if len(piece) >= _TELLING_CHARACTERS))


def _without_mentions(text: str) -> str:
    """The same words, with a space of no width where a service would see the beginning of a mention.

    Links stay links: there, the marks are encoded.
    """
    pieces = _LINK.split(text)
    pieces[::2] = [_MENTION.sub(_ZERO_WIDTH, words) for words in pieces[::2]]
    pieces[1::2] = [link.replace("@", "%40").replace("<", "%3C") for link in pieces[1::2]]
    return "".join(pieces)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
