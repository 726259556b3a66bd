"""`relmon feedback`: what was wrong with an alert, and the examples that pattern files learn from it (P23)."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from monitor.cli.common import config_option, database_option, tells_errors
from monitor.cli.reading import database_of, opened, stored
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
@config_option
@database_option
@tells_errors
def export(*, config_folder: Path | None, database: str | None) -> None:
    """Write `no` examples for pattern files (TOML), one list for each pattern that read a text wrongly."""
    with stored(database_of(config_folder, database)) as connection:
        read = [(given, _read_in(connection, given)) for given in all_feedback(connection) if given.fault in _TEACHES]
    by_pattern: dict[str, list[str]] = {}
    for given, report in read:
        if report is not None:
            by_pattern.setdefault(report.event.evidence.pattern, []).extend(_example(given, report))
    for pattern, lines in sorted(by_pattern.items()):
        click.echo(f"# {pattern}\nno = [")
        for line in dict.fromkeys(lines):
            click.echo(line)
        click.echo("]")
    if not by_pattern:
        click.echo("No alert was called wrong or turned round yet.", err=True)


def _find(connection: Connection, reference: str) -> StoredMessage:
    prefix = reference if reference.startswith("msg_") else f"msg_{reference}"
    found = outbox.messages(connection, id_prefix=prefix, limit=2) if len(prefix) >= _SHORTEST_PREFIX else ()
    alerts = [one for one in found if one.message.kind is MessageKind.ALERT]
    if len(alerts) != 1:
        reason = "fits several alerts; write more of it" if alerts else "is the reference of no alert"
        click.echo(f"relmon: {reference} {reason}. `relmon deliveries list` shows them.", err=True)
        sys.exit(1)
    return alerts[0]


def _read_in(connection: Connection, given: Feedback) -> StoredEvent | None:
    """The report that the alert told of: the first of its story, or the last before a later step was told."""
    (alert,) = outbox.messages(connection, id_prefix=given.message_id, limit=1)
    message = alert.message
    if message.story_id is None:
        return None
    reports = [one.stored for one in events_of_story(connection, message.story_id) if not one.stored.event.mention]
    by_then = [one for one in reports if one.item.seen_at <= message.created_at] or reports
    if not by_then:
        return None
    return by_then[0] if ":first:" in message.dedup_key else by_then[-1]


def _example(given: Feedback, report: StoredEvent) -> Iterator[str]:
    if given.note:
        yield f"    # {printable(given.note)}"
    # A JSON string is a TOML string, too.
    yield f"    {json.dumps(printable(report.event.evidence.sentence), ensure_ascii=False)},"
