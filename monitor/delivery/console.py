"""The console channel: alerts as readable text on standard output, coloured on a terminal, plain elsewhere.

What is stored is the plain text that is printed; colours are added as it is printed, so that a text that moves from
one terminal (or a file) to another stays readable. Times are in the zone that the channel names, or else the machine's
own. Comes after routing; the dispatcher prints.
"""

import asyncio
import datetime as dt
import io
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rich.console import Console
from rich.text import Text

from monitor.delivery.bulletins import bulletin, text_lines
from monitor.delivery.options import Problem, unknown_options, zone_of, zone_problems
from monitor.delivery.phrasebook import Phrasebook
from monitor.delivery.ways import Ways
from monitor.delivery.wording import kind_words, printable, word
from monitor.domain.delivery import ChannelSpec, Claim, Delivered, MessageKind, Notice, Rendered, TryAgain, Verdict
from monitor.domain.digests import Digest
from monitor.domain.routing import Alert
from monitor.domain.stories import Stage, Story
from monitor.domain.taxonomy import Severity

KIND = "console"

_CONTENT_TYPE = "text/plain; charset=utf-8"
_INDENT = "    "
_STYLES = {
    Severity.CRITICAL: "bold white on red",
    Severity.MAJOR: "bold red",
    Severity.NOTABLE: "bold yellow",
    Severity.ROUTINE: "bold cyan",
}
_SAID_ABOVE = ("severity", "status", "outlet")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleChannel:
    """Prints to whatever standard output is when a message is sent. `zone` None is the machine's own."""

    id: str
    book: Phrasebook = field(repr=False)
    zone: dt.tzinfo | None = None
    kind: str = field(default=KIND, init=False)
    spacing: dt.timedelta = field(default=dt.timedelta(0), init=False)
    send_limit: dt.timedelta = field(default=dt.timedelta(seconds=10), init=False)

    def render(self, alert: Alert, earlier: Sequence[Story]) -> Rendered:
        """The text of an alert, without colours or control characters."""
        book, item = self.book, alert.report.item
        said = word(alert, earlier, book)
        first = f"{book.say('labels.sample')} " if alert.story.sample else ""
        lines = [f"{first}{said.severity.upper()}: {said.sentence}"]
        lines += [said.update] if said.update else []
        lines.append(said.headline)
        if said.evidence_adds:
            found = said.evidence
            marked = f"[{found.marked}]" if found.marked else ""
            lines.append(f"“{found.before}{marked}{found.after}”")
        lines.append(f"{item.outlet}, {book.moment(item.published_at, self.zone)}")
        lines += [item.link] if item.link else []
        if said.others:
            lines.append(f"{book.say('labels.others')}:")
            lines += [f"- {one.name}{f' {one.link}' if one.link else ''}" for one in said.others]
            lines += [f"- {said.and_more}"] if said.and_more else []
        lines += [f"{book.say('labels.earlier')}:", *(f"- {one}" for one in said.earlier)] if said.earlier else []
        lines += [f"{book.say('labels.why')}: {' '.join(said.why)}"] if said.why else []
        lines += [f"{book.say('labels.page')}: {alert.page}"] if alert.page else []
        lines.append(" · ".join(f"{fact.label}: {fact.value}" for fact in said.facts_but(*_SAID_ABOVE)))
        lines.append(said.feedback)
        return _rendered(lines)

    def render_notice(self, notice: Notice) -> Rendered:
        """The text of a notice about the program itself."""
        at = notice.at.astimezone(self.zone)
        return _rendered(
            [
                f"{kind_words(notice, self.book).upper()}: {notice.title}",
                *notice.text.splitlines(),
                f"{at:%Y-%m-%d %H:%M %Z}",
            ]
        )

    def render_digest(self, digest: Digest) -> Rendered:
        """The text of a digest, whose times are in its own zone."""
        said = bulletin(digest, self.book)
        return _rendered([said.title, *text_lines(said)])

    async def send(self, claim: Claim, now: dt.datetime) -> Verdict:  # noqa: ARG002 - every channel is told the time
        """Prints the message. Standard output that is closed, or a full disk behind it, may come back: try again."""
        try:
            # In a thread: a reader of a pipe that has stopped reading must not stop the daemon's loop.
            await asyncio.to_thread(_print, claim.message.rendered.body.decode(), _colours(self.book))
        except (OSError, ValueError) as error:
            return TryAgain(reason=f"standard output takes nothing: {error}")
        return Delivered(answer="printed")


def check(spec: ChannelSpec) -> tuple[Problem, ...]:
    """What is wrong with the options. `zone` names a time zone, as in "America/Caracas"."""
    return (*unknown_options(spec, ("zone",)), *zone_problems(spec))


def build(spec: ChannelSpec, ways: Ways) -> ConsoleChannel:
    """The channel for options that `check` has nothing against."""
    return ConsoleChannel(id=spec.id, book=ways.books[spec.language], zone=zone_of(spec))


def _rendered(lines: Sequence[str]) -> Rendered:
    first, *rest = (printable(line) for line in lines)
    text = "\n".join([first, *(_INDENT + line for line in rest)]) + "\n\n"
    return Rendered(content_type=_CONTENT_TYPE, body=text.encode())


def _colours(book: Phrasebook) -> Mapping[str, str]:
    """Styles by regular expression; later ones paint over earlier ones.

    The text has no control characters, so a line starts only where we start one.
    """
    sample = re.escape(book.say("labels.sample"))
    severities = {re.escape(book.say(f"severities.{one}").upper()): style for one, style in _STYLES.items()}
    kinds = "|".join({kind.upper() for one in MessageKind for kind in (one.value, re.escape(book.say(f"kinds.{one}")))})
    updates = "|".join(filter(None, (re.escape(book.say(f"stages.{stage}")) for stage in Stage)))
    return {
        r"\A[^\n]+": "bold",
        rf"\A{sample} ": "reverse",
        **{rf"\A(?:{sample} )?{severity}:": style for severity, style in severities.items()},
        rf"\A(?:{kinds}):": _STYLES[Severity.ROUTINE],
        r"(?m)^    “.*”$": "italic",
        r"https?://\S+": "blue",
        rf"(?m)^    (?:{updates})$": "magenta",
        # The facts and the way of feedback, below everything else.
        rf"(?m)^    .*{re.escape(book.say('labels.story'))}: \w+\n.*$": "dim",
    }


def _print(text: str, colours: Mapping[str, str]) -> None:
    """Writes to standard output, at once, in whatever encoding it has.

    rich colours into memory only: when it prints by itself and the reader of a pipe is gone, it ends the process.
    """
    stream = sys.stdout
    painted = io.StringIO()
    console = Console(
        file=painted, force_terminal=stream.isatty(), soft_wrap=True, highlight=False, markup=False, emoji=False
    )
    words = Text(text, end="")
    for pattern, style in colours.items():
        words.highlight_regex(pattern, style)
    console.print(words, end="")
    encoding = stream.encoding or "utf-8"
    stream.write(painted.getvalue().encode(encoding, "replace").decode(encoding))
    stream.flush()
