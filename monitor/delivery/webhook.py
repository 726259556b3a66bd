"""The generic webhook: JSON, signed after Standard Webhooks 1.0.0 (https://www.standardwebhooks.com).

The body is rendered once and sent again byte for byte under one `webhook-id`, so that a receiver can drop what it has
had; the time of the attempt and the signature are headers. Redirects are not followed: a signed message goes where the
operator said, or nowhere. Comes after routing; the dispatcher sends.
"""

import base64
import binascii
import datetime as dt
import hashlib
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from monitor.delivery.digest_json import digest_json
from monitor.delivery.options import (
    Problem,
    address_problem,
    conceal,
    pace_of,
    pace_problems,
    telling_parts,
    text_of,
    unknown_options,
)
from monitor.delivery.phrasebook import Phrasebook
from monitor.delivery.retry import judge_failure, judge_http
from monitor.delivery.sentences import story_sentence
from monitor.delivery.ways import Ways
from monitor.delivery.wording import line, printable, word
from monitor.domain.delivery import (
    ChannelSpec,
    Claim,
    Delivered,
    Notice,
    OptionValue,
    Refused,
    Rendered,
    Secret,
    Verdict,
    message_id,
)
from monitor.domain.digests import Digest
from monitor.domain.events import EventActor
from monitor.domain.publishers import Coverage
from monitor.domain.routing import Alert
from monitor.domain.stories import Story
from monitor.outbound.client import HttpClient, RequestFailed

KIND = "webhook"

MAX_BODY_BYTES = 20_000
"""What Standard Webhooks advises as the most that a receiver should have to take."""

_SECRET_PREFIX = "whsec_"  # noqa: S105 - marks a secret, is none
_CONTENT_TYPE = "application/json"
_CLOUD_CONTENT_TYPE = "application/cloudevents+json; charset=utf-8"
_FORMATS = ("plain", "cloudevents")
_ANSWER_BYTES = 64_000
_REQUEST_LIMIT = dt.timedelta(seconds=10)
_TEXT_CHARACTERS = 2000
_EARLIER = 5
# The longest text and the longest link of each line of a digest, tried in this order.
_DIGEST_SIZES = ((500, 2000), (200, 500), (100, 200), (50, 0))
_PUBLISHERS = 50
_COVERAGE = 10
_PRINTINGS = 3

_SOURCE = "/relation-monitor"
_URI_REFERENCE = re.compile(r"[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]{1,500}")
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
# Headers that the message itself or the connection sets; a second one would break or forge them.
_OWN_HEADERS = frozenset(
    {"connection", "content-encoding", "content-length", "content-type", "host", "transfer-encoding"}
    | {"webhook-id", "webhook-signature", "webhook-timestamp"}
)

