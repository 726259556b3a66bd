"""What every channel can do, and which kinds of channels there are.

A kind of channel is one module: copy one, give it KIND, `check` and `build`, and name it here. It is imported once a
channel of its kind is configured. Leaves the outbox to storage, and the order, spacing and leases of messages to the
dispatcher. Comes after routing.
"""

import datetime as dt
import importlib
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Protocol, cast

from monitor.delivery.options import Problem, zone_of
from monitor.delivery.phrasebook import Phrasebook
from monitor.delivery.ways import Ways
from monitor.domain.delivery import ChannelSpec, Claim, Notice, Rendered, Verdict
from monitor.domain.digests import Digest
from monitor.domain.documents import Finding
from monitor.domain.routing import Alert
from monitor.domain.stories import Story


class Channel(Protocol):
    """A way to reach people. Its `repr` shows no secret."""

    @property
    def id(self) -> str:
        """The stable id that watches name."""
        ...

    @property
    def kind(self) -> str:
        """What the configuration calls this kind of channel."""
        ...

    @property
    def book(self) -> Phrasebook:
        """The texts of its alerts."""
        ...

    @property
    def spacing(self) -> dt.timedelta:
        """The least time between two sends to this destination."""
        ...

    @property
    def send_limit(self) -> dt.timedelta:
        """The longest that one `send` takes; a lease must last more than twice as long (R3)."""
        ...

    def render(self, alert: Alert, earlier: Sequence[Story]) -> Rendered:
        """The final bytes of an alert. Pure: no clock, no network. `earlier` are stories of this relation, newest first."""
        ...

    def render_notice(self, notice: Notice) -> Rendered:
        """The final bytes of a notice about the program itself."""
        ...

    def render_digest(self, digest: Digest) -> Rendered:
        """The final bytes of a digest, or of what was held back."""
        ...

    async def send(self, claim: Claim, now: dt.datetime) -> Verdict:
        """One attempt to send the stored bytes. Whatever the destination does comes back as a verdict, not an error."""
        ...


class _Kind(Protocol):
    """The module of a kind of channel."""

    def check(self, spec: ChannelSpec, /) -> tuple[Problem, ...]: ...

    def build(self, spec: ChannelSpec, ways: Ways, /) -> Channel: ...


# What the configuration calls a kind -> its module.
_KINDS: Mapping[str, str] = MappingProxyType(
    {
        "console": "monitor.delivery.console",
        "slack": "monitor.delivery.slack",
        "slack-bot": "monitor.delivery.slack_bot",
        "email": "monitor.delivery.email",
        "webhook": "monitor.delivery.webhook",
        "apprise": "monitor.delivery.apprise",
    }
)


_TAKES_NO_TEMPLATE = frozenset({"webhook"})


def kinds() -> tuple[str, ...]:
    """The kinds of channels there are."""
    return tuple(_KINDS)


def check_spec(spec: ChannelSpec) -> tuple[Problem, ...]:
    """What is wrong with a channel as configured: (option, or None for the whole; a sentence that says what to do)."""
    if spec.kind not in _KINDS:
        return (("kind", f"There is no kind of channel called '{spec.kind}'. Use one of: {', '.join(_KINDS)}."),)
    if spec.template is not None and spec.kind in _TAKES_NO_TEMPLATE:
        sentence = "Programs read these messages, so they take no template; what it would say stands in their fields."
        return (("template", sentence), *_kind(spec.kind).check(spec))
    return _kind(spec.kind).check(spec)


def build(spec: ChannelSpec, ways: Ways) -> Channel:
    """The channel that a spec describes.

    Raises ValueError where `check_spec` or `template_problems` finds something wrong with it.
    """
    if problems := check_spec(spec):
        raise ValueError(f"channel {spec.id}: " + " ".join(sentence for _, sentence in problems))
    if findings := template_problems(spec):
        raise ValueError(f"channel {spec.id}: {findings[0]}")
    if spec.language not in ways.books:
        raise ValueError(f"channel {spec.id}: there are no texts in the language {spec.language!r}")
    channel = _kind(spec.kind).build(spec, ways)
    if spec.template is None:
        return channel
    from monitor.delivery.templates import Templated  # noqa: PLC0415 - Jinja takes a twentieth of a second

    return Templated.around(channel, spec.template, zone_of(spec) or dt.UTC)


def template_problems(spec: ChannelSpec) -> tuple[Finding, ...]:
    """What is wrong with a channel's own text of alerts, with file and line."""
    if spec.template is None:
        return ()
    from monitor.delivery.templates import problems  # noqa: PLC0415 - as above

    return problems(spec.template)


def _kind(name: str) -> _Kind:
    return cast("_Kind", importlib.import_module(_KINDS[name]))
