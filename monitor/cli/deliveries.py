"""`relmon deliveries`: what was sent, what the destinations said to it, and what to do about what they refused."""

import datetime as dt
import hashlib
import json
import sys
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import reduce
from pathlib import Path
from typing import Any

import click

from monitor.cli.common import config_option, database_option, json_option, load_or_exit, tells_errors
from monitor.cli.listing import local
from monitor.cli.moments import SINCE_HELP, since
from monitor.cli.reading import configuration_of, database_of, opened, stored
from monitor.cli.wiring import USER_AGENT, require_channels, utc_now, ways
from monitor.delivery.channel import build
from monitor.delivery.wording import printable
from monitor.domain.delivery import Notice
from monitor.outbound.client import HttpClient
from monitor.outbound.policy import AddressPolicy
from monitor.settings.files import Loaded
from monitor.storage import outbox
from monitor.storage.channels import channel_states, reopen_channel
from monitor.storage.connection import Connection
from monitor.storage.outbox import UNDELIVERED, Attempt, MessageState, StoredMessage
from monitor.worker.notices import post

_DIGEST_LINES = 25
_SHORTEST_PREFIX = 8
_LEFT_OVER = "the channel is no longer configured"

_Options = Callable[[Callable[..., Any]], Callable[..., Any]]
_channel_option = click.option("--channel", metavar="NAME", help="Those of this channel.")
_since_option = click.option("--since", "since_text", metavar="TIME", help=f"Those made since then: {SINCE_HELP}.")


def _selection(command: Callable[..., Any]) -> Callable[..., Any]:
    """The arguments of commands that change messages: some by id, or all dead letters that fit."""
    options: Sequence[_Options] = (click.argument("ids", metavar="[ID]...", nargs=-1), _channel_option, _since_option)
    return reduce(lambda done, option: option(done), reversed(options), command)


@click.group()
def deliveries() -> None:
    """See what was sent and what was answered; send dead letters again, or drop them."""


@deliveries.command("list")
@_channel_option
@_since_option
@click.option(
    "--state",
    "states",
    multiple=True,
    type=click.Choice([state.value for state in MessageState]),
    help="Those in this state. Can be repeated.",
)
@click.option("--limit", default=30, show_default=True, type=click.IntRange(min=1), help="At most so many.")
@config_option
@database_option
@json_option
@tells_errors
def list_deliveries(
    *,
    channel: str | None,
    since_text: str | None,
    states: tuple[str, ...],
    limit: int,
    config_folder: Path | None,
    database: str | None,
    as_json: bool,
) -> None:
    """List messages, the latest first: when, in which state, to which channel, what about, and the last answer."""
    after = since(since_text, utc_now()) if since_text else None
    wanted = [MessageState(state) for state in states]
    loaded = configuration_of(config_folder, database)
    with stored(loaded.settings.database.url) as connection:
        found = outbox.messages(connection, limit=limit, channel_id=channel, states=wanted, since=after)
    if as_json:
        for one in found:
            click.echo(json.dumps(_row(one, loaded), ensure_ascii=False))
        return
    for one in found:
        click.echo(_line(one, loaded))
    if not found:
        click.echo("No message is stored that fits.", err=True)


@deliveries.command()
@click.argument("message_id", metavar="ID")
@click.option("--body", is_flag=True, help="Show the stored bytes, too.")
@config_option
@database_option
@json_option
@tells_errors
def show(*, message_id: str, body: bool, config_folder: Path | None, database: str | None, as_json: bool) -> None:
    """Show one message, with the destination's answer to each attempt. ID may be cut to its first 8 characters."""
    loaded = configuration_of(config_folder, database)
    with stored(loaded.settings.database.url) as connection:
        found = _find(connection, message_id)
        attempts = outbox.attempts_of(connection, found.message.id)
    if as_json:
        content = {"body": found.message.rendered.body.decode("utf-8", "replace")} if body else {}
        report = {**_row(found, loaded), "attempts": [_attempt(one) for one in attempts], **content}
        click.echo(json.dumps(report, ensure_ascii=False, indent=2))
        return
    for line in _details(found, attempts, loaded):
        click.echo(line)
    if body:
        click.echo()
        click.echo(found.message.rendered.body.decode("utf-8", "replace"))