_Json = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookChannel:
    """One address. Each of `keys` adds a signature, so that a receiver can change over from one secret to the next."""

    id: str
    url: str = field(repr=False)
    client: HttpClient = field(repr=False)
    book: Phrasebook = field(repr=False)
    keys: tuple[bytes, ...] = field(default=(), repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    hidden: tuple[str, ...] = field(default=(), repr=False)
    """What no log and no verdict may repeat."""
    source: str | None = None
    """Who sends, for messages that go as CloudEvents 1.0; None for plain ones."""
    kind: str = field(default=KIND, init=False)
    spacing: dt.timedelta = dt.timedelta(0)
    send_limit: dt.timedelta = field(default=_REQUEST_LIMIT + dt.timedelta(seconds=2), init=False)

    def render(self, alert: Alert, earlier: Sequence[Story]) -> Rendered:
        """The alert as JSON under 20 kB; long texts are cut, the link of the item never."""
        link: str | None = alert.report.item.link
        most = _TEXT_CHARACTERS
        rendered = self._alert(alert, earlier, link=link, most=most)
        while len(rendered.body) >= MAX_BODY_BYTES and most > 1:
            most //= 2
            rendered = self._alert(alert, earlier, link=link, most=most)
        if len(rendered.body) >= MAX_BODY_BYTES:
            # Only an address of many kilobytes gets here. Half of it would lead elsewhere, so it goes as a whole.
            rendered = self._alert(alert, earlier, link=None, most=_TEXT_CHARACTERS // 8)
        return rendered

    def render_notice(self, notice: Notice) -> Rendered:
        """A notice about the program itself."""
        data: _Json = {"title": _cut(notice.title, 500), "text": _cut(notice.text, _TEXT_CHARACTERS)}
        return self._rendered(f"relation.{notice.kind}", notice.at, data, key=notice.key_for(self.id), subject=None)

    def render_digest(self, digest: Digest) -> Rendered:
        """The digest as JSON under 20 kB; long texts are cut, and left out are rather the links than parts of them."""
        *larger, smallest = _DIGEST_SIZES
        for most, longest_link in larger:
            rendered = self._digest(digest, most, longest_link)
            if len(rendered.body) < MAX_BODY_BYTES:
                return rendered
        return self._digest(digest, *smallest)

    def _digest(self, digest: Digest, most: int, longest_link: int) -> Rendered:
        data = digest_json(digest, self.book, most=most, longest_link=longest_link)
        return self._rendered(f"relation.{digest.kind}", digest.at, data, key=digest.key_for(self.id), subject=None)

    def _alert(self, alert: Alert, earlier: Sequence[Story], *, link: str | None, most: int) -> Rendered:
        data, at = _alert(alert, earlier, self.book, link=link, most=most), alert.report.item.seen_at
        return self._rendered("relation.alert", at, data, key=alert.dedup_key, subject=alert.story.id)

    def _rendered(self, kind: str, at: dt.datetime, data: _Json, *, key: str, subject: str | None) -> Rendered:
        if self.source is None:
            return Rendered(
                content_type=_CONTENT_TYPE, body=_json({"type": kind, "timestamp": _time(at), "data": data})
            )
        # CloudEvents 1.0, structured mode (https://github.com/cloudevents/spec): what a receiver drops repeats by is
        # source and id, and the id is that of the message.
        event: _Json = {"specversion": "1.0", "id": message_id(key), "source": self.source, "type": kind}
        event |= {"time": _time(at), "datacontenttype": "application/json"} | ({"subject": subject} if subject else {})
        return Rendered(content_type=_CLOUD_CONTENT_TYPE, body=_json({**event, "data": data}))

    async def send(self, claim: Claim, now: dt.datetime) -> Verdict:
        """Sends the stored bytes, signed for this attempt at `now`."""
        message = claim.message
        answer = await self.client.request(
            "POST",
            self.url,
            headers=(
                ("Content-Type", message.rendered.content_type),
                *signed_headers(message.id, now, message.rendered.body, self.keys),
                *self.headers,
            ),
            content=message.rendered.body,
            time_limit=_REQUEST_LIMIT,
            max_bytes=_ANSWER_BYTES,
            max_redirects=0,
        )
        if isinstance(answer, RequestFailed):
            return judge_failure(answer, now=now)
        said = conceal(answer.content.decode("utf-8", "replace"), self.hidden)
        verdict = judge_http(answer.status, answer.headers, said.encode(), now=now)
        if isinstance(verdict, Delivered) and _says_no(answer.content):
            return Refused(reason=f"answered {verdict.answer}")
        return verdict


def _says_no(body: bytes) -> bool:
    """Whether a receiver takes back its 200: {"ok": false, ...}, as the interfaces of many services put it."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return False
    return isinstance(said, dict) and said.get("ok") is False


def signed_headers(message_id: str, at: dt.datetime, body: bytes, keys: Sequence[bytes]) -> tuple[tuple[str, str], ...]:
    """The headers of Standard Webhooks for one attempt; without a key there is no signature among them."""
    timestamp = str(int(at.timestamp()))
    signed = f"{message_id}.{timestamp}.".encode() + body
    signatures = [base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode() for key in keys]
    headers = [("webhook-id", message_id), ("webhook-timestamp", timestamp)]
    if signatures:
        headers.append(("webhook-signature", " ".join(f"v1,{signature}" for signature in signatures)))
    return tuple(headers)


def check(spec: ChannelSpec) -> tuple[Problem, ...]:
    """What is wrong with the options: `url`, `secret` or `secrets`, `headers`, `format`, `source`."""
    problems = list(unknown_options(spec, ("url", "secret", "secrets", "headers", "format", "source", "per_minute")))
    problems += pace_problems(spec)
    url = spec.options.get("url")
    address = text_of(url)
    if url is None:
        problems.append((None, 'A webhook channel needs the address to post to: url = "https://...".'))
    elif address is None:
        problems.append(("url", 'The address must be text, as in url = "https://example.org/hook".'))
    elif problem := address_problem(address):
        problems.append(("url", problem))
    if "secret" in spec.options and "secrets" in spec.options:
        problems.append(("secrets", "Give either secret or secrets (the new one and the old one), not both."))
    for option, secret in _secrets(spec):
        if problem := _secret_problem(secret):
            problems.append((option, problem))
    if spec.options.get("format", "plain") not in _FORMATS:
        problems.append(("format", f"Write one of: {', '.join(_FORMATS)}."))
    if "source" in spec.options and spec.options.get("format") != "cloudevents":
        problems.append(("source", 'Only a CloudEvent names its source: write format = "cloudevents", too.'))
    source = spec.options.get("source", _SOURCE)
    if not isinstance(source, str) or not _URI_REFERENCE.fullmatch(source):
        problems.append(
            ("source", 'Who sends is an address or a path, as in source = "https://press.example/monitor".')
        )
    problems += [("headers", problem) for problem in _header_problems(spec.options.get("headers"))]
    return tuple(problems)


def build(spec: ChannelSpec, ways: Ways) -> WebhookChannel:
    """The channel for options that `check` has nothing against."""
    url = spec.options["url"]
    address = text_of(url) or ""
    secrets = [secret.reveal().strip() for _, secret in _secrets(spec) if isinstance(secret, Secret)]
    headers = spec.options.get("headers")
    values = headers if isinstance(headers, dict) else {}
    known = [address, *secrets, *(value.reveal() for value in values.values() if isinstance(value, Secret))]
    # A literal address is no secret by itself, yet receivers put tokens into addresses: hide its telling parts as well.
    return WebhookChannel(
        id=spec.id,
        url=address,
        client=ways.http,
        book=ways.books[spec.language],
        keys=tuple(_key(secret) for secret in secrets),
        headers=tuple((name, text_of(value) or "") for name, value in values.items()),
        hidden=tuple(part for secret in known for part in telling_parts(secret.removeprefix(_SECRET_PREFIX))),
        spacing=pace_of(spec, dt.timedelta(0)),
        source=text_of(spec.options.get("source", _SOURCE)) if spec.options.get("format") == "cloudevents" else None,
    )


def _secrets(spec: ChannelSpec) -> list[tuple[str, OptionValue]]:
    listed = spec.options.get("secrets", ())
    several = [("secrets", one) for one in (listed if isinstance(listed, tuple) else (listed,))]
    return [("secret", spec.options["secret"]), *several] if "secret" in spec.options else several


def _secret_problem(secret: OptionValue) -> str | None:
    if not isinstance(secret, Secret):
        return "A secret may not stand here. Write env:NAME or file:PATH, and keep the secret there."
    try:
        key = _key(secret.reveal())
    except (binascii.Error, ValueError):
        key = b""
    if not key:
        return (
            f"What {secret.reference} holds is no signing secret: it must be base64, usually after 'whsec_'. "
            "Take the one that the receiver shows, or make one: echo whsec_$(openssl rand -base64 32)"
        )
    return None


def _key(secret: str) -> bytes:
    text = secret.strip().removeprefix(_SECRET_PREFIX)
    # Some receivers show their secret without the padding at its end.
    return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)


def _header_problems(headers: OptionValue | None) -> list[str]:
    if headers is None:
        return []
    if not isinstance(headers, dict):
        return ['Headers are a table, as in headers = { Authorization = "env:TOKEN" }.']
    problems = []
    for name, value in headers.items():
        text = text_of(value)
        if not _HEADER_NAME.fullmatch(name):
            problems.append(f"'{name}' can't be the name of a header: use letters, digits and hyphens.")
        elif name.lower() in _OWN_HEADERS:
            problems.append(f"The header {name} belongs to the message itself and can't be set here.")
        if text is None or not (text.isascii() and text.isprintable()):
            problems.append(f"The value of the header {name} must be plain ASCII text on one line.")
    return problems


def _alert(alert: Alert, earlier: Sequence[Story], book: Phrasebook, *, link: str | None, most: int) -> _Json:
    """What an alert says, with each text cut to `most` characters."""
    said, report, story = word(alert, earlier, book), alert.report, alert.story
    event, item = report.event, report.item
    return {
        "id": said.reference,
        "stage": alert.stage,
        "severity": alert.story.severity,
        "severity_of_type": alert.story.type_severity or alert.story.severity,
        "severity_adjustments": {one.ground: one.step for one in alert.story.adjustments},
        "sample": story.sample,
        "summary": _cut(line(alert), most),
        "sentence": _cut(said.sentence, most),
        "language": book.language,
        "story": {
            **_story(story, most),
            "relation": story.relation,
            "opened_at": _time(story.opened_at),
            "last_report_at": _time(story.last_report_at),
            "publishers": [_cut(one, most // 10) for one in sorted(story.publishers)[:_PUBLISHERS]],
        },
        "event": {
            "id": report.id,
            "type": event.type,
            "plover": event.plover,
            "source": _actor(event.source, most),
            "target": _actor(event.target, most),
            "speaker": _actor(event.speaker, most),
            "status": event.status,
            "object": _cut(event.object, most) if event.object else None,
            "date": str(event.date) if event.date else None,
            "confidence": event.confidence,
            "evidence": {
                "sentence": _cut(event.evidence.sentence, most),
                "start": event.evidence.start,
                "end": event.evidence.end,
                "pattern": event.evidence.pattern,
            },
        },
        "item": {
            "title": _cut(item.title, most),
            "link": link,
            "guid": _cut(item.guid, most) if item.guid else None,
            "outlet": _cut(item.outlet, most),
            "language": item.language,
            "published_at": _time(item.published_at),
        },
        "page": alert.page,
        "coverage": [_coverage(one, most) for one in alert.coverage[:_COVERAGE]],
        "watches": list(alert.watches),
        "why": [_cut(one, most) for one in said.why],
        "earlier": [_earlier(one, book, most // 10) for one in earlier[:_EARLIER]],
    }


def _coverage(one: Coverage, most: int) -> _Json:
    """A publisher; a link that is too long is left out, since half of one would lead elsewhere."""
    printings = [
        {"outlet": _cut(one.outlet, most // 10), "link": one.link if one.link and len(one.link) <= most else None}
        for one in one.printings[:_PRINTINGS]
    ]
    return {"publisher": _cut(one.publisher, most // 10), "agency": one.agency, "printings": printings}


def _story(story: Story, most: int) -> _Json:
    return {"id": story.id, "type": story.type, "status": story.status, "headline": _cut(story.headline, most)}


def _earlier(story: Story, book: Phrasebook, most: int) -> _Json:
    sentence = _cut(story_sentence(story, book), most)
    return {**_story(story, most), "opened_at": _time(story.opened_at), "sentence": sentence}


def _actor(actor: EventActor | None, most: int) -> _Json | None:
    if actor is None:
        return None
    role = _cut(actor.role, most) if actor.role else None
    return {"code": actor.code, "name": _cut(actor.name, most), "role": role, "part": actor.part}


def _json(message: Mapping[str, object]) -> bytes:
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()


def _time(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _cut(text: str, most: int) -> str:
    clean = printable(text)
    return clean if len(clean) <= most else clean[: max(most - 1, 0)] + "…"
