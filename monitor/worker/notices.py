"""Messages about the program itself, for the channels that the operator named (P24).

Rendered and enqueued like alerts, so that they, too, are sent once and survive a crash. Who has something to say
(service, dispatch) makes the `Notice`; dispatch sends it.
"""

from collections.abc import Iterable, Mapping, Sequence

from monitor.delivery.channel import Channel
from monitor.domain.delivery import Message, MessageKind, Notice, message_id
from monitor.storage import outbox
from monitor.storage.connection import Connection


def operator_channels(channels: Mapping[str, Channel], named: Sequence[str]) -> tuple[Channel, ...]:
    """The channels under `[operator]`; where none is named, the console channels, which someone may be reading."""
    if named:
        return tuple(channels[channel_id] for channel_id in named if channel_id in channels)
    return tuple(channel for channel in channels.values() if channel.kind == "console")


def post(connection: Connection, channels: Iterable[Channel], notice: Notice) -> int:
    """Puts the notice into the outbox of each channel; how many were new. A notice with a known key is not repeated."""
    return outbox.enqueue(connection, [_message(channel, notice) for channel in channels])


def _message(channel: Channel, notice: Notice) -> Message:
    key = notice.key_for(channel.id)
    return Message(
        id=message_id(key),
        dedup_key=key,
        channel_id=channel.id,
        kind=MessageKind.NOTICE,
        rendered=channel.render_notice(notice),
        created_at=notice.at,
        title=notice.title,
    )