@deliveries.command()
@_selection
@click.option("--as-digest", is_flag=True, help="Send one message that lists them, in place of each for itself.")
@config_option
@database_option
@tells_errors
def retry(
    *,
    ids: tuple[str, ...],
    channel: str | None,
    since_text: str | None,
    as_digest: bool,
    config_folder: Path | None,
    database: str | None,
) -> None:
    """Send dead letters again: those named by ID, or all of --channel and --since.

    Each goes under its former id and with a new schedule, as soon as a daemon runs. A channel that is broken is tried
    again, too. By ID, dropped messages and those that wait can be sent, as well.
    """
    # A digest has to be made for its channel, which takes the channel's secrets; all else needs the database alone.
    loaded = load_or_exit(config_folder, overrides={"database.url": database}) if as_digest else None
    url = loaded.settings.database.url if loaded else database_of(config_folder, database)
    with opened(url) as storage, storage.write() as connection:
        chosen = _chosen(connection, ids, channel, since_text)
        reopened = _reopen(connection, {one.message.channel_id for one in chosen} | ({channel} if channel else set()))
        if loaded is not None:
            sent = _as_digests(connection, loaded, chosen)
        else:
            sent = outbox.send_again(connection, [one.message.id for one in chosen])
    for one in reopened:
        click.echo(f"Channel {one} was broken, and is tried again.")
    click.echo(f"{sent} {'message' if sent == 1 else 'messages'} will be sent{'' if as_digest else ' again'}.")


@deliveries.command()
@_selection
@click.option("--reason", default="no longer wanted", show_default=True, help="Why; `relmon deliveries show` says it.")
@config_option
@database_option
@tells_errors
def drop(
    *,
    ids: tuple[str, ...],
    channel: str | None,
    since_text: str | None,
    reason: str,
    config_folder: Path | None,
    database: str | None,
) -> None:
    """Let dead letters be: those named by ID, or all of --channel and --since. By ID, messages that wait, as well."""
    with opened(database_of(config_folder, database)) as storage, storage.write() as connection:
        chosen = _chosen(connection, ids, channel, since_text)
        dropped = outbox.drop(connection, [one.message.id for one in chosen], f"dropped by the operator: {reason}")
    click.echo(f"{dropped} {'message' if dropped == 1 else 'messages'} dropped.")


def _chosen(
    connection: Connection, ids: Sequence[str], channel: str | None, since_text: str | None
) -> tuple[StoredMessage, ...]:
    """The messages that an operator means: by id, or else the dead letters that fit."""
    if bool(ids) == bool(channel or since_text):
        raise click.UsageError("Name messages by their ids, or dead letters by --channel and --since.")
    if ids:
        return tuple(_find(connection, one) for one in ids)
    after = since(since_text, utc_now()) if since_text else None
    return outbox.messages(connection, channel_id=channel, states=[MessageState.DEAD], since=after)


def _find(connection: Connection, message_id: str) -> StoredMessage:
    prefix = message_id if message_id.startswith("msg_") else f"msg_{message_id}"
    found = outbox.messages(connection, id_prefix=prefix, limit=2) if len(prefix) >= _SHORTEST_PREFIX else ()
    if len(found) != 1:
        reason = "fits several messages; write more of it" if found else "is the id of no message"
        click.echo(f"relmon: {message_id} {reason}. `relmon deliveries list` shows them.", err=True)
        sys.exit(1)
    return found[0]


def _reopen(connection: Connection, channel_ids: Collection[str]) -> list[str]:
    """Tries the broken ones among these channels again. Pauses stay: a destination may have asked for one."""
    broken = [state.channel_id for state in channel_states(connection) if state.broken_at is not None]
    return [one for one in broken if one in channel_ids and reopen_channel(connection, one)]


