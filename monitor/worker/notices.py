"""Messages about the program itself, for the channels that the operator named (P24).

Rendered and enqueued like alerts, so that they, too, are sent once and survive a crash; `tell_directly` is for the trouble
in which there is no database to put them in. Who has something to say (service, dispatch) makes the `Notice`.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

import structlog

from monitor.delivery.channel import Channel
from monitor.domain.delivery import Claim, Delivered, Message, Notice, message_id
from monitor.storage import outbox
from monitor.storage.channels import channel_states
from monitor.storage.connection import Connection

log = structlog.get_logger()


def operator_channels(
    channels: Mapping[str, Channel], named: Sequence[str], *, without: Collection[str] = ()
) -> tuple[Channel, ...]:
    """Who is told: the channels under `[operator]`, but for those in `without`.

    Where none of them is left, the console channels, which someone may be reading; where there is none, every other
    channel: trouble told in the wrong room is better than trouble that nobody hears of.
    """
    usable = [channel for channel in channels.values() if channel.id not in without]
    first = [channel for channel in usable if channel.id in named]
    return tuple(first or [channel for channel in usable if channel.kind == "console"] or (usable if named else ()))


def broken_channels(connection: Connection) -> frozenset[str]:
    """The ids of the channels that nothing is sent to."""
    return frozenset(state.channel_id for state in channel_states(connection) if state.broken_at is not None)


def post(connection: Connection, channels: Iterable[Channel], notice: Notice) -> int:
    """Puts the notice into the outbox of each channel; how many were new. A notice with a known key is not repeated."""
    return outbox.enqueue(connection, [message_of(channel, notice) for channel in channels])


async def tell_directly(channels: Mapping[str, Channel], named: Sequence[str], notice: Notice) -> bool:
    """Sends the notice past the outbox, once to each; where nobody takes it, to the fallback. Whether anybody did.

    For trouble with the database alone: nothing is remembered of it, and nothing is tried again.
    """
    first = operator_channels(channels, named)
    tried = {channel.id for channel in first}
    for receivers in (first, operator_channels(channels, named, without=tried)):
        verdicts = [
            await channel.send(Claim(message=message_of(channel, notice), owner="direct", attempt=1), notice.at)
            for channel in receivers
        ]
        if any(isinstance(verdict, Delivered) for verdict in verdicts):
            return True
    log.error("notice_not_delivered", title=notice.title)
    return False


def message_of(channel: Channel, notice: Notice) -> Message:
    """The notice as this channel's message. Whose watches asked, or which story it is about, is the caller's to add."""
    key = notice.key_for(channel.id)
    return Message(
        id=message_id(key),
        dedup_key=key,
        channel_id=channel.id,
        kind=notice.kind,
        rendered=channel.render_notice(notice),
        created_at=notice.at,
        title=notice.title,
    )
