"""`relmon feedback`: what was wrong with an alert, and the examples that pattern files learn from it (P23)."""

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from monitor.classify.origin import Origin, origin_of
from monitor.cli.common import config_option, database_option, tells_errors
from monitor.cli.reading import configuration_of, database_of, opened, stored
from monitor.cli.wiring import utc_now
from monitor.delivery.wording import printable
from monitor.domain.delivery import MessageKind
from monitor.domain.feedback import Fault, Feedback
from monitor.domain.stories import StoredEvent
from monitor.storage import outbox
from monitor.storage.connection import Connection
from monitor.storage.events import events_of_story
from monitor.storage.feedback import all_feedback, keep_feedback
from monitor.storage.outbox import StoredMessage

_SHORTEST_PREFIX = 8
_TEACHES = (Fault.WRONG, Fault.DIRECTION)


@click.group()
def feedback() -> None:
    """Say what was wrong with an alert; write what patterns can learn from it."""


def _giving(fault: Fault, says: str) -> None:
    @feedback.command(fault.value, help=f"{says} ALERT is the reference that stands in the alert, or its start.")
    @click.argument("reference", metavar="ALERT")
    @click.option("--note", default="", help="A word on it, for whoever mends the patterns.")
    @config_option
    @database_option
    @tells_errors
    def give(*, reference: str, note: str, config_folder: Path | None, database: str | None) -> None:
        with opened(database_of(config_folder, database)) as storage, storage.write() as connection:
            alert = _find(connection, reference)
            keep_feedback(connection, Feedback(message_id=alert.message.id, fault=fault, note=note, at=utc_now()))
        click.echo(f"Noted as {fault}: {printable(alert.message.title)}")


_giving(Fault.WRONG, "The text says nothing of the kind.")
_giving(Fault.DUPLICATE, "The event was told already.")
_giving(Fault.NOISE, "Right, but not worth a message.")
_giving(Fault.DIRECTION, "Who did it to whom is turned round.")


@feedback.command()
@click.option(
    "--language", metavar="CODE", help="Of the patterns of this language alone: a pattern file has one language."
)
@config_option
@database_option
@tells_errors
def export(*, language: str | None, config_folder: Path | None, database: str | None) -> None:
    """Write a pattern file (TOML) whose examples are the texts that were read wrongly.

    Each pattern stands there with the phrase that read them: with `no` examples, or with `yes` examples where the direction
    was turned round. They fail until the phrase is mended; `relmon patterns test FILE` says when they don't.
    """
    loaded = configuration_of(config_folder, database)
    with stored(loaded.settings.database.url) as connection:
        lessons = [_lesson(connection, given) for given in all_feedback(connection) if given.fault in _TEACHES]
    by_pattern: dict[str, list[_Lesson]] = {}
    for lesson in filter(None, lessons):
        by_pattern.setdefault(lesson.report.event.evidence.pattern, []).append(lesson)
    if not by_pattern:
        click.echo("No alert was called wrong or turned round yet.", err=True)
        return
    origins = {name: origin_of(name, loaded.documents.patterns) for name in sorted(by_pattern)}
    languages = {origin.language for origin in origins.values() if origin is not None}
    if language is None and len(languages) > 1:
        raise click.UsageError(f"Choose one with --language: {', '.join(sorted(languages))}.")
    click.echo(f'language = "{language or next(iter(languages), "en")}"')
    for name, origin in origins.items():
        if origin is None or language in (None, origin.language):
            for line in _entry(name, origin, by_pattern[name]):
                click.echo(line)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lesson:
    """What was said of an alert, and the report that it told of."""

    given: Feedback
    report: StoredEvent


def _find(connection: Connection, reference: str) -> StoredMessage:
    prefix = reference if reference.startswith("msg_") else f"msg_{reference}"
    found = outbox.messages(connection, id_prefix=prefix, limit=2) if len(prefix) >= _SHORTEST_PREFIX else ()
    alerts = [one for one in found if one.message.kind is MessageKind.ALERT]
    if len(alerts) != 1:
        reason = "fits several alerts; write more of it" if alerts else "is the reference of no alert"
        click.echo(f"relmon: {reference} {reason}. `relmon deliveries list` shows them.", err=True)
        sys.exit(1)
    return alerts[0]


def _lesson(connection: Connection, given: Feedback) -> _Lesson | None:
    """The report that the alert told of; for an alert of an earlier version the one that it must have been."""
    (alert,) = outbox.messages(connection, id_prefix=given.message_id, limit=1)
    message = alert.message
    if message.story_id is None:
        return None
    archived = events_of_story(connection, message.story_id)
    if known := [one.stored for one in archived if one.stored.id == message.event_id]:
        return _Lesson(given=given, report=known[0])
    reports = [one.stored for one in archived if one.stored.is_news]
    by_then = [one for one in reports if one.item.seen_at <= message.created_at] or reports
    if not by_then:
        return None
    return _Lesson(given=given, report=by_then[0] if ":first:" in message.dedup_key else by_then[-1])


def _entry(name: str, origin: Origin | None, lessons: Sequence[_Lesson]) -> Iterator[str]:
    """The pattern as an entry of a pattern file; one that no file holds any more, as a comment."""
    if origin is None:
        yield f"\n# {name} is no pattern of this configuration any more. It read:"
        for lesson in lessons:
            yield f"# {_quoted(lesson.report.event.evidence.sentence)}"
        return
    yield f"\n# {name}\n[[pattern]]\ntype = {_quoted(origin.type)}"
    yield f"say = [{', '.join(map(_quoted, origin.phrases))}]"
    for kind, fault in (("no", Fault.WRONG), ("yes", Fault.DIRECTION)):
        lines = [line for lesson in lessons if lesson.given.fault is fault for line in _example(lesson)]
        if lines:
            yield "\n".join((f"{kind} = [", *dict.fromkeys(lines), "]"))


def _example(lesson: _Lesson) -> Iterator[str]:
    event = lesson.report.event
    if lesson.given.note:
        yield f"    # {printable(lesson.given.note)}"
    source, target = (side.code if side else "?" for side in (event.source, event.target))
    turned = f" -> {target} > {source}" if lesson.given.fault is Fault.DIRECTION else ""
    yield f"    {_quoted(event.evidence.sentence + turned)},"


def _quoted(text: str) -> str:
    # A JSON string is a TOML string, too.
    return json.dumps(printable(text).strip(), ensure_ascii=False)