def _as_digests(connection: Connection, loaded: Loaded, chosen: Sequence[StoredMessage]) -> int:
    """One message for each channel, in place of those chosen; how many there are."""
    by_channel: dict[str, list[StoredMessage]] = defaultdict(list)
    for one in reversed(chosen):
        if one.state is not MessageState.DELIVERED:
            by_channel[one.message.channel_id].append(one)
    http = HttpClient(AddressPolicy(), USER_AGENT)  # renders only, and is never opened
    specs = [spec for spec in loaded.channels if spec.id in by_channel]
    require_channels(loaded, specs)
    for spec in specs:
        missed = by_channel[spec.id]
        notice = _digest(missed, utc_now())
        post(connection, [build(spec, ways(loaded, http))], notice)
        outbox.drop(connection, [one.message.id for one in missed], f"sent in a digest: {notice.title}")
    return len(specs)


def _digest(missed: Sequence[StoredMessage], now: dt.datetime) -> Notice:
    lines = [f"{one.message.created_at:%Y-%m-%d %H:%M} UTC  {_title(one)}" for one in missed[-_DIGEST_LINES:]]
    if len(missed) > len(lines):
        lines.insert(0, f"... and {len(missed) - len(lines)} before these")
    ids = "\n".join(one.message.id for one in missed)
    count = "1 message" if len(missed) == 1 else f"{len(missed)} messages"
    return Notice(
        dedup_key=f"missed:{hashlib.blake2b(ids.encode(), digest_size=12).hexdigest()}",
        title=f"{count} could not be delivered in time",
        text="\n".join(lines),
        at=now,
    )


def _row(one: StoredMessage, loaded: Loaded) -> dict[str, object]:
    message = one.message
    return {
        "id": message.id,
        "created_at": message.created_at.isoformat(),
        "state": one.state.value,
        "channel": message.channel_id,
        "channel_configured": message.channel_id in loaded.channel_entries,
        "kind": message.kind.value,
        "title": message.title,
        "story": message.story_id,
        "watches": list(message.watches),
        "attempts": one.attempt,
        "next_attempt_at": one.next_attempt_at.isoformat() if one.state is MessageState.PENDING else None,
        "settled_at": one.settled_at.isoformat() if one.settled_at else None,
        "answer": one.answer,
        "remark": one.remark,
    }


def _attempt(one: Attempt) -> dict[str, object]:
    return {"number": one.number, "at": one.at.isoformat(), "verdict": one.verdict.value, "answer": one.answer}


def _title(one: StoredMessage) -> str:
    return printable(one.message.title) or one.message.kind.value


def _left_over(one: StoredMessage, loaded: Loaded) -> bool:
    """Whether it waits for a channel that nobody sends to any more."""
    return one.state in UNDELIVERED and one.message.channel_id not in loaded.channel_entries


def _line(one: StoredMessage, loaded: Loaded) -> str:
    said = one.remark if one.state is MessageState.DROPPED else one.answer
    if _left_over(one, loaded):
        said = _LEFT_OVER
    last = f" | {printable(said)}" if said and one.state is not MessageState.DELIVERED else ""
    return (
        f"{local(one.message.created_at)}  {one.message.id[:16]}  {one.state.value:<9}  "
        f"{one.message.channel_id:<12}  {_title(one)}{last}"
    )


def _details(one: StoredMessage, attempts: Sequence[Attempt], loaded: Loaded) -> Iterator[str]:
    message = one.message
    yield f"Message    {message.id}"
    yield f"About      {_title(one)}"
    yield f"Made       {local(message.created_at)}, for channel {message.channel_id}"
    if message.story_id:
        yield f"Story      {message.story_id}"
    if message.watches:
        yield f"Watches    {', '.join(message.watches)}"
    again = f", again at {local(one.next_attempt_at)}" if one.state is MessageState.PENDING else ""
    yield f"State      {one.state.value}{again}{f': {printable(one.remark)}' if one.remark else ''}"
    if _left_over(one, loaded):
        yield f"Waits      {_LEFT_OVER}; it is sent should the channel come back, and `relmon deliveries drop` lets it be"
    for attempt in attempts:
        yield f"Attempt {attempt.number:<2} {attempt.at.astimezone():%Y-%m-%d %H:%M:%S}  {attempt.verdict.value}: {printable(attempt.answer)}"
    if not attempts:
        yield "It was not tried yet."
