"""An operator's own texts for alerts: Jinja templates, which see plain values alone and run in a sandbox.

What a template writes is a title, its first line, and a text, which the channel lays out as it does a notice. Where it fails,
the alert goes out in the built-in words, and the operator hears of it. docs/messages.md names what may be filled in. The only
importer of jinja2, which is imported where a channel has a template. Comes after wording.py, around a channel.
"""

import datetime as dt
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from jinja2 import StrictUndefined, Template, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from monitor.delivery.phrasebook import Phrasebook
from monitor.delivery.wording import word
from monitor.domain.delivery import AlertTemplate, Claim, MessageKind, Notice, Rendered, Verdict
from monitor.domain.digests import Digest
from monitor.domain.documents import Finding
from monitor.domain.routing import Alert
from monitor.domain.stories import Story

if TYPE_CHECKING:
    from monitor.delivery.channel import Channel

_LONGEST = 20_000

_Value = str | bool | None | list[Any] | dict[str, Any]

EXAMPLE: Mapping[str, _Value] = {
    "sentence": "Fiji recalled an envoy from Tonga",
    "severity": "Major",
    "status": "reported",
    "type": "ambassador.recalled",
    "attribution": "Reported by The Lagoon Herald",
    "update": None,
    "headline": "Suva withdraws its high commissioner",
    "link": "https://lagoon-herald.example/news",
    "outlet": "The Lagoon Herald",
    "published": "4 March 2026, 14:40 +12",
    "evidence": {"before": "Suva ", "marked": "withdraws its high commissioner", "after": ""},
    "others": [{"name": "Reef Radio", "link": None}],
    "and_more": None,
    "earlier": ["1 March 2026: Fiji summoned the envoy of Tonga"],
    "why": ["“Pacific” follows the relations of Fiji with anyone, however small."],
    "source": "FJI",
    "target": None,
    "speaker": None,
    "object": None,
    "date": None,
    "confidence": "90%",
    "watches": ["pacific"],
    "story": "5b1f03c2",
    "page": None,
    "reference": "msg_0123456789abcdef",
    "feedback": "Not right? relmon feedback wrong msg_0123456789",
    "sample": False,
    "language": "en",
}
"""Each value that a template may fill in, as it might be."""


def problems(template: AlertTemplate) -> tuple[Finding, ...]:
    """What is wrong with a template: that it can't be read, asks for what there isn't, or writes nothing."""
    try:
        _filled(_compiled(template), EXAMPLE)
    except Exception as error:  # noqa: BLE001 - whatever a template raises is the operator's to mend
        return (Finding(file=template.file, line=_line_of(template, error), message=_said(error)),)
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Templated:
    """A channel whose alerts have the operator's words. Times are in `zone`."""

    inner: "Channel"
    template: AlertTemplate
    zone: dt.tzinfo
    _compiled: Template = field(repr=False)

    @classmethod
    def around(cls, inner: "Channel", template: AlertTemplate, zone: dt.tzinfo) -> "Templated":
        """The channel with a template that `problems` finds nothing wrong with."""
        return cls(inner=inner, template=template, zone=zone, _compiled=_compiled(template))

    @property
    def id(self) -> str:
        """That of the channel."""
        return self.inner.id

    @property
    def kind(self) -> str:
        """That of the channel."""
        return self.inner.kind

    @property
    def book(self) -> Phrasebook:
        """That of the channel."""
        return self.inner.book

    @property
    def spacing(self) -> dt.timedelta:
        """That of the channel."""
        return self.inner.spacing

    @property
    def send_limit(self) -> dt.timedelta:
        """That of the channel."""
        return self.inner.send_limit

    def render(self, alert: Alert, earlier: Sequence[Story]) -> Rendered:
        """The alert in the operator's words; where they fail, in the built-in ones, with what went wrong."""
        try:
            title, text = _filled(self._compiled, values_of(alert, earlier, self.book, self.zone))
        except Exception as error:  # noqa: BLE001 - no mistake in a template may cost an alert
            line = _line_of(self.template, error)
            trouble = f"{self.template.file}{f', line {line}' if line else ''}: {_said(error)}"
            return replace(self.inner.render(alert, earlier), trouble=trouble)
        notice = Notice(
            dedup_key=alert.dedup_key,
            title=title,
            text=text,
            at=alert.report.item.published_at,
            kind=MessageKind.ALERT,
            language=self.book.language,
        )
        return self.inner.render_notice(notice)

    def render_notice(self, notice: Notice) -> Rendered:
        """As the channel does: a template is for alerts."""
        return self.inner.render_notice(notice)

    def render_digest(self, digest: Digest) -> Rendered:
        """As the channel does: a template is for alerts."""
        return self.inner.render_digest(digest)

    async def send(self, claim: Claim, now: dt.datetime) -> Verdict:
        """As the channel does."""
        return await self.inner.send(claim, now)


def values_of(alert: Alert, earlier: Sequence[Story], book: Phrasebook, zone: dt.tzinfo) -> dict[str, _Value]:
    """What a template may fill in: the keys of `EXAMPLE`, plain values only."""
    said, event, item = word(alert, earlier, book), alert.report.event, alert.report.item
    found = said.evidence
    return {
        "sentence": said.sentence,
        "severity": said.severity,
        "status": book.say(f"statuses.{event.status}"),
        "type": event.type,
        "attribution": said.attribution,
        "update": said.update,
        "headline": said.headline,
        "link": item.link,
        "outlet": item.outlet,
        "published": book.moment(item.published_at, zone),
        "evidence": {"before": found.before, "marked": found.marked, "after": found.after},
        "others": [{"name": one.name, "link": one.link} for one in said.others],
        "and_more": said.and_more,
        "earlier": list(said.earlier),
        "why": list(said.why),
        "source": event.source.code if event.source else alert.story.source,
        "target": event.target.code if event.target else alert.story.target,
        "speaker": event.speaker.code if event.speaker else None,
        "object": event.object or alert.story.object,
        "date": book.date(event.date) if event.date else None,
        "confidence": f"{event.confidence:.0%}",
        "watches": list(alert.watches),
        "story": alert.story.id,
        "page": alert.page,
        "reference": said.reference,
        "feedback": said.feedback,
        "sample": alert.story.sample,
        "language": book.language,
    }


def _compiled(template: AlertTemplate) -> Template:
    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,
    )
    code = environment.compile(template.text, name=template.file, filename=template.file)
    return environment.template_class.from_code(environment, code, environment.make_globals(None))


def _filled(template: Template, values: Mapping[str, _Value]) -> tuple[str, str]:
    """The first line that is not empty, and what follows it. Raises ValueError where there is none."""
    title, _, text = template.render(values).strip()[:_LONGEST].partition("\n")
    if not title:
        raise ValueError("the template writes nothing")
    return title, text.strip("\n")


def _line_of(template: AlertTemplate, error: Exception) -> int | None:
    """The line of the template at which it failed."""
    if isinstance(error, TemplateSyntaxError):
        return error.lineno
    frames = traceback.extract_tb(error.__traceback__)
    return next((frame.lineno for frame in reversed(frames) if frame.filename == template.file), None)


def _said(error: Exception) -> str:
    """What went wrong, in the words of Jinja, on one line."""
    return " ".join(str(error).split()) or type(error).__name__
