"""`relmon channels`: how the destinations do, and a test message that shows what one really answers (P19)."""

import asyncio
import json
import secrets
import sys
from collections.abc import Iterator, Mapping
from contextlib import nullcontext, redirect_stdout
from pathlib import Path
from typing import assert_never

import click

from monitor.cli.common import config_option, database_option, json_option, load_or_exit, tells_errors
from monitor.cli.listing import local
from monitor.cli.reading import configuration_of, opened
from monitor.cli.wiring import USER_AGENT, require_channels, utc_now, ways
from monitor.delivery.channel import build
from monitor.delivery.wording import printable
from monitor.domain.delivery import (
    ChannelSpec,
    Claim,
    Delivered,
    GaveUp,
    Message,
    MessageKind,
    Notice,
    Refused,
    TryAgain,
    Verdict,
    message_id,
)
from monitor.outbound.client import HttpClient
from monitor.outbound.policy import AddressPolicy
from monitor.settings.files import Loaded
from monitor.storage import outbox
from monitor.storage.channels import ChannelState, channel_states
from monitor.storage.outbox import MessageState


@click.group()
def channels() -> None:
    """See how the channels do, and try one."""


@channels.command("list")
@config_option
@database_option
@json_option
@tells_errors
def list_channels(config_folder: Path | None, database: str | None, *, as_json: bool) -> None:
    """List the configured channels: whether they work, and how many messages wait there or died.

    Exit code 1 where one is broken.
    """
    loaded = configuration_of(config_folder, database)
    with opened(loaded.settings.database.url) as stored, stored.read() as connection:
        states = {state.channel_id: state for state in channel_states(connection)}
        counts = outbox.counts_by_channel(connection)
    rows = [_row(spec, states.get(spec.id), counts.get(spec.id, {})) for spec in loaded.channels]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        for row in rows:
            click.echo(
                f"{row['channel']:<20}  {row['kind']:<10}  {row['waiting']:>5} waiting  {row['dead']:>5} dead  {row['state']}"
            )
    sys.exit(1 if any(row["broken"] for row in rows) else 0)


def _row(spec: ChannelSpec, state: ChannelState | None, counts: Mapping[MessageState, int]) -> dict[str, object]:
    return {
        "channel": spec.id,
        "kind": spec.kind,
        "waiting": counts.get(MessageState.PENDING, 0) + counts.get(MessageState.SENDING, 0),
        "dead": counts.get(MessageState.DEAD, 0),
        "broken": state.broken_reason if state and state.broken_at else None,
        "state": _words(state),
    }


def _words(state: ChannelState | None) -> str:
    if state is None:
        return "nothing sent yet"
    if state.broken_at is not None:
        return f"broken since {local(state.broken_at)}: {printable(state.broken_reason or '')}"
    if state.paused_until is not None and state.paused_until > utc_now():
        failed = f"; it failed {state.failures} times in a row" if state.failures else ""
        return f"paused until {state.paused_until.astimezone():%H:%M:%S}{failed}"
    return "ok"


@channels.command()
@click.argument("name")
@config_option
@json_option
@tells_errors
def test(name: str, config_folder: Path | None, *, as_json: bool) -> None:
    """Send a test message to one channel now, and show what the destination answers.

    It goes past the outbox, once, and leaves no trace in the database. Exit code 1 where it isn't delivered.
    """
    loaded = load_or_exit(config_folder)
    spec = _named(loaded, name)
    require_channels(loaded, [spec])
    # Programs read one JSON document from standard output; what the console channel prints goes beside it.
    with redirect_stdout(sys.stderr) if as_json else nullcontext():
        verdict = asyncio.run(_send_test(spec, loaded))
    if as_json:
        click.echo(json.dumps(_verdict_json(spec, verdict), ensure_ascii=False, indent=2))
    else:
        for line in _verdict_lines(spec, verdict):
            click.echo(line)
    sys.exit(0 if isinstance(verdict, Delivered) else 1)


def _named(loaded: Loaded, name: str) -> ChannelSpec:
    for spec in loaded.channels:
        if spec.id == name:
            return spec
    known = ", ".join(spec.id for spec in loaded.channels) or "none"
    raise click.BadParameter(f"There is no channel '{name}' in channels.toml. There are: {known}.", param_hint="NAME")


async def _send_test(spec: ChannelSpec, loaded: Loaded) -> Verdict:
    now = utc_now()
    async with HttpClient(AddressPolicy.parse(loaded.settings.outbound.allow_webhooks), USER_AGENT) as http:
        channel = build(spec, ways(loaded, http))
        notice = Notice(
            # A receiver that drops repeats must not drop the second test.
            dedup_key=f"test:{secrets.token_hex(8)}",
            title=f"A test of channel {spec.id}",
            text="Somebody has called `relmon channels test`. What you read is all there is.",
            at=now,
        )
        key = notice.key_for(spec.id)
        message = Message(
            id=message_id(key),
            dedup_key=key,
            channel_id=spec.id,
            kind=MessageKind.NOTICE,
            rendered=channel.render_notice(notice),
            created_at=now,
            title=notice.title,
        )
        return await channel.send(Claim(message=message, owner="test", attempt=1), now)


def _verdict_json(spec: ChannelSpec, verdict: Verdict) -> dict[str, object]:
    delivered = isinstance(verdict, Delivered)
    answer = verdict.answer if isinstance(verdict, Delivered) else verdict.reason
    return {"channel": spec.id, "kind": spec.kind, "delivered": delivered, "answer": answer}


def _verdict_lines(spec: ChannelSpec, verdict: Verdict) -> Iterator[str]:
    place = f"{spec.id} ({spec.kind})"
    match verdict:
        case Delivered(answer=answer):
            yield f"{place}: delivered. The destination says: {printable(answer) or 'nothing'}"
        case TryAgain(reason=reason):
            yield f"{place}: not delivered. {printable(reason)}"
            yield "The daemon would try again, as delivery.retry says."
        case Refused(reason=reason):
            yield f"{place}: refused. {printable(reason)}"
            yield "The daemon would try three times in all. See that address and secret are right."
        case GaveUp(reason=reason, destination_dead=True):
            yield f"{place}: refused for good. {printable(reason)}"
            yield "The daemon would send nothing more there until address or secret have changed."
        case GaveUp(reason=reason):
            yield f"{place}: refused for good. {printable(reason)}"
        case _:
            assert_never(verdict)
