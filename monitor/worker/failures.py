"""What the operator is told about messages that did not get through, and about destinations that are gone (P11, P24).

Pure: a claim and a verdict become a `Notice`. When each is told is dispatch.py's to say.
"""

import datetime as dt

from monitor.delivery.channel import Channel
from monitor.domain.delivery import Claim, Delivered, GaveUp, Notice, Verdict

LOST_PREFIX = "notice:lost:"
"""How the dedup key of a notice begins that stands for another: where that one dies, too, it ends there."""


def said(verdict: Verdict) -> str:
    """What the destination said, whatever the verdict."""
    return verdict.answer if isinstance(verdict, Delivered) else verdict.reason


def broken(channel: Channel, claim: Claim, verdict: GaveUp, now: dt.datetime) -> Notice:
    """A destination is gone for good."""
    return Notice(
        # A channel that is mended and breaks again is reported again: then it is another message that died.
        dedup_key=f"channel-broken:{channel.id}:{claim.message.id}",
        title=f"Channel {channel.id} is broken",
        text=(
            f"The destination of channel {channel.id} ({channel.kind}) no longer exists: {verdict.reason}. "
            "Nothing more is sent there, and messages that wait for it are kept. Where its secret lies in a file, change that "
            "file; else mend channels.toml and restart. "
            f"`relmon deliveries retry --channel {channel.id}` tries it again as it is."
        ),
        at=now,
    )


def died(channel: Channel, claim: Claim, verdict: Verdict, now: dt.datetime) -> Notice:
    """An alert became a dead letter; once a day for each channel."""
    return Notice(
        dedup_key=f"dead-letters:{channel.id}:{now:%Y-%m-%d}",
        title=f"Channel {channel.id} does not take messages",
        text=(
            f"A message for channel {channel.id} ({channel.kind}) was given up after {claim.step} attempts: "
            f"{said(verdict)}. It is kept, and so are those that may follow today; this is told once a day. "
            f"`relmon deliveries list --channel {channel.id} --state dead` shows them, "
            f"`relmon deliveries retry --channel {channel.id}` sends them again."
        ),
        at=now,
    )


def lost(channel: Channel, claim: Claim, verdict: Verdict, now: dt.datetime) -> Notice:
    """A notice became a dead letter itself: this one goes another way."""
    message = claim.message
    return Notice(
        dedup_key=f"lost:{message.dedup_key}",
        title=message.title or "A notice could not be delivered",
        text=f"Channel {channel.id} ({channel.kind}) did not take this notice: {said(verdict)}. "
        f"`relmon deliveries show {message.id} --body` shows it in full.",
        at=now,
    )
